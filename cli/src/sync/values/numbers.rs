//! What stands before the fraction of a column's numbers, and what between their thousands.

use super::Ambiguity;

/// What stands before the fraction of a number; the other one stands between thousands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DecimalSign {
    /// `1,234.5`
    Point,
    /// `1.234,5`
    Comma,
}

impl DecimalSign {
    /// The sign by itself; none for anything else.
    pub(crate) fn of(sign: &str) -> Option<Self> {
        match sign {
            "." => Some(Self::Point),
            "," => Some(Self::Comma),
            _ => None,
        }
    }

    /// The number with a point before its fraction and nothing between its thousands; none where the text
    /// is no number with this sign.
    pub(super) fn plain(self, text: &str) -> Option<String> {
        let (decimal, thousands) = match self {
            Self::Point => ('.', ','),
            Self::Comma => (',', '.'),
        };
        let (whole, fraction) = match text.split_once(decimal) {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (text, None),
        };
        let digits =
            |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if fraction.is_some_and(|fraction| !digits(fraction)) {
            return None;
        }
        let (sign, whole) = match whole.strip_prefix('-') {
            Some(whole) => ("-", whole),
            None => ("", whole),
        };
        let mut groups = whole.split(|letter| {
            letter == thousands || matches!(letter, ' ' | '\u{a0}' | '\u{202f}' | '\'')
        });
        let first = groups.next()?;
        let mut plain = format!("{sign}{first}");
        for (number, group) in groups.enumerate() {
            let fits = group.len() == 3 && (number > 0 || first.len() <= 3);
            if !fits || !digits(group) {
                return None;
            }
            plain.push_str(group);
        }
        if !digits(first) {
            return None;
        }
        if let Some(fraction) = fraction {
            plain.push('.');
            plain.push_str(fraction);
        }
        Some(plain)
    }
}

/// Which signs the numbers of a column allow.
#[derive(Debug, Default)]
pub(super) struct Survey {
    point: bool,
    comma: bool,
    /// The first that both allow, saying different things.
    open: Option<(u64, String)>,
}

impl Survey {
    pub(super) fn look(&mut self, line: u64, text: &str) {
        match (
            DecimalSign::Point.plain(text),
            DecimalSign::Comma.plain(text),
        ) {
            (Some(_), None) => self.point = true,
            (None, Some(_)) => self.comma = true,
            (Some(one), Some(other)) if one != other && self.open.is_none() => {
                self.open = Some((line, text.to_owned()));
            }
            _ => {}
        }
    }

    pub(super) fn decide(&self) -> Result<Option<DecimalSign>, Ambiguity> {
        match (self.point, self.comma, &self.open) {
            (true, false, _) | (false, false, None) => Ok(Some(DecimalSign::Point)),
            (false, true, _) => Ok(Some(DecimalSign::Comma)),
            (_, _, Some((line, text))) => Err(Ambiguity {
                line: *line,
                text: text.clone(),
                readings: [DecimalSign::Point, DecimalSign::Comma]
                    .map(|sign| sign.plain(text).unwrap_or_default()),
                option: "--decimal",
            }),
            // Either sign, and none that says something else by the other.
            (true, true, None) => Ok(None),
        }
    }
}
