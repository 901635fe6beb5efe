//! What the columns of one file mean: as the operator says, as the table of the tool says, and where neither does, as
//! fields of their own.

use std::collections::HashSet;

use benchmark_email::{Structure, structures::DataType};
use indexmap::IndexMap;

use super::{
    super::{
        mapping::{ColumnRule, LeftBy, Meaning, Rules, RulesError, Target, field_called, map},
        source::{Source, SourceError},
    },
    Preset, kinds,
};

/// So many names are told of columns that are left out.
const TOLD: usize = 8;

/// What a file says.
#[derive(Debug)]
pub(crate) struct Understood {
    /// What each of its columns means; the fields among them are the structure's or [`fields`](Self::fields).
    pub(crate) rules: Rules,
    /// Fields that the structure hasn't got, for columns with values.
    pub(crate) fields: IndexMap<String, DataType>,
    /// What its owner should know.
    pub(crate) notes: Vec<String>,
}

/// A file that can't be understood.
#[derive(Debug)]
pub(crate) enum Misunderstood {
    Source(SourceError),
    Rules(RulesError),
}

impl Preset {
    /// What the columns of a file mean to contacts of this structure. What the operator says of one holds; `consent`
    /// is whether columns become fields that tell since when and from where somebody may be mailed.
    ///
    /// # Errors
    ///
    /// When the file can't be read, or what the operator says can't hold.
    pub(crate) fn understand(
        &self,
        source: &Source,
        structure: &Structure,
        said: Rules,
        consent: bool,
    ) -> Result<Understood, Misunderstood> {
        let values = kinds::look(source, self.dates(), &self.table.nothing)
            .map_err(Misunderstood::Source)?;
        let called = self.called(&source.columns);
        let others = &self.table.others_left;
        let others_left =
            !others.is_empty() && others.iter().all(|name| source.columns.contains(name));
        let mut reading = Reading::new(self, structure, said);
        for ((column, called), values) in source.columns.iter().zip(called).zip(&values) {
            if let Some(meaning) = reading.said(column) {
                if let Meaning::Field(label) = meaning {
                    reading.fill_as_said(column, &label, values);
                }
                continue;
            }
            match self.column(called) {
                None if others_left => {
                    reading.say(column, Meaning::Left(LeftBy::Flag));
                }
                None => {}
                Some((known, _)) if known.consent && !consent => reading.leave_out(column),
                Some((known, number)) => match &known.meaning {
                    Meaning::Field(label) => {
                        let label = label.replace('#', &number);
                        let data_type = known.data_type();
                        reading.fill(column, &label, data_type, values);
                    }
                    Meaning::Ignore(_) => reading.leave_out(column),
                    meaning => reading.say(column, meaning.clone()),
                },
            }
        }
        reading.place_others(&source.columns, &values)?;
        Ok(reading.done(source, &values))
    }

    /// The rules for a file of people who have left, of whom only the addresses count, and why.
    pub(crate) fn who_left(&self, columns: &[String], mut said: Rules) -> Rules {
        for column in columns {
            if let Some((known, _)) = self.column(column)
                && matches!(known.meaning, Meaning::Address(_) | Meaning::Left(_))
                && said.details(column).is_none()
            {
                said.say(column, ColumnRule::meaning(known.meaning.clone()));
            }
        }
        said
    }
}

/// What is known of the columns so far.
struct Reading<'p> {
    preset: &'p Preset,
    structure: &'p Structure,
    rules: Rules,
    /// Columns for fields that are to be created, with the label and the data type.
    new: IndexMap<String, (String, DataType)>,
    /// Labels of fields that a column fills already.
    taken: HashSet<String>,
    left_out: Vec<String>,
    blank: Vec<String>,
}

impl<'p> Reading<'p> {
    fn new(preset: &'p Preset, structure: &'p Structure, mut rules: Rules) -> Self {
        if rules.usual.dates.is_none() {
            rules.usual.dates = preset.dates();
        }
        let taken = rules.labels().map(str::to_owned).collect();
        Self {
            preset,
            structure,
            rules,
            new: IndexMap::new(),
            taken,
            left_out: Vec::new(),
            blank: Vec::new(),
        }
    }

    fn said(&self, column: &str) -> Option<Meaning> {
        self.rules.meaning_of(column).cloned()
    }

    /// The operator names the field; it is created where it isn't there.
    fn fill_as_said(&mut self, column: &str, label: &str, values: &kinds::Values) {
        if field_called(self.structure, label).is_none() {
            let said = self.rules.fields.get(label).cloned();
            let data_type = said.unwrap_or_else(|| values.data_type());
            self.new
                .insert(column.to_owned(), (label.to_owned(), data_type));
        }
    }

    /// Says what a column means; how it fills a field stays as the operator said.
    fn say(&mut self, column: &str, meaning: Meaning) {
        self.rules
            .change(column, |rule| rule.meaning = Some(meaning));
    }

    fn leave_out(&mut self, column: &str) {
        self.say(column, Meaning::Ignore(true));
        self.left_out.push(column.to_owned());
    }

    /// Has a column fill the field of this label, which is created where it isn't there. Where another column fills
    /// it already, nothing is said.
    fn fill(
        &mut self,
        column: &str,
        label: &str,
        data_type: Option<DataType>,
        values: &kinds::Values,
    ) {
        let field = field_called(self.structure, label);
        let label = field.map_or(label, |field| field.label.as_str()).to_owned();
        if !self.taken.insert(label.clone()) {
            return;
        }
        match field {
            Some(_) => self.say(column, Meaning::Field(label)),
            None if values.filled == 0 => self.blank(column),
            None => {
                let data_type = data_type.unwrap_or_else(|| values.data_type());
                self.new.insert(column.to_owned(), (label, data_type));
            }
        }
    }

    fn blank(&mut self, column: &str) {
        self.say(column, Meaning::Ignore(true));
        self.blank.push(column.to_owned());
    }

    /// Finds a place for the columns that nothing is said of: by their names, or as fields of their own.
    fn place_others(
        &mut self,
        columns: &[String],
        values: &[kinds::Values],
    ) -> Result<(), Misunderstood> {
        let mut rules = self.rules.clone();
        for column in self.new.keys() {
            rules.say(column, ColumnRule::meaning(Meaning::Ignore(true)));
        }
        let (mapping, others) =
            map(columns, self.structure, &rules).map_err(Misunderstood::Rules)?;
        for target in mapping.targets {
            if let Target::Field(field) = target {
                self.taken.insert(field.label);
            }
        }
        for other in others {
            let position = columns.iter().position(|column| *column == other.column);
            let Some(values) = position.and_then(|position| values.get(position)) else {
                continue;
            };
            if values.filled == 0 {
                self.blank(&other.column);
                continue;
            }
            let label = self.own_label(&other.column);
            self.fill(&other.column, &label, None, values);
        }
        Ok(())
    }

    /// The label for a column of the user's own: its name or, where another column fills the field of this name, one
    /// that says where it comes from. A field that an earlier migration made is found by it again.
    fn own_label(&self, column: &str) -> String {
        let is_taken = |label: &str| {
            let field = field_called(self.structure, label);
            let label = field.map_or(label, |field| field.label.as_str());
            self.taken.contains(label)
        };
        let mut label = column.to_owned();
        if is_taken(&label) {
            label = format!("{column} ({})", self.preset.title());
        }
        while is_taken(&label) {
            label.push('+');
        }
        label
    }

    fn done(mut self, source: &Source, values: &[kinds::Values]) -> Understood {
        let mut fields = IndexMap::new();
        for (column, (label, data_type)) in std::mem::take(&mut self.new) {
            self.say(&column, Meaning::Field(label.clone()));
            fields.insert(label, data_type);
        }
        let mut told = vec![format!(
            "{}: an export of {}",
            source.name,
            self.preset.title()
        )];
        for (columns, why) in [
            (&self.left_out, "left out as of no use"),
            (&self.blank, "left out as blank"),
        ] {
            if !columns.is_empty() {
                told.push(format!("{why}: {}", listed(columns)));
            }
        }
        let mut notes = vec![told.join("; ")];
        let by_word = source.columns.iter().zip(values).filter(|(column, _)| {
            self.rules.meaning_of(column) == Some(&Meaning::Left(LeftBy::Word))
        });
        for (column, values) in by_word {
            if let Some(words) = values.told() {
                notes.push(format!("{}: {column}: {words}", source.name));
            }
        }
        Understood {
            rules: self.rules,
            fields,
            notes,
        }
    }
}

fn listed(names: &[String]) -> String {
    let mut listed: Vec<_> = names.iter().take(TOLD).map(String::as_str).collect();
    let more = names.len().saturating_sub(TOLD);
    let rest = format!("and {more} more");
    if more > 0 {
        listed.push(&rest);
    }
    listed.join(", ")
}
