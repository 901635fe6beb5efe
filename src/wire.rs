//! JSON objects that lose nothing between a read and a write.
//!
//! The service replaces what a PUT carries and erases what it doesn't, so a property that this
//! version doesn't know must come back as it was. [`wire_object!`] makes a struct with its known
//! properties typed and every other one kept as the JSON text it arrived in. It owns no type of the
//! API itself.

use std::fmt;

use serde::{
    Deserialize, Deserializer,
    de::{self, DeserializeOwned, Visitor},
};
use serde_json::value::RawValue;

/// The properties of an object that this version doesn't know, that came as `null`, or that hold
/// `null`s which their value passes over, in the order and the exact JSON text they came in.
#[derive(Clone, Default)]
pub(crate) struct Unknown(Vec<(String, Box<RawValue>)>);

impl Unknown {
    pub(crate) fn push(&mut self, name: String, value: Box<RawValue>) {
        self.0.push((name, value));
    }

    pub(crate) fn has(&self, name: &str) -> bool {
        self.get(name).is_some()
    }

    pub(crate) fn get(&self, name: &str) -> Option<&RawValue> {
        let mut all = self.iter();
        all.find_map(|(known, value)| (known == name).then_some(value))
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        self.0.iter().map(|(name, value)| (name.as_str(), &**value))
    }
}

impl PartialEq for Unknown {
    fn eq(&self, other: &Self) -> bool {
        let text = |(name, value): (_, &RawValue)| (name, value.get().to_owned());
        self.0.len() == other.0.len() && self.iter().map(text).eq(other.iter().map(text))
    }
}

/// Names only: a value could hold an address.
impl fmt::Debug for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list()
            .entries(self.iter().map(|(name, _)| name))
            .finish()
    }
}

/// Reads a property's name by a function, which copies none that is known.
pub(crate) struct NameSeed<P>(pub(crate) fn(&str) -> P);

impl<'de, P> de::DeserializeSeed<'de> for NameSeed<P> {
    type Value = P;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<P, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl<P> Visitor<'_> for NameSeed<P> {
    type Value = P;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the name of a property")
    }

    fn visit_str<E>(self, name: &str) -> Result<P, E> {
        Ok(self.0(name))
    }
}

/// How an optional property arrives: with a value, or as `null`, which is kept apart so that it goes
/// back as `null`.
pub(crate) fn null() -> Box<RawValue> {
    RawValue::NULL.to_owned()
}

/// A whole number, also one that is spelt `1.0` or `1e3`.
pub(crate) struct Whole(pub(crate) i64);

impl<'de> Deserialize<'de> for Whole {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl de::Visitor<'_> for Visitor {
            type Value = Whole;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a whole number of 64 bits")
            }

            fn visit_i64<E>(self, number: i64) -> Result<Whole, E> {
                Ok(Whole(number))
            }

            fn visit_u64<E: de::Error>(self, number: u64) -> Result<Whole, E> {
                let whole = i64::try_from(number).map(Whole);
                whole.map_err(|_| E::invalid_value(de::Unexpected::Unsigned(number), &self))
            }

            fn visit_f64<E: de::Error>(self, number: f64) -> Result<Whole, E> {
                // Those that every JSON reader takes for the same.
                const EXACT: f64 = 9_007_199_254_740_991.0;
                if number.fract() != 0.0 || number.abs() > EXACT {
                    return Err(E::invalid_value(de::Unexpected::Float(number), &self));
                }
                #[allow(clippy::cast_possible_truncation, reason = "it is whole and small")]
                Ok(Whole(number as i64))
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

/// Whether a JSON array says these values, but for `null`s among them.
pub(crate) fn says<T: DeserializeOwned + PartialEq>(json: &RawValue, values: &[T]) -> bool {
    serde_json::from_str::<Vec<Option<T>>>(json.get())
        .is_ok_and(|said| said.iter().flatten().eq(values))
}

/// Defines a struct for a JSON object: `required` properties must be there; `optional` ones are
/// `Option`s; `integer` ones too, whole numbers in any spelling (written as `1`); `many` are lists that may be missing and
/// are always written; `sparse` ones too, `null`s among their elements passed over. Everything else is
/// kept and written back, and so are the `null`s while the value is the same but for them.
macro_rules! wire_object {
    (
        $(#[$meta:meta])*
        $object_visibility:vis struct $object:ident {
            $( $(#[$property_meta:meta])* $mode:ident $visibility:vis $field:ident: $type:ty = $name:literal, )*
        }
    ) => {
        $(#[$meta])*
        #[derive(Clone, PartialEq)]
        #[non_exhaustive]
        $object_visibility struct $object {
            $( $(#[$property_meta])* $visibility $field: wire_object!(@type $mode $type), )*
            /// What this version doesn't know, and known properties that came as `null`.
            pub(crate) unknown: $crate::wire::Unknown,
        }

        impl $object {
            const PROPERTIES: &'static [&'static str] = &[$($name),*];

            /// The properties that this version of the client doesn't know, with their JSON text.
            /// They are written back by a replacement.
            $object_visibility fn unknown_properties(&self) -> impl Iterator<Item = (&str, &str)> {
                self.unknown
                    .iter()
                    .filter(|(name, _)| !Self::PROPERTIES.contains(name))
                    .map(|(name, value)| (name, value.get()))
            }
        }

        impl std::fmt::Debug for $object {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::redact::debug(f, |f| {
                    f.debug_struct(stringify!($object))
                        $( .field(stringify!($field), &self.$field) )*
                        .field("unknown", &self.unknown)
                        .finish()
                })
            }
        }

        impl<'de> serde::Deserialize<'de> for $object {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                struct Visitor;

                #[allow(non_camel_case_types, reason = "properties are named as their fields")]
                enum Property {
                    $($field,)*
                    Other(String),
                }

                impl Property {
                    fn named(name: &str) -> Self {
                        match name {
                            $($name => Self::$field,)*
                            other => Self::Other(other.to_owned()),
                        }
                    }
                }

                impl<'de> serde::de::Visitor<'de> for Visitor {
                    type Value = $object;

                    fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                        f.write_str(concat!("an object (", stringify!($object), ")"))
                    }

                    fn visit_map<A: serde::de::MapAccess<'de>>(self, mut map: A) -> Result<$object, A::Error> {
                        use serde::de::Error as _;
                        $( let mut $field: Option<$type> = None; )*
                        let mut unknown = $crate::wire::Unknown::default();
                        loop {
                            match map.next_key_seed($crate::wire::NameSeed(Property::named))? {
                                $(Some(Property::$field) => {
                                    if $field.is_some() {
                                        return Err(A::Error::duplicate_field($name));
                                    }
                                    wire_object!(@read $mode $field, map, unknown, $name);
                                })*
                                Some(Property::Other(name)) => unknown.push(name, map.next_value()?),
                                None => break,
                            }
                        }
                        Ok($object { $( $field: wire_object!(@have $mode $field, $name, A), )* unknown })
                    }
                }

                deserializer.deserialize_map(Visitor)
            }
        }

        impl serde::Serialize for $object {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $(
                    let kept = self.unknown.get($name);
                    if kept.is_none_or(|json| wire_object!(@set_since $mode self.$field, json)) {
                        wire_object!(@write $mode self.$field, map, $name);
                    }
                )*
                for (name, value) in self.unknown.iter() {
                    // A property that came as `null` and has a value now isn't `null` any more.
                    let set_since = match name {
                        $( $name => wire_object!(@set_since $mode self.$field, value), )*
                        _ => false,
                    };
                    if !set_since {
                        map.serialize_entry(name, value)?;
                    }
                }
                map.end()
            }
        }
    };

    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@type integer $type:ty) => { Option<$type> };
    (@type many $type:ty) => { $type };
    (@type sparse $type:ty) => { $type };

    (@read required $field:ident, $map:ident, $unknown:ident, $name:literal) => {
        $field = Some($map.next_value()?);
    };
    (@read integer $field:ident, $map:ident, $unknown:ident, $name:literal) => {
        $field = $map.next_value::<Option<$crate::wire::Whole>>()?.map(|whole| whole.0);
        if $field.is_none() {
            $unknown.push($name.to_owned(), $crate::wire::null());
        }
    };
    (@read sparse $field:ident, $map:ident, $unknown:ident, $name:literal) => {
        match $map.next_value::<Option<Vec<Option<_>>>>()? {
            None => $unknown.push($name.to_owned(), $crate::wire::null()),
            Some(elements) => {
                if elements.iter().any(Option::is_none) {
                    let json = serde_json::value::to_raw_value(&elements);
                    $unknown.push($name.to_owned(), json.map_err(A::Error::custom)?);
                }
                $field = Some(elements.into_iter().flatten().collect());
            }
        }
    };
    (@read $mode:ident $field:ident, $map:ident, $unknown:ident, $name:literal) => {
        $field = $map.next_value()?;
        if $field.is_none() {
            $unknown.push($name.to_owned(), $crate::wire::null());
        }
    };

    (@have required $field:ident, $name:literal, $access:ident) => {
        $field.ok_or_else(|| $access::Error::missing_field($name))?
    };
    (@have optional $field:ident, $name:literal, $access:ident) => { $field };
    (@have integer $field:ident, $name:literal, $access:ident) => { $field };
    (@have $mode:ident $field:ident, $name:literal, $access:ident) => { $field.unwrap_or_default() };

    (@write optional $value:expr, $map:ident, $name:literal) => {
        if let Some(value) = &$value {
            $map.serialize_entry($name, value)?;
        }
    };
    (@write integer $value:expr, $map:ident, $name:literal) => {
        wire_object!(@write optional $value, $map, $name);
    };
    // An empty list is written too: a replacement says what shall be there, and leaves no doubt.
    (@write $mode:ident $value:expr, $map:ident, $name:literal) => { $map.serialize_entry($name, &$value)?; };

    (@set_since required $value:expr, $json:ident) => {{ let _ = $json; true }};
    (@set_since optional $value:expr, $json:ident) => {{ let _ = $json; $value.is_some() }};
    (@set_since integer $value:expr, $json:ident) => { wire_object!(@set_since optional $value, $json) };
    (@set_since many $value:expr, $json:ident) => {{ let _ = $json; !$value.is_empty() }};
    (@set_since sparse $value:expr, $json:ident) => {
        if $json.get() == "null" { !$value.is_empty() } else { !$crate::wire::says($json, &$value) }
    };
}
pub(crate) use wire_object;

#[cfg(test)]
mod tests {
    wire_object! {
        /// A sample.
        struct Sample {
            required pub id: String = "_id",
            optional pub size: u64 = "size",
            many pub names: Vec<String> = "names",
            sparse pub tags: Vec<String> = "tags",
            integer pub version: i64 = "__v",
        }
    }

    fn round_trip(json: &str) -> String {
        let sample: Sample = serde_json::from_str(json).unwrap();
        serde_json::to_string(&sample).unwrap()
    }

    #[test]
    fn unknown_properties_and_nulls_come_back_as_they_were() {
        for json in [
            r#"{"_id":"a","names":[],"tags":[]}"#,
            r#"{"_id":"a","size":3,"names":["x"],"tags":["y"],"__v":2}"#,
            r#"{"_id":"a","size":null,"names":null,"tags":null,"__v":null}"#,
            r#"{"_id":"a","names":[],"__v":7,"tags":["x",null,null,"y"]}"#,
            r#"{"_id":"a","names":[],"tags":[null]}"#,
            r#"{"_id":"a","names":["x"],"tags":[],"big":12345678901234567890123,"exact":1.10,"nested":{"b":[1, 2]}}"#,
        ] {
            assert_eq!(round_trip(json), json);
        }
    }

    #[test]
    fn a_list_that_is_missing_is_written_as_empty() {
        let whole = r#"{"_id":"a","names":[],"tags":[]}"#;
        assert_eq!(round_trip(r#"{"_id":"a"}"#), whole);
    }

    #[test]
    fn a_null_gives_way_to_a_value_that_is_set_later() {
        let mut sample: Sample = serde_json::from_str(r#"{"_id":"a","size":null}"#).unwrap();
        sample.size = Some(4);
        assert_eq!(
            serde_json::to_string(&sample).unwrap(),
            r#"{"_id":"a","size":4,"names":[],"tags":[]}"#
        );
        assert_eq!(sample.unknown_properties().count(), 0);
    }

    #[test]
    fn a_whole_number_is_read_however_it_is_spelt() {
        let read = |spelt: &str| {
            let json = format!(r#"{{"_id":"a","__v":{spelt}}}"#);
            serde_json::from_str::<Sample>(&json).map(|sample| sample.version)
        };
        for (spelt, number) in [
            ("1", Some(1)),
            ("1.0", Some(1)),
            ("1e3", Some(1000)),
            ("-0", Some(0)),
            ("9223372036854775807", Some(i64::MAX)),
            ("null", None),
        ] {
            assert_eq!(read(spelt).unwrap(), number, "{spelt}");
        }
        for not_whole in ["9223372036854775808", "1e400", "1e17", "1.5", "\"1\"", "[]"] {
            assert!(read(not_whole).is_err(), "{not_whole}");
        }
    }

    #[test]
    fn nulls_in_a_list_give_way_to_other_elements() {
        let json = r#"{"_id":"a","tags":["x",null]}"#;
        let mut sample: Sample = serde_json::from_str(json).unwrap();
        assert_eq!(sample.tags, ["x"]);
        sample.tags = vec!["y".to_owned()];
        assert_eq!(
            serde_json::to_string(&sample).unwrap(),
            r#"{"_id":"a","names":[],"tags":["y"]}"#
        );
    }

    #[test]
    fn a_missing_or_repeated_property_is_named() {
        for (json, told) in [
            (r#"{"size":3}"#, "missing field `_id`"),
            (r#"{"_id":"a","_id":"b"}"#, "duplicate field `_id`"),
            (r#"{"_id":"a","size":"x"}"#, "invalid type"),
        ] {
            let error = serde_json::from_str::<Sample>(json)
                .unwrap_err()
                .to_string();
            assert!(error.contains(told), "{json}: {error}");
        }
    }

    #[test]
    fn debug_shows_no_unknown_value() {
        let sample: Sample =
            serde_json::from_str(r#"{"_id":"a","mail":"jane@example.com"}"#).unwrap();
        assert!(!format!("{sample:?}").contains("jane@"));
    }
}
