//! One value of JSON, read as its type, or kept as it came where its type refuses it.
//!
//! There are two ways. One is a single pass over what comes, which copies nothing that is understood. The
//! other reads each part from its own text, at more than half as much again: it also takes what the parser
//! itself refuses (half of a character in text, a number beyond all floats), and is for whoever has the text
//! at hand when the first way failed.

use std::{borrow::Cow, fmt, marker::PhantomData};

use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IgnoredAny, MapAccess, SeqAccess, Visitor,
        value::StrDeserializer,
    },
};
use serde_json::{
    de::StrRead,
    value::{RawValue, to_raw_value},
};

/// By this name `serde_json` is asked for the text of a value.
pub(crate) const RAW_VALUE: &str = "$serde_json::private::RawValue";
/// By this name a number is an object where `serde_json/arbitrary_precision` is on, as any crate of a
/// program may have it.
pub(crate) const NUMBER: &str = "$serde_json::private::Number";

/// What was made of a value.
pub(crate) enum Read<T> {
    Is(T),
    /// Understood, but not to be written as it was: its text, too.
    Spelt(T, Box<RawValue>),
    Odd(Odd),
}

/// A value that its type refused.
pub(crate) struct Odd {
    /// As it came. In a single pass, a number where no number belongs may be spelt otherwise, and white
    /// space and the order of an object be others.
    pub(crate) json: Box<RawValue>,
    /// Without the value.
    pub(crate) why: Cow<'static, str>,
}

impl<T> Read<T> {
    pub(crate) fn map<U>(self, make: impl FnOnce(T) -> U) -> Read<U> {
        match self {
            Self::Is(value) => Read::Is(make(value)),
            Self::Spelt(value, json) => Read::Spelt(make(value), json),
            Self::Odd(odd) => Read::Odd(odd),
        }
    }

    pub(crate) fn ok(self) -> Result<T, Odd> {
        match self {
            Self::Is(value) | Self::Spelt(value, _) => Ok(value),
            Self::Odd(odd) => Err(odd),
        }
    }

    fn odd(json: Box<RawValue>, got: &str, expected: &str) -> Self {
        let why = format!("invalid type: {got}, expected {expected}").into();
        Self::Odd(Odd { json, why })
    }
}

/// What can be read so that nothing is lost.
pub(crate) trait FromJson: Sized {
    /// Reads a value in a single pass.
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error>;

    /// Reads a value from its text.
    fn read_text(text: Text<'_>) -> Read<Self> {
        text.read(|json| Self::read(json))
    }
}

/// What can be read once more, from its whole text, when a single pass failed.
pub(crate) trait Again: Sized {
    /// None where that fails too.
    fn again(_body: &[u8]) -> Option<Self> {
        None
    }
}

impl<T: FromJson> Again for T {
    fn again(body: &[u8]) -> Option<Self> {
        let json: &RawValue = serde_json::from_slice(body).ok()?;
        T::read_text(Text::of(json)).ok().ok()
    }
}

/// Nothing comes.
impl Again for () {}

/// Whatever comes is handed on.
impl Again for progenitor_client::ByteStream {}

impl FromJson for Box<RawValue> {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        Self::deserialize(deserializer).map(Read::Is)
    }
}

/// Asks for a value as this type reads it.
pub(crate) struct Reading<T>(PhantomData<T>);

impl<T> Reading<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: FromJson> DeserializeSeed<'de> for Reading<T> {
    type Value = Read<T>;

    #[inline]
    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<T>, D::Error> {
        T::read(deserializer)
    }
}

/// The JSON text of a value, which isn't copied where the whole text is at hand.
pub(crate) struct Text<'t>(Cow<'t, str>);

impl Text<'_> {
    pub(crate) fn as_str(&self) -> &str {
        &self.0
    }

    pub(crate) fn of(json: &RawValue) -> Text<'_> {
        Text(Cow::Borrowed(json.get()))
    }

    /// Reads the text by a function, and keeps it where that refuses it.
    pub(crate) fn read<T>(
        self,
        by: impl FnOnce(&mut serde_json::Deserializer<StrRead<'_>>) -> serde_json::Result<Read<T>>,
    ) -> Read<T> {
        let why = match by(&mut serde_json::Deserializer::from_str(self.as_str())) {
            Ok(Read::Odd(odd)) => odd.why,
            Ok(read) => return read,
            Err(error) => crate::parse_message::alone(&error),
        };
        let json = self.keep();
        Read::Odd(Odd { json, why })
    }

    pub(crate) fn keep(self) -> Box<RawValue> {
        match self.as_str() {
            "null" => RawValue::NULL.to_owned(),
            // It was found to be JSON when it was read.
            _ => RawValue::from_string(self.0.into_owned())
                .unwrap_or_else(|_| RawValue::NULL.to_owned()),
        }
    }
}

impl<'de> Deserialize<'de> for Text<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entry;

        impl<'de> Visitor<'de> for Entry {
            type Value = Text<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("any JSON")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut entry: A) -> Result<Text<'de>, A::Error> {
                entry.next_key::<IgnoredAny>()?;
                entry.next_value_seed(self)
            }

            fn visit_borrowed_str<E>(self, text: &'de str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Borrowed(text)))
            }

            fn visit_str<E>(self, text: &str) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text.to_owned())))
            }

            fn visit_string<E>(self, text: String) -> Result<Text<'de>, E> {
                Ok(Text(Cow::Owned(text)))
            }
        }

        impl<'de> DeserializeSeed<'de> for Entry {
            type Value = Text<'de>;

            fn deserialize<D: Deserializer<'de>>(self, text: D) -> Result<Text<'de>, D::Error> {
                text.deserialize_str(self)
            }
        }

        deserializer.deserialize_newtype_struct(RAW_VALUE, Entry)
    }
}

/// Types that are text, as serde reads them.
macro_rules! read_as_text {
    ($($type:ty)*) => { $(
        impl $crate::wire::FromJson for $type {
            #[inline]
            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$crate::wire::Read<Self>, D::Error> {
                $crate::wire::Shape::read($crate::wire::TextOf::<Self>::new(), deserializer)
            }

            fn read_text(text: $crate::wire::Text<'_>) -> $crate::wire::Read<Self> {
                $crate::wire::by_serde(text)
            }
        }
    )* };
}
pub(crate) use read_as_text;

impl FromJson for String {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        TextOf::<Self>::new().read(deserializer)
    }

    /// JSON allows half of a character, `"\ud800"`, and no string of ours does.
    fn read_text(text: Text<'_>) -> Read<Self> {
        match by_serde(text) {
            Read::Odd(odd) if odd.json.get().starts_with('"') => match lossy(odd.json.get()) {
                Some(text) => Read::Spelt(text, odd.json),
                None => Read::Odd(odd),
            },
            other => other,
        }
    }
}

/// Text with a replacement character in the place of each half of one.
fn lossy(json: &str) -> Option<String> {
    struct Bytes;

    impl Visitor<'_> for Bytes {
        type Value = String;

        fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str("text")
        }

        fn visit_bytes<E>(self, bytes: &[u8]) -> Result<String, E> {
            Ok(String::from_utf8_lossy(bytes).into_owned())
        }
    }

    let mut text = serde_json::Deserializer::from_str(json);
    text.deserialize_bytes(Bytes).ok()
}

impl FromJson for bool {
    fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
        Text::deserialize(deserializer).map(Self::read_text)
    }

    fn read_text(text: Text<'_>) -> Read<Self> {
        by_serde(text)
    }
}

pub(crate) fn by_serde<T: DeserializeOwned>(text: Text<'_>) -> Read<T> {
    // Most text needs no parser.
    let read = match plain(text.as_str()) {
        Some(plain) => T::deserialize(StrDeserializer::<serde_json::Error>::new(plain)),
        None => serde_json::from_str(text.as_str()),
    };
    match read {
        Ok(value) => Read::Is(value),
        Err(why) => Read::Odd(Odd {
            why: crate::parse_message::alone(&why),
            json: text.keep(),
        }),
    }
}

/// Text of a type.
pub(crate) struct TextOf<T>(PhantomData<T>);

impl<T> TextOf<T> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<T: DeserializeOwned> Shape<'_> for TextOf<T> {
    type Value = T;
    const EXPECTED: &'static str = "a string";

    #[inline]
    fn text(self, text: &str) -> Read<T> {
        match T::deserialize(StrDeserializer::<serde_json::Error>::new(text)) {
            Ok(value) => Read::Is(value),
            Err(_) => self.refused(text),
        }
    }
}

/// What stands between the quotes, where nothing in it is escaped.
pub(crate) fn plain(json: &str) -> Option<&str> {
    let text = json.strip_prefix('"')?.strip_suffix('"')?;
    memchr::memchr(b'\\', text.as_bytes())
        .is_none()
        .then_some(text)
}

/// A whole number in any spelling: `3`, `3.0`, `3e0`, `"3"`.
pub(crate) fn whole(json: &str) -> Option<i128> {
    let number = plain(json).unwrap_or(json).trim();
    if let Ok(number) = number.parse() {
        return Some(number);
    }
    let (mantissa, exponent) = match number.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse::<i32>().ok()?),
        None => (number, 0),
    };
    let (before, after) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let after = after.trim_end_matches('0');
    let digits: i128 = format!("{before}{after}").parse().ok()?;
    if digits == 0 {
        return Some(0);
    }
    let places = exponent.checked_sub(i32::try_from(after.len()).ok()?)?;
    let power = 10_i128.checked_pow(places.unsigned_abs())?;
    if places >= 0 {
        digits.checked_mul(power)
    } else {
        (digits % power == 0).then_some(digits / power)
    }
}

/// A whole number as it is always written.
fn plain_digits(json: &str) -> Option<&str> {
    let digits = json.strip_prefix('-').unwrap_or(json);
    let is_plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    (is_plain && json != "-0").then_some(json)
}

macro_rules! whole_numbers {
    ($($integer:ty)*) => { $(
        impl FromJson for $integer {
            fn read<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Read<Self>, D::Error> {
                Text::deserialize(deserializer).map(Self::read_text)
            }

            fn read_text(text: Text<'_>) -> Read<Self> {
                if let Some(number) = plain_digits(text.as_str()).and_then(|digits| digits.parse().ok()) {
                    return Read::Is(number);
                }
                match whole(text.as_str()).and_then(|number| number.try_into().ok()) {
                    Some(number) => Read::Spelt(number, text.keep()),
                    None => Read::odd(text.keep(), "another value", "a whole number of 64 bits"),
                }
            }
        }
    )* };
}

whole_numbers! { i64 u64 }

/// What a type expects of a value that isn't text alone. What it doesn't say is odd.
pub(crate) trait Shape<'de>: Sized {
    type Value;
    const EXPECTED: &'static str;

    fn text(self, text: &str) -> Read<Self::Value> {
        self.refused(text)
    }

    /// Text that isn't what was expected.
    #[cold]
    fn refused(self, text: &str) -> Read<Self::Value> {
        odd_scalar(text, "string", Self::EXPECTED)
    }

    fn list<A: SeqAccess<'de>>(self, list: A) -> Result<Read<Self::Value>, A::Error> {
        let json = elements(list)?;
        Ok(Read::odd(json, "sequence", Self::EXPECTED))
    }

    fn object<A: MapAccess<'de>>(self, mut object: A) -> Result<Read<Self::Value>, A::Error> {
        let mut members = Vec::new();
        while let Some(name) = object.next_key::<String>()? {
            let json = raw_value(&name, &mut object)?;
            members.push((name, json));
        }
        let members: Vec<_> = members
            .iter()
            .map(|(name, json)| (&**name, &**json))
            .collect();
        Ok(Read::odd(object_of(&members), "map", Self::EXPECTED))
    }

    #[inline]
    fn read<D: Deserializer<'de>>(self, deserializer: D) -> Result<Read<Self::Value>, D::Error> {
        deserializer.deserialize_any(Any(self))
    }
}

#[cold]
fn odd_scalar<T>(value: impl Serialize, got: &str, expected: &str) -> Read<T> {
    Read::odd(written(&value), got, expected)
}

/// The JSON of something that can't fail to be some.
pub(super) fn written(value: &impl Serialize) -> Box<RawValue> {
    to_raw_value(value).unwrap_or_else(|_| RawValue::NULL.to_owned())
}

/// The JSON of the property of which this is the name.
pub(super) fn raw_value<'de, A: MapAccess<'de>>(
    name: &str,
    object: &mut A,
) -> Result<Box<RawValue>, A::Error> {
    if name == NUMBER {
        let digits = object.next_value::<String>()?;
        RawValue::from_string(digits).map_err(A::Error::custom)
    } else {
        object.next_value()
    }
}

/// The JSON of the object with these members.
pub(super) fn object_of(members: &[(&str, &RawValue)]) -> Box<RawValue> {
    struct Members<'m>(&'m [(&'m str, &'m RawValue)]);

    impl Serialize for Members<'_> {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            serializer.collect_map(self.0.iter().copied())
        }
    }

    let number = members.iter().find(|(name, _)| *name == NUMBER);
    match number {
        Some((_, number)) => (*number).to_owned(),
        None => written(&Members(members)),
    }
}

fn elements<'de, A: SeqAccess<'de>>(mut list: A) -> Result<Box<RawValue>, A::Error> {
    let mut elements = Vec::new();
    while let Some(element) = list.next_element::<Box<RawValue>>()? {
        elements.push(element);
    }
    Ok(written(&elements))
}

struct Any<S>(S);

impl<'de, S: Shape<'de>> Visitor<'de> for Any<S> {
    type Value = Read<S::Value>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(S::EXPECTED)
    }

    #[inline]
    fn visit_str<E>(self, text: &str) -> Result<Self::Value, E> {
        Ok(self.0.text(text))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Self::Value, A::Error> {
        self.0.list(list)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<Self::Value, A::Error> {
        self.0.object(object)
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(odd_scalar((), "null", S::EXPECTED))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        Ok(odd_scalar(value, "boolean", S::EXPECTED))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        Ok(odd_scalar(number, "number", S::EXPECTED))
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        Ok(odd_scalar(number, "number", S::EXPECTED))
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        Ok(odd_scalar(number, "number", S::EXPECTED))
    }
}

/// A struct for a JSON object: see [`wire_object!`](super::wire_object).
pub(crate) trait Object: Sized {
    const EXPECTED: &'static str;

    /// Reads the members, each from its own text or in a single pass.
    fn members<'de, const BY_TEXT: bool, A: MapAccess<'de>>(
        members: A,
    ) -> Result<Read<Self>, A::Error>;
}

/// The shape of such a struct.
pub(crate) struct ObjectOf<T, const BY_TEXT: bool>(PhantomData<T>);

impl<T, const BY_TEXT: bool> ObjectOf<T, BY_TEXT> {
    pub(crate) fn new() -> Self {
        Self(PhantomData)
    }
}

impl<'de, T: Object, const BY_TEXT: bool> Shape<'de> for ObjectOf<T, BY_TEXT> {
    type Value = T;
    const EXPECTED: &'static str = T::EXPECTED;

    fn object<A: MapAccess<'de>>(self, object: A) -> Result<Read<T>, A::Error> {
        T::members::<BY_TEXT, A>(object)
    }
}

/// The same where it is all there is: what is odd is an error.
impl<'de, T: Object, const BY_TEXT: bool> Visitor<'de> for ObjectOf<T, BY_TEXT> {
    type Value = T;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(T::EXPECTED)
    }

    fn visit_map<A: MapAccess<'de>>(self, object: A) -> Result<T, A::Error> {
        T::members::<BY_TEXT, A>(object)?
            .ok()
            .map_err(|odd| A::Error::custom(odd.why))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_whole_number_is_read_exactly_in_any_spelling() {
        for (spelt, number) in [
            ("12.0", Some(12)),
            ("1.20e1", Some(12)),
            ("120E-1", Some(12)),
            ("-0", Some(0)),
            ("0e-999999999999", None),
            ("0.000", Some(0)),
            ("\"7.0\"", Some(7)),
            ("9007199254740993.0", Some(9_007_199_254_740_993)),
            ("4503599627370497.4", None),
            ("1e38", Some(10_i128.pow(38))),
            ("1e39", None),
            ("1e-1", None),
            ("1.", Some(1)),
            (".", None),
            ("1e", None),
            ("nan", None),
        ] {
            assert_eq!(whole(spelt), number, "{spelt}");
        }
    }

    fn read<T: FromJson>(json: &str) -> Option<T> {
        let json = RawValue::from_string(json.to_owned()).unwrap();
        match T::read_text(Text::of(&json)) {
            Read::Is(value) => Some(value),
            Read::Spelt(value, spelt) => {
                assert_eq!(spelt.get(), json.get());
                Some(value)
            }
            Read::Odd(odd) => {
                assert_eq!(odd.json.get(), json.get());
                None
            }
        }
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
            "1e19",
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
    fn text_is_read_with_and_without_escapes_and_from_what_is_no_text() {
        for (json, text) in [
            (r#""""#, ""),
            (r#""Zoë""#, "Zoë"),
            (r#""a\"b\\""#, "a\"b\\"),
            (r#""\ud83d\ude00""#, "\u{1f600}"),
        ] {
            assert_eq!(read::<String>(json).as_deref(), Some(text), "{json}");
        }
        for (half, text) in [
            (r#""\ud800""#, "\u{fffd}\u{fffd}\u{fffd}"),
            (r#""News \ud83d""#, "News \u{fffd}\u{fffd}\u{fffd}"),
        ] {
            assert_eq!(read::<String>(half).as_deref(), Some(text), "{half}");
        }
        for other in ["7", "1.50", "1e400", "null", "[\"a\"]"] {
            assert_eq!(read::<String>(other), None, "{other}");
        }
        let value = serde_json::json!("a\nb");
        assert!(matches!(String::read(value), Ok(Read::Is(text)) if text == "a\nb"));
    }
}
