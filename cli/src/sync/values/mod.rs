//! How a column writes its values, and what each of them says to a field.
//!
//! A file doesn't say whether `03/04/2021` is in March or in April, nor whether `1.234` is a little more than one
//! or more than a thousand. A [`Survey`] looks at every value of a column before one of them is taken: what the
//! column as a whole leaves open stops the plan. The library then reads each value by the field's data type.

mod dates;
mod numbers;

use std::fmt;

use benchmark_email::{Value, structures::DataType};

pub(crate) use dates::DateOrder;
pub(crate) use numbers::DecimalSign;

/// How a column writes what can be written in several ways; none where it has nothing of the kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Notation {
    /// In which order its dates stand.
    pub(crate) dates: Option<DateOrder>,
    /// What stands before the fraction of its numbers.
    pub(crate) decimal: Option<DecimalSign>,
    /// Whether its cells are values in JSON, in which nothing is open.
    pub(crate) json: bool,
}

/// Looks at the values of one column until it is known how it writes them.
#[derive(Debug)]
pub(crate) struct Survey {
    given: Notation,
    dates: dates::Survey,
    numbers: numbers::Survey,
    data_type: DataType,
}

/// A value that can be read in two ways, and that nothing in its column decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Ambiguity {
    /// The line of its source.
    pub(crate) line: u64,
    /// The value.
    pub(crate) text: String,
    /// What it may mean.
    pub(crate) readings: [String; 2],
    /// The option that decides.
    pub(crate) option: &'static str,
}

impl fmt::Display for Ambiguity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            text,
            readings: [one, other],
            ..
        } = self;
        write!(f, "line {line}: {text} may be {one} or {other}")
    }
}

impl Survey {
    /// For a column of a field of this data type, with what the operator says of it.
    pub(crate) fn new(data_type: &DataType, given: Notation) -> Self {
        Self {
            given,
            dates: dates::Survey::default(),
            numbers: numbers::Survey::default(),
            data_type: data_type.clone(),
        }
    }

    /// Looks at one more value.
    pub(crate) fn look(&mut self, line: u64, text: &str) {
        if self.given.json {
            return;
        }
        let text = text.trim();
        match self.data_type {
            DataType::Date if self.given.dates.is_none() => self.dates.look(line, text),
            DataType::RecurrentDate if self.given.dates.is_none() => {
                self.dates.look(line, &dates::in_a_year(text));
            }
            DataType::Number if self.given.decimal.is_none() => self.numbers.look(line, text),
            _ => {}
        }
    }

    /// How the column writes its values.
    ///
    /// # Errors
    ///
    /// The first value that can be read in two ways, where no other value of the column decides.
    pub(crate) fn decide(&self) -> Result<Notation, Ambiguity> {
        let mut notation = self.given;
        match self.data_type {
            _ if notation.json => {}
            DataType::Date | DataType::RecurrentDate if notation.dates.is_none() => {
                notation.dates = self.dates.decide()?;
            }
            DataType::Number if notation.decimal.is_none() => {
                notation.decimal = self.numbers.decide()?;
            }
            _ => {}
        }
        Ok(notation)
    }
}

/// The value that a text says to a field of this data type, as its column writes it.
///
/// # Errors
///
/// What the field takes and what it got; never the text.
pub(crate) fn read(
    text: &str,
    data_type: &DataType,
    notation: Notation,
) -> Result<Value, benchmark_email::value::ValueError> {
    if notation.json
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        return value.check(data_type).map(|()| value);
    }
    let usual = match data_type {
        DataType::Date => notation.dates.and_then(|order| order.iso(text.trim())),
        DataType::RecurrentDate => {
            let day = dates::in_a_year(text.trim());
            notation.dates.and_then(|order| order.iso(&day))
        }
        DataType::Number => notation.decimal.and_then(|sign| sign.plain(text.trim())),
        _ => None,
    };
    Value::parse(usual.as_deref().unwrap_or(text), data_type)
}

#[cfg(test)]
mod tests;
