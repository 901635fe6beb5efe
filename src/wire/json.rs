//! What a type makes of JSON text. The text is whoever's who asks: what a type refuses is kept there.

use serde::de::{self, DeserializeOwned, value::StrDeserializer};
use serde_json::value::RawValue;

/// What can be read from JSON text.
pub(crate) trait FromJson: Sized {
    fn from_json(json: &RawValue) -> serde_json::Result<Self>;

    /// Whether the value is written as this text, or as text of the same meaning, so that the text
    /// needn't be kept.
    fn is_written_as(&self, _json: &RawValue) -> bool {
        true
    }
}

/// Types that are read as serde reads them.
macro_rules! read_by_serde {
    ($($type:ty)*) => { $(
        impl $crate::wire::FromJson for $type {
            fn from_json(json: &serde_json::value::RawValue) -> serde_json::Result<Self> {
                $crate::wire::by_serde(json)
            }
        }
    )* };
}
pub(crate) use read_by_serde;

read_by_serde! { bool String }

/// Text, which is most of what there is, without a parser for it.
pub(crate) fn by_serde<T: DeserializeOwned>(json: &RawValue) -> serde_json::Result<T> {
    match plain_text(json.get()) {
        Some(text) => T::deserialize(StrDeserializer::new(text)),
        None => serde_json::from_str(json.get()),
    }
}

/// What stands between the quotes, where nothing in it is escaped.
pub(crate) fn plain_text(json: &str) -> Option<&str> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    memchr::memchr(b'\\', text.as_bytes())
        .is_none()
        .then_some(text)
}

/// A whole number in any spelling: `3`, `3.0`, `3e0`, `"3"`.
pub(crate) fn whole(json: &RawValue) -> Option<i128> {
    // Those that every JSON reader takes for the same.
    const EXACT: f64 = 9_007_199_254_740_991.0;
    let digits = plain_text(json.get()).unwrap_or(json.get()).trim();
    if let Ok(number) = digits.parse() {
        return Some(number);
    }
    let number: f64 = digits.parse().ok()?;
    #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
    (number.fract() == 0.0 && number.abs() <= EXACT).then_some(number as i128)
}

macro_rules! whole_numbers {
    ($($integer:ty)*) => { $(
        impl FromJson for $integer {
            fn from_json(json: &RawValue) -> serde_json::Result<Self> {
                let number = whole(json).and_then(|number| number.try_into().ok());
                number.ok_or_else(|| de::Error::custom("expected a whole number of 64 bits"))
            }

            fn is_written_as(&self, json: &RawValue) -> bool {
                self.to_string() == json.get()
            }
        }
    )* };
}

whole_numbers! { i64 u64 }

/// Reads a property's name by a function, which copies none that is known.
pub(crate) struct NameSeed<P>(pub(crate) fn(&str) -> P);

impl<'de, P> de::DeserializeSeed<'de> for NameSeed<P> {
    type Value = P;

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<P, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<P> de::Visitor<'_> for NameSeed<P> {
    type Value = P;

    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<P, E> {
        Ok(self.0(name))
    }
}

/// What was found wrong, without the place in the text that it was found in: it isn't the place in the
/// whole.
pub(crate) fn without_place(error: &serde_json::Error) -> String {
    let whole = error.to_string();
    let place = format!(" at line {} column {}", error.line(), error.column());
    whole.strip_suffix(&place).unwrap_or(&whole).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read<T: FromJson>(json: &str) -> Option<T> {
        let json = RawValue::from_string(json.to_owned()).unwrap();
        T::from_json(&json).ok()
    }

    #[test]
    fn a_whole_number_is_read_however_it_is_spelt() {
        for (spelt, number) in [
            ("1", 1),
            ("1.0", 1),
            ("1e3", 1000),
            ("-0", 0),
            ("\"7\"", 7),
            ("\" 007 \"", 7),
            ("\"7.0\"", 7),
            ("9223372036854775807", i64::MAX),
            ("-9223372036854775808", i64::MIN),
        ] {
            assert_eq!(read(spelt), Some(number), "{spelt}");
        }
        for other in [
            "9223372036854775808",
            "1e400",
            "1e17",
            "1.5",
            "\"\"",
            "\"one\"",
            "\"inf\"",
            "\"NaN\"",
            "\"\\u0031\"",
            "[]",
            "null",
            "true",
        ] {
            assert_eq!(read::<i64>(other), None, "{other}");
        }
        assert_eq!(read("18446744073709551615"), Some(u64::MAX));
        assert_eq!(read::<u64>("-1"), None);
    }

    #[test]
    fn text_is_read_with_and_without_escapes() {
        for (json, text) in [
            (r#""""#, ""),
            (r#""Zoë""#, "Zoë"),
            (r#""a\"b\\""#, "a\"b\\"),
            (r#""\ud83d\ude00""#, "\u{1f600}"),
        ] {
            assert_eq!(read::<String>(json).as_deref(), Some(text), "{json}");
        }
        for other in ["7", "null", "[\"a\"]", r#""\ud800""#] {
            assert_eq!(read::<String>(other), None, "{other}");
        }
    }
}
