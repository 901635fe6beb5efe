//! The order in which a column writes year, month and day.

use std::borrow::Cow;

use super::Ambiguity;

/// In which order a date is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DateOrder {
    /// `2021-04-03`, `2021/4/3`.
    YearMonthDay,
    /// `03/04/2021`, `3.4.2021`, `3 Apr 2021`.
    DayMonthYear,
    /// `04/03/2021`, `Apr 3, 2021`.
    MonthDayYear,
}

const MONTHS: [&str; 12] = [
    "jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec",
];

impl DateOrder {
    /// The order that a pattern such as `DD/MM/YYYY` shows; none for anything else.
    pub(crate) fn of(pattern: &str) -> Option<Self> {
        let pattern = pattern.to_ascii_uppercase();
        let place = |letter: char| pattern.find(letter);
        let (year, month, day) = (place('Y')?, place('M')?, place('D')?);
        if !pattern.chars().all(|letter| "YMD/-., ".contains(letter)) {
            return None;
        }
        match (year < month, month < day, day < month, month < year) {
            (true, true, ..) => Some(Self::YearMonthDay),
            (.., true, true) => Some(Self::DayMonthYear),
            (_, true, _, _) if day < year => Some(Self::MonthDayYear),
            _ => None,
        }
    }

    /// The date as ISO 8601 writes it, with what stands behind it; none where the text is no date in this
    /// order.
    pub(crate) fn iso(self, text: &str) -> Option<String> {
        let Written { parts, rest } = Written::of(text)?;
        let [one, two, three] = parts;
        let (year, month, day) = match self {
            Self::YearMonthDay => (one, two, three),
            Self::DayMonthYear => (three, two, one),
            Self::MonthDayYear => (three, one, two),
        };
        let (Part::Number(year, 4), Part::Number(day, 1..=2)) = (year, day) else {
            return None;
        };
        let month = match month {
            Part::Number(month, 1..=2) | Part::Name(month) => month,
            Part::Number(..) => return None,
        };
        ((1..=12).contains(&month) && (1..=31).contains(&day))
            .then(|| format!("{year:04}-{month:02}-{day:02}{rest}"))
    }
}

/// A day and a month such as `17/05` in a year that has all days; anything else as it is.
pub(super) fn in_a_year(text: &str) -> Cow<'_, str> {
    let is_part =
        |part: &str| matches!(part.len(), 1 | 2) && part.bytes().all(|b| b.is_ascii_digit());
    let plain = text.strip_suffix('.').unwrap_or(text);
    match plain.split_once(['/', '.']) {
        Some((one, other)) if is_part(one) && is_part(other) => {
            Cow::Owned(format!("{one}/{other}/2000"))
        }
        _ => Cow::Borrowed(text),
    }
}

/// A part of a date: a number with how many digits it has, or the number of a month by its name.
#[derive(Clone, Copy, Debug)]
enum Part {
    Number(u32, usize),
    Name(u32),
}

/// The three parts of a date, and the time behind it.
struct Written<'t> {
    parts: [Part; 3],
    rest: &'t str,
}

impl<'t> Written<'t> {
    fn of(text: &'t str) -> Option<Self> {
        let separator = |letter: char| matches!(letter, '/' | '-' | '.' | ',' | ' ');
        let mut rest = text;
        let mut part = || {
            let from = rest.trim_start_matches(separator);
            let is_number = from.starts_with(|letter: char| letter.is_ascii_digit());
            let end = from
                .find(|letter: char| {
                    !(if is_number {
                        letter.is_ascii_digit()
                    } else {
                        letter.is_alphabetic()
                    })
                })
                .unwrap_or(from.len());
            let (word, behind) = from.split_at_checked(end)?;
            rest = behind;
            if let Ok(number) = word.parse() {
                return Some(Part::Number(number, word.len()));
            }
            let short = word.get(..3)?.to_ascii_lowercase();
            let month = MONTHS.iter().position(|month| *month == short)?;
            Some(Part::Name(u32::try_from(month).ok()? + 1))
        };
        let parts = [part()?, part()?, part()?];
        let is_time = rest.is_empty() || rest.starts_with(['T', ' ']);
        is_time.then_some(Self { parts, rest })
    }
}

/// Which orders the dates of a column allow.
#[derive(Debug, Default)]
pub(super) struct Survey {
    /// The first value that only this order allows.
    day_first: Option<u64>,
    month_first: Option<u64>,
    year_first: bool,
    /// The first that both allow, saying different things.
    open: Option<(u64, String)>,
    /// Whether there was one that both allow.
    either: bool,
}

impl Survey {
    pub(super) fn look(&mut self, line: u64, text: &str) {
        if DateOrder::YearMonthDay.iso(text).is_some() {
            self.year_first = true;
            return;
        }
        match (
            DateOrder::DayMonthYear.iso(text),
            DateOrder::MonthDayYear.iso(text),
        ) {
            (Some(_), None) => {
                self.day_first.get_or_insert(line);
            }
            (None, Some(_)) => {
                self.month_first.get_or_insert(line);
            }
            (Some(one), Some(other)) => {
                self.either = true;
                if one != other && self.open.is_none() {
                    self.open = Some((line, text.to_owned()));
                }
            }
            (None, None) => {}
        }
    }

    pub(super) fn decide(&self) -> Result<Option<DateOrder>, Ambiguity> {
        match (self.day_first, self.month_first) {
            (Some(_), None) => Ok(Some(DateOrder::DayMonthYear)),
            (None, Some(_)) => Ok(Some(DateOrder::MonthDayYear)),
            _ => match &self.open {
                Some((line, text)) => Err(Ambiguity {
                    line: *line,
                    text: text.clone(),
                    readings: [DateOrder::DayMonthYear, DateOrder::MonthDayYear]
                        .map(|order| order.iso(text).unwrap_or_default()),
                    option: "--date-format",
                }),
                // Dates that say the same either way, or in both ways and never the same one.
                None if self.either || self.day_first.is_some() => {
                    Ok(Some(DateOrder::DayMonthYear))
                }
                None => Ok(self.year_first.then_some(DateOrder::YearMonthDay)),
            },
        }
    }
}
