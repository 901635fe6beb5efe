//! What comes over the wire, read as far as it is understood, and the rest kept as it came.
//!
//! The service replaces what a PUT carries and erases what it doesn't, so whatever this version doesn't
//! know or understand must come back as it was; and one odd value must cost nobody the rest of a contact.
//! [`wire_object!`] makes a struct with its known properties typed and everything else kept as the JSON
//! text it arrived in. A [`Listing`] is a list of such objects in any of its envelopes. It owns no type of
//! the API itself.

mod kept;
mod listing;
mod read;

use serde::{Deserializer, de};

pub(crate) use kept::Kept;
pub(crate) use listing::Element;
#[cfg_attr(
    not(feature = "raw"),
    allow(unreachable_pub, reason = "it is public where the generated client is")
)]
pub use listing::Listing;
#[cfg(not(feature = "raw"))]
pub(crate) use listing::Unread;
#[cfg(feature = "raw")]
pub use listing::Unread;
pub(crate) use read::{
    Again, FromJson, NUMBER, Object, ObjectOf, Odd, RAW_VALUE, Read, Shape, Text, TextOf, by_serde,
    plain, read_as_text, whole,
};

/// Reads a property's name by a function, which copies none that is known.
pub(crate) struct NameSeed<P>(pub(crate) fn(&str) -> P);

impl<'de, P> de::DeserializeSeed<'de> for NameSeed<P> {
    type Value = P;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<P, D::Error> {
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

/// Defines a struct for a JSON object. `required` properties must be there and be understood, or the
/// object isn't one; `optional` ones are `Option`s; `many` are lists, which may be missing and are always
/// written. What a property's type refuses is kept as it came, in the property's place or in the list's,
/// and written back unless it is set since; so is everything that the struct doesn't know.
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
            /// What this version doesn't know, or came in a form that it doesn't read.
            pub(crate) kept: $crate::wire::Kept,
        }

        impl $object {
            const PROPERTIES: &'static [&'static str] = &[$($name),*];

            /// The properties that this version of the client doesn't know, with their JSON text.
            /// They are written back by a replacement.
            $object_visibility fn unknown_properties(&self) -> impl Iterator<Item = (&str, &str)> {
                let others = self.kept.whole().filter(|(name, _)| !Self::PROPERTIES.contains(name));
                others.map(|(name, json)| (name, json.get()))
            }

            /// The properties that this version of the client knows and that came in a form that it
            /// doesn't read, with their JSON text; an element of a list alone, under the list's name.
            /// They are written back by a replacement. A `null` is no value, and isn't among them.
            $object_visibility fn unexpected_properties(&self) -> impl Iterator<Item = (&str, &str)> {
                let unexpected = self.kept.all().filter(|&(name, _, is_whole)| match name {
                    $( $name => !is_whole || wire_object!(@lacks $mode self.$field), )*
                    _ => false,
                });
                unexpected.map(|(name, json, _)| (name, json))
            }
        }

        impl std::fmt::Debug for $object {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                $crate::redact::debug(f, |f| {
                    f.debug_struct(stringify!($object))
                        $( .field(stringify!($field), &self.$field) )*
                        .field("kept", &self.kept)
                        .finish()
                })
            }
        }

        impl $crate::wire::Object for $object {
            const EXPECTED: &'static str = concat!("an object (", stringify!($object), ")");

            fn members<'de, const BY_TEXT: bool, A: serde::de::MapAccess<'de>>(
                mut members: A,
            ) -> Result<$crate::wire::Read<Self>, A::Error> {
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

                $( let mut $field: Option<$type> = None; )*
                let mut kept = $crate::wire::Kept::default();
                let mut why: Option<std::borrow::Cow<'static, str>> = None;
                while let Some(property) = members.next_key_seed($crate::wire::NameSeed(Property::named))? {
                    match property {
                        $(Property::$field if $field.is_some() || kept.has($name) => {
                            why = Some(concat!("duplicate field `", $name, "`").into());
                            kept.keep_next($name.to_owned(), &mut members)?;
                        })*
                        $(Property::$field => {
                            wire_object!(@read $mode $field, members, kept, why, $name, BY_TEXT);
                        })*
                        Property::Other(name) => kept.keep_next(name, &mut members)?,
                    }
                }
                $( wire_object!(@check $mode $field, why, $name); )*
                if let Some(why) = why {
                    $( wire_object!(@put_back $mode $field, kept, $name); )*
                    let json = kept.into_object();
                    return Ok($crate::wire::Read::Odd($crate::wire::Odd { json, why }));
                }
                Ok($crate::wire::Read::Is($object {
                    $( $field: wire_object!(@have $mode $field, $name, A), )*
                    kept,
                }))
            }
        }

        impl $crate::wire::FromJson for $object {
            fn read<'de, D: serde::Deserializer<'de>>(
                deserializer: D,
            ) -> Result<$crate::wire::Read<Self>, D::Error> {
                $crate::wire::Shape::read($crate::wire::ObjectOf::<Self, false>::new(), deserializer)
            }

            fn read_text(text: $crate::wire::Text<'_>) -> $crate::wire::Read<Self> {
                text.read(|json| {
                    $crate::wire::Shape::read($crate::wire::ObjectOf::<Self, true>::new(), json)
                })
            }
        }

        impl<'de> serde::Deserialize<'de> for $object {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                deserializer.deserialize_map($crate::wire::ObjectOf::<Self, false>::new())
            }
        }

        impl serde::Serialize for $object {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                use serde::ser::SerializeMap as _;
                let mut map = serializer.serialize_map(None)?;
                $( wire_object!(@write $mode self.$field, self.kept, map, $name)?; )*
                self.kept.write_others(&mut map, Self::PROPERTIES)?;
                map.end()
            }
        }
    };

    (@type required $type:ty) => { $type };
    (@type optional $type:ty) => { Option<$type> };
    (@type many $type:ty) => { $type };

    (@read required $field:ident, $members:ident, $kept:ident, $why:ident, $name:literal, $by_text:ident) => {
        $field = $kept.next_required::<$by_text, _, _>($name, &mut $members, &mut $why)?;
    };
    (@read optional $field:ident, $members:ident, $kept:ident, $why:ident, $name:literal, $by_text:ident) => {
        $field = $kept.next::<$by_text, _, _>($name, &mut $members)?;
    };
    (@read many $field:ident, $members:ident, $kept:ident, $why:ident, $name:literal, $by_text:ident) => {
        $field = $kept.next_list::<$by_text, _, _>($name, &mut $members)?;
    };

    (@check required $field:ident, $why:ident, $name:literal) => {
        if $field.is_none() {
            $why.get_or_insert(concat!("missing field `", $name, "`").into());
        }
    };
    (@check $mode:ident $field:ident, $why:ident, $name:literal) => {};

    (@put_back many $field:ident, $kept:ident, $name:literal) => { $kept.with_list($name, $field); };
    (@put_back $mode:ident $field:ident, $kept:ident, $name:literal) => { $kept.with($name, $field); };

    (@have required $field:ident, $name:literal, $access:ident) => {
        match $field {
            Some(value) => value,
            None => return Err(serde::de::Error::missing_field($name)),
        }
    };
    (@have optional $field:ident, $name:literal, $access:ident) => { $field };
    (@have many $field:ident, $name:literal, $access:ident) => { $field.unwrap_or_default() };

    (@lacks required $value:expr) => { false };
    (@lacks optional $value:expr) => { $value.is_none() };
    (@lacks many $value:expr) => { true };

    (@write required $value:expr, $kept:expr, $map:ident, $name:literal) => {
        $kept.write(&mut $map, $name, Some(&$value))
    };
    (@write optional $value:expr, $kept:expr, $map:ident, $name:literal) => {
        $kept.write(&mut $map, $name, $value.as_ref())
    };
    (@write many $value:expr, $kept:expr, $map:ident, $name:literal) => {
        $kept.write_list(&mut $map, $name, &$value)
    };
}
pub(crate) use wire_object;

#[cfg(test)]
mod tests {
    use super::read_as_text;

    #[derive(Clone, Debug, PartialEq, serde::Deserialize, serde::Serialize)]
    struct Name(String);

    read_as_text! { Name }

    wire_object! {
        /// A sample.
        struct Sample {
            required pub id: String = "_id",
            optional pub size: bool = "size",
            many pub names: Vec<Name> = "names",
            many pub tags: Vec<Tag> = "tags",
            optional pub version: i64 = "__v",
        }
    }

    wire_object! {
        /// Another.
        struct Tag {
            required pub id: String = "_id",
        }
    }

    fn read(json: &str) -> Sample {
        serde_json::from_str(json).unwrap()
    }

    fn round_trip(json: &str) -> String {
        serde_json::to_string(&read(json)).unwrap()
    }

    #[test]
    fn what_is_unknown_or_odd_comes_back_as_it_was() {
        for json in [
            r#"{"_id":"a","names":[],"tags":[]}"#,
            r#"{"_id":"a","size":true,"names":["x"],"tags":[{"_id":"y","z":1}],"__v":2}"#,
            r#"{"_id":"a","size":null,"names":null,"tags":null,"__v":null}"#,
            r#"{"_id":"a","names":[],"tags":[{"_id":"x"},null,7,{"_id":"y"},{}],"__v":7}"#,
            r#"{"_id":"a","names":[],"tags":[null,7]}"#,
            r#"{"_id":"a","names":["x"],"tags":[],"big":12345678901234567890123,"exact":1.10,"nested":{"b":[1, 2]}}"#,
            r#"{"_id":"a","size":"x","names":{"x":1e400},"tags":"t","__v":[1.50]}"#,
            r#"{"_id":"a","names":[],"tags":[],"__v":1.0}"#,
            r#"{"_id":"a","names":[],"tags":[],"__v":"7"}"#,
        ] {
            assert_eq!(round_trip(json), json);
        }
        assert_eq!(
            round_trip(r#"{"other":1,"_id":"a"}"#),
            r#"{"_id":"a","names":[],"tags":[],"other":1}"#
        );
    }

    #[test]
    fn what_is_odd_gives_way_to_what_is_set_and_to_nothing_else() {
        let mut sample =
            read(r#"{"_id":"a","size":3,"names":7,"tags":[null,{"_id":"x"},7],"__v":"7"}"#);
        assert_eq!((sample.size, sample.version), (None, Some(7)));
        sample.size = Some(true);
        sample.version = Some(8);
        sample.tags.clear();
        assert_eq!(
            serde_json::to_string(&sample).unwrap(),
            r#"{"_id":"a","size":true,"names":7,"tags":[null,7],"__v":8}"#
        );
        sample.tags = ["y", "z"].map(read_tag).into();
        sample.names = vec![Name("n".to_owned())];
        assert_eq!(
            serde_json::to_string(&sample).unwrap(),
            r#"{"_id":"a","size":true,"names":["n"],"tags":[null,{"_id":"y"},7,{"_id":"z"}],"__v":8}"#
        );
    }

    fn read_tag(id: &str) -> Tag {
        serde_json::from_value(serde_json::json!({ "_id": id })).unwrap()
    }

    #[test]
    fn what_is_unknown_and_what_is_odd_can_be_reached() {
        let sample = read(
            r#"{"_id":"a","size":3,"names":{},"tags":[null,{"_id":"x"},7],"__v":"7","new":1.50}"#,
        );
        let unknown: Vec<_> = sample.unknown_properties().collect();
        assert_eq!(unknown, [("new", "1.50")]);
        let unexpected: Vec<_> = sample.unexpected_properties().collect();
        assert_eq!(unexpected, [("size", "3"), ("names", "{}"), ("tags", "7")]);
        assert_eq!(sample.kept.odd("names"), Some("an object"));
        assert_eq!(sample.kept.odd("tags"), None);
        let tag = &sample.tags[0];
        assert_eq!(tag.unknown_properties().count(), 0);
        assert_eq!(tag.unexpected_properties().count(), 0);
    }

    #[test]
    fn a_missing_odd_or_repeated_property_that_must_be_there_is_named() {
        for (json, told) in [
            (r#"{"size":3}"#, "missing field `_id`"),
            (r#"{"_id":"a","_id":"b"}"#, "duplicate field `_id`"),
            (r#"{"_id":"a","__v":{},"__v":1}"#, "duplicate field `__v`"),
            (r#"{"_id":7}"#, "invalid type: number, expected a string"),
            ("[]", "expected an object (Sample)"),
        ] {
            let error = serde_json::from_str::<Sample>(json).unwrap_err();
            let error = error.to_string();
            assert!(error.contains(told), "{json}: {error}");
        }
    }

    #[test]
    fn debug_shows_no_unknown_value() {
        let sample = read(r#"{"_id":"a","mail":"jane@example.com","size":"joe@example.com"}"#);
        let shown = format!("{sample:?}");
        assert!(
            !shown.contains("jane@") && !shown.contains("joe@"),
            "{shown}"
        );
    }
}
