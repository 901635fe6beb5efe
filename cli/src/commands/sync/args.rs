//! What is said of sources, for all verbs that read them.

use std::{
    fs,
    path::{Path, PathBuf},
    str::FromStr,
};

use crate::{
    output::Failure,
    sync::{
        self, Blank, ColumnRule, DateOrder, DecimalSign, Given, LeftBy, Meaning, Options, Origin,
        Role, Rules, Source,
    },
};

/// Where the rows come from, and how to read them.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Sources")]
pub(super) struct SourceArgs {
    /// Files: .csv, .tsv, .txt, .jsonl or .xlsx, each also compressed by gzip, or .zip; - is standard input.
    #[arg(value_name = "SOURCE", required_unless_present_any = ["exec", "suppressions", "delete"])]
    sources: Vec<String>,
    /// Read what this command prints; it must end with 0, or there is no plan.
    #[arg(long, value_name = "COMMAND")]
    exec: Vec<String>,
    /// A source of people who have left: only its addresses count.
    #[arg(long, value_name = "SOURCE")]
    suppressions: Vec<String>,
    /// A source of contacts to delete: only its addresses count. Nothing else deletes anybody.
    #[arg(long, value_name = "SOURCE")]
    delete: Vec<String>,
    #[command(flatten)]
    text: TextArgs,
}

/// How sources are written.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Sources")]
pub(in crate::commands) struct TextArgs {
    /// The encoding of text, such as windows-1252, shift-jis or utf-16le; found out unless told.
    #[arg(long, value_name = "NAME")]
    encoding: Option<String>,
    /// What separates values: one character, or tab; found out unless told.
    #[arg(long, value_name = "CHARACTER")]
    delimiter: Option<String>,
    /// The sheet of a workbook; the first unless told.
    #[arg(long, value_name = "NAME")]
    sheet: Option<String>,
}

/// What the columns mean.
#[derive(clap::Args, Debug)]
#[command(next_help_heading = "Columns")]
pub(in crate::commands) struct ColumnArgs {
    /// Read the meaning of columns from this file, as `bme sync map` writes it.
    #[arg(long, value_name = "FILE")]
    map: Option<PathBuf>,
    /// The column that holds addresses.
    #[arg(long, value_name = "COLUMN")]
    address: Option<String>,
    /// Fill a field from a column.
    #[arg(long, value_name = "COLUMN=LABEL")]
    field: Vec<Pair>,
    /// A column of labels of tags, separated by commas.
    #[arg(long, value_name = "COLUMN")]
    tags: Vec<String>,
    /// A column of names of lists, separated by commas.
    #[arg(long, value_name = "COLUMN")]
    lists: Vec<String>,
    /// A column that says who has left: by a word, by yes or no, or by being filled.
    #[arg(long, value_name = "COLUMN=word|flag|filled")]
    left: Vec<Pair>,
    /// Leave a column out.
    #[arg(long, value_name = "COLUMN")]
    ignore: Vec<String>,
    /// Clear the field of this column where its cell is blank, rather than keep it.
    #[arg(long, value_name = "COLUMN")]
    blank_clears: Vec<String>,
    /// How columns write dates: DD/MM/YYYY, MM/DD/YYYY or YYYY-MM-DD.
    #[arg(long, value_name = "FORMAT")]
    date_format: Option<String>,
    /// What stands before the fraction of numbers: . or ,
    #[arg(long, value_name = "SIGN")]
    decimal: Option<String>,
}

/// `COLUMN=WHAT`; a column may have an equals sign in its name, so the last one counts.
#[derive(Clone, Debug)]
pub(in crate::commands) struct Pair(
    pub(in crate::commands) String,
    pub(in crate::commands) String,
);

impl FromStr for Pair {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.rsplit_once('=') {
            Some((column, what)) if !column.is_empty() && !what.is_empty() => {
                Ok(Self(column.to_owned(), what.to_owned()))
            }
            _ => Err("it takes a column, an equals sign and a word".to_owned()),
        }
    }
}

impl TextArgs {
    pub(in crate::commands) fn options(&self) -> Result<Options, Failure> {
        let encoding = match &self.encoding {
            None => None,
            Some(label) => Some(sync::encoding(label).ok_or_else(|| {
                Failure::command_line(format!("no encoding is called {label:?}"))
            })?),
        };
        let delimiter = match self.delimiter.as_deref() {
            None => None,
            Some("tab" | "\\t" | "\t") => Some(b'\t'),
            Some(text) => match *text.as_bytes() {
                [byte] if byte.is_ascii() && byte != b'"' => Some(byte),
                _ => {
                    let why = format!("{text:?} can't separate values: say one character, or tab");
                    return Err(Failure::command_line(why));
                }
            },
        };
        Ok(Options {
            encoding,
            delimiter,
            sheet: self.sheet.clone(),
        })
    }
}

impl SourceArgs {
    /// Opens every source, each with what it is for.
    pub(super) fn open(&self) -> Result<Vec<(Source, Role)>, Failure> {
        let options = self.text.options()?;
        let named = |source: &String| named(source);
        let rows = self.sources.iter().map(named);
        let rows = rows.chain(self.exec.iter().cloned().map(Origin::Command));
        let left = self.suppressions.iter().map(named);
        let deletions = self.delete.iter().map(named);
        let origins = rows
            .map(|origin| (origin, Role::Rows))
            .chain(left.map(|origin| (origin, Role::Left("suppressions".to_owned()))))
            .chain(deletions.map(|origin| (origin, Role::Deletion)));
        let mut sources = Vec::new();
        for (origin, role) in origins {
            let opened = sync::open(&origin, &options)?;
            sources.extend(opened.into_iter().map(|source| (source, role.clone())));
        }
        Ok(sources)
    }
}

/// The source of this name.
pub(in crate::commands) fn named(source: &str) -> Origin {
    match source {
        "-" => Origin::Standard,
        path => Origin::File(path.into()),
    }
}

/// The rules in this file.
pub(super) fn read_rules(path: &Path) -> Result<Rules, Failure> {
    let wrong = |why: String| Failure::command_line(format!("{}: {why}", path.display()));
    let text = fs::read_to_string(path).map_err(|why| wrong(why.to_string()))?;
    Rules::read(&text).map_err(|why| wrong(why.to_string()))
}

impl ColumnArgs {
    /// Each source with what is said of its columns. What is said of a column that one source hasn't got holds for
    /// the others; some source must have it.
    pub(in crate::commands) fn say(
        &self,
        sources: Vec<(Source, Role)>,
    ) -> Result<Vec<Given>, Failure> {
        let rules = self.rules()?;
        rules
            .check(sources.iter().flat_map(|(source, _)| &source.columns))
            .map_err(|why| Failure::command_line(why.to_string()))?;
        let given = sources.into_iter().map(|(source, role)| Given {
            rules: rules.for_columns(&source.columns),
            source,
            role,
            besides: sync::Besides::default(),
        });
        Ok(given.collect())
    }

    fn rules(&self) -> Result<Rules, Failure> {
        let mut rules = match &self.map {
            None => Rules::default(),
            Some(path) => read_rules(path)?,
        };
        let mut say = |column: &str, meaning| rules.say(column, ColumnRule::meaning(meaning));
        if let Some(column) = &self.address {
            say(column, Meaning::Address(true));
        }
        for Pair(column, label) in &self.field {
            say(column, Meaning::Field(label.clone()));
        }
        for column in &self.tags {
            say(column, Meaning::Tags(','));
        }
        for column in &self.lists {
            say(column, Meaning::Lists(','));
        }
        for column in &self.ignore {
            say(column, Meaning::Ignore(true));
        }
        for Pair(column, how) in &self.left {
            let how = match how.as_str() {
                "word" => LeftBy::Word,
                "flag" => LeftBy::Flag,
                "filled" => LeftBy::Filled,
                other => {
                    let why = format!("--left {column}={other}: say word, flag or filled");
                    return Err(Failure::command_line(why));
                }
            };
            say(column, Meaning::Left(how));
        }
        for column in &self.blank_clears {
            rules.change(column, |rule| rule.blank = Some(Blank::Clear));
        }
        let wrong = |why: &str, text: &str| Failure::command_line(format!("{text:?} {why}"));
        rules.usual = sync::Notation {
            dates: match &self.date_format {
                None => None,
                Some(format) => Some(DateOrder::of(format).ok_or_else(|| {
                    wrong(
                        "is no order of dates; say DD/MM/YYYY, MM/DD/YYYY or YYYY-MM-DD",
                        format,
                    )
                })?),
            },
            decimal: match &self.decimal {
                None => None,
                Some(sign) => Some(
                    DecimalSign::of(sign)
                        .ok_or_else(|| wrong("is no decimal sign; say . or ,", sign))?,
                ),
            },
            json: false,
        };
        Ok(rules)
    }
}
