//! The data type that a new field gets by the values of its column.

use std::collections::BTreeMap;

use benchmark_email::{Value, structures::DataType};

use super::super::{
    mapping::loose,
    source::{Record, Source, SourceError},
    values::DateOrder,
};

/// More different words than these aren't told.
const WORDS: usize = 12;
/// A longer number may be a number of a telephone or an article as well.
const DIGITS: usize = 9;
/// A column with one of these in its name holds text, however much its values look like numbers.
const TEXT: [&str; 12] = [
    "phone", "mobile", "fax", "zip", "postal", "postcode", "code", "id", "number", "no.", "sku",
    "plz",
];

/// What the values of one column are like.
#[derive(Debug)]
pub(super) struct Values {
    /// How many cells hold something.
    pub(super) filled: u64,
    /// How often which word occurs, while they are few.
    pub(super) words: BTreeMap<String, u64>,
    booleans: bool,
    numbers: bool,
    /// The orders in which each value so far is a date.
    orders: Vec<DateOrder>,
}

impl Values {
    pub(super) fn new(column: &str, order: Option<DateOrder>) -> Self {
        use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};

        let name = column.to_lowercase();
        let is_text = |word: &str| match word.len() {
            ..=3 => loose(column) == word || name.split(' ').any(|part| part == word),
            _ => name.contains(word),
        };
        Self {
            filled: 0,
            words: BTreeMap::new(),
            booleans: true,
            numbers: !TEXT.into_iter().any(is_text),
            orders: match order {
                Some(YearMonthDay) => vec![YearMonthDay],
                Some(order) => vec![YearMonthDay, order],
                None => vec![YearMonthDay, DayMonthYear, MonthDayYear],
            },
        }
    }

    pub(super) fn look(&mut self, text: &str) {
        self.filled += 1;
        let lower = text.to_lowercase();
        self.booleans &= matches!(lower.as_str(), "true" | "false" | "yes" | "no");
        self.numbers &= is_plain_number(text);
        self.orders.retain(|order| {
            let day = order.iso(text);
            day.is_some_and(|day| Value::parse(day, &DataType::Date).is_ok())
        });
        if self.words.len() <= WORDS {
            *self.words.entry(text.to_owned()).or_default() += 1;
        }
    }

    /// The data type that takes all of them, and that nobody can take for another.
    pub(super) fn data_type(&self) -> DataType {
        match self.orders.as_slice() {
            _ if self.filled == 0 => DataType::Text,
            _ if self.booleans => DataType::Boolean,
            _ if self.numbers => DataType::Number,
            [_] => DataType::Date,
            // No date, or one that can be read in two ways.
            _ => DataType::Text,
        }
    }

    /// The words and how often they occur, where they are few.
    pub(super) fn told(&self) -> Option<String> {
        let told: Vec<_> = self
            .words
            .iter()
            .map(|(word, times)| format!("{times} {word:?}"))
            .collect();
        (!told.is_empty() && told.len() <= WORDS).then(|| told.join(", "))
    }
}

/// Looks at every value of a source: what each of its columns is like.
pub(super) fn look(
    source: &Source,
    order: Option<DateOrder>,
    nothing: &[String],
) -> Result<Vec<Values>, SourceError> {
    let mut values: Vec<_> = source
        .columns
        .iter()
        .map(|column| Values::new(column, order))
        .collect();
    let mut records = source.records()?;
    let mut record = Record::default();
    while records.next(&mut record)? {
        if record.damage.is_some() {
            continue;
        }
        for (cell, values) in record.cells().zip(&mut values) {
            let cell = cell.trim();
            if !cell.is_empty() && !nothing.iter().any(|word| word == cell) {
                values.look(cell);
            }
        }
    }
    Ok(values)
}

/// A number that says nothing else: no zeros before it, no plus sign, not long enough for a number of a telephone.
fn is_plain_number(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, fraction) = match digits.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (digits, None),
    };
    let all_digits = |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    all_digits(whole)
        && whole.len() <= DIGITS
        && (whole == "0" || !whole.starts_with('0'))
        // Three digits behind a point may be thousands.
        && fraction.is_none_or(|part| all_digits(part) && part.len() != 3)
}
