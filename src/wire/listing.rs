//! A list of objects, in whichever envelope it comes: a bare array, or an object that holds one. The
//! provider's texts disagree about most of them.

use serde_json::value::RawValue;
use std::{fmt, marker::PhantomData};

use super::{
    NameSeed,
    read::{Again, FromJson, Read, Text, whole},
};
use serde::{
    Deserialize, Deserializer,
    de::{self, IgnoredAny, MapAccess, SeqAccess, Visitor},
};

/// Objects that came as a bare array, or within `records` or `contacts`.
#[derive(Clone, Debug, PartialEq)]
#[cfg_attr(
    not(feature = "raw"),
    allow(unreachable_pub, reason = "it is public where the generated client is")
)]
#[non_exhaustive]
pub struct Listing<T, U = Unread> {
    /// Those that could be read.
    pub rows: Vec<T>,
    /// How many there are on all pages together, where the envelope says so in `total` or `totalRecords`.
    pub total: Option<u64>,
    /// Those that could not.
    pub unread: Vec<U>,
}

impl<T> Default for Listing<T> {
    fn default() -> Self {
        Self {
            rows: Vec::new(),
            total: None,
            unread: Vec::new(),
        }
    }
}

impl<T> Listing<T> {
    fn push(&mut self, element: Element<T>) {
        match element.at(self.rows.len() + self.unread.len()) {
            Ok(row) => self.rows.push(row),
            Err(odd) => self.unread.push(odd),
        }
    }

    /// The same, with an error in the place of each that could not be read.
    pub(crate) fn with_errors<E>(self, error: impl Fn(Unread) -> E) -> Listing<T, E> {
        Listing {
            rows: self.rows,
            total: self.total,
            unread: self.unread.into_iter().map(error).collect(),
        }
    }
}

impl<T, E> Listing<T, E> {
    /// All of them; or an error, as a list from which one is missing would be taken for whole.
    pub(crate) fn all(self) -> Result<Vec<T>, E> {
        match self.unread.into_iter().next() {
            Some(unread) => Err(unread),
            None => Ok(self.rows),
        }
    }
}

/// An element of a list that could not be read, as it came.
///
/// `Debug` doesn't show the element, which may be a person's.
#[derive(Clone, PartialEq)]
#[cfg_attr(
    not(feature = "raw"),
    allow(unreachable_pub, reason = "it is public where the generated client is")
)]
#[non_exhaustive]
pub struct Unread {
    /// Its place in the list, from 0.
    pub place: usize,
    /// Its JSON text.
    pub json: String,
    /// Why it could not be read.
    pub why: String,
}

impl fmt::Debug for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Unread")
            .field("place", &self.place)
            .field("json", &format_args!("{} bytes", self.json.len()))
            .field("why", &self.why)
            .finish()
    }
}

/// An element as its type reads it, or as it came.
pub(crate) enum Element<T> {
    Read(T),
    Unread { json: String, why: String },
}

impl<T> Element<T> {
    /// What it is, in its place.
    pub(crate) fn at(self, place: usize) -> Result<T, Unread> {
        match self {
            Self::Read(element) => Ok(element),
            Self::Unread { json, why } => Err(Unread { place, json, why }),
        }
    }
}

impl<T: FromJson> Element<T> {
    /// The element that this JSON text is.
    pub(crate) fn of_text(json: &RawValue) -> Self {
        Self::of(T::read_text(Text::of(json)))
    }

    fn of(read: Read<T>) -> Self {
        match read.ok() {
            Ok(element) => Self::Read(element),
            Err(odd) => Self::Unread {
                json: String::from(Box::<str>::from(odd.json)),
                why: odd.why.into_owned(),
            },
        }
    }
}

impl<'de, T: FromJson> Deserialize<'de> for Element<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        T::read(deserializer).map(Self::of)
    }
}

struct Rows<T>(PhantomData<T>);

impl<'de, T: FromJson> Visitor<'de> for Rows<T> {
    type Value = Listing<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("an array, or an object with an array `records` or `contacts`")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Listing<T>, A::Error> {
        let mut listing = Listing::default();
        while let Some(element) = elements.next_element()? {
            listing.push(element);
        }
        Ok(listing)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Listing<T>, A::Error> {
        enum Name {
            Rows,
            Total,
            Other,
        }
        let named = |name: &str| match name {
            "records" | "contacts" => Name::Rows,
            "total" | "totalRecords" => Name::Total,
            _ => Name::Other,
        };
        let (mut listing, mut total) = (None, None);
        while let Some(name) = map.next_key_seed(NameSeed(named))? {
            match name {
                Name::Rows if listing.is_some() => {
                    return Err(de::Error::custom(
                        "an envelope with `records` or `contacts` twice",
                    ));
                }
                Name::Rows => listing = Some(map.next_value_seed(self.array())?),
                Name::Total => {
                    let json = map.next_value::<Text<'de>>()?;
                    total = whole(json.as_str())
                        .and_then(|total| total.try_into().ok())
                        .or(total);
                }
                Name::Other => drop(map.next_value::<IgnoredAny>()?),
            }
        }
        let listing = listing.ok_or_else(|| de::Error::missing_field("records"))?;
        Ok(Listing { total, ..listing })
    }
}

impl<T> Rows<T> {
    fn array(&self) -> Array<T> {
        Array(self.0)
    }
}

/// The array alone.
struct Array<T>(PhantomData<T>);

impl<'de, T: FromJson> de::DeserializeSeed<'de> for Array<T> {
    type Value = Listing<T>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Listing<T>, D::Error> {
        deserializer.deserialize_seq(Rows(self.0))
    }
}

impl<'de, T: FromJson> Deserialize<'de> for Listing<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(Rows(PhantomData))
    }
}

impl<T: FromJson> Again for Listing<T> {
    fn again(body: &[u8]) -> Option<Self> {
        let texts: Listing<Box<RawValue>> = serde_json::from_slice(body).ok()?;
        let mut listing = Self::default();
        for json in &texts.rows {
            listing.push(Element::of_text(json));
        }
        listing.total = texts.total;
        Some(listing)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(json: &str) -> serde_json::Result<Listing<i64>> {
        serde_json::from_str(json)
    }

    #[test]
    fn each_envelope_is_read_and_nothing_else() {
        for (json, total) in [
            ("[1,2]", None),
            (r#"{"records":[1,2]}"#, None),
            (r#"{"total":7,"records":[1,2],"page":1}"#, Some(7)),
            (r#"{"contacts":[1,2],"totalRecords":"7.0"}"#, Some(7)),
            (r#"{"contacts":[1,2],"totalRecords":-7}"#, None),
            (r#"{"contacts":[1,2],"totalRecords":{"records":[]}}"#, None),
        ] {
            let listing = read(json).unwrap();
            assert_eq!((listing.rows, listing.total), (vec![1, 2], total), "{json}");
        }
        for other in [
            r#"{"total":7}"#,
            r#"{"records":{"records":[1]}}"#,
            r#"{"records":[1],"contacts":[2]}"#,
            r#"{"records":null}"#,
            "7",
            "null",
            "[1",
        ] {
            assert!(read(other).is_err(), "{other}");
        }
    }

    #[test]
    fn an_odd_element_is_kept_in_its_place_and_costs_no_other() {
        let listing = read(r#"[1,{"a":1.50},2]"#).unwrap();
        assert_eq!(listing.rows, [1, 2]);
        let [odd] = listing.unread.as_slice() else {
            panic!("{:?}", listing.unread);
        };
        assert_eq!((odd.place, odd.json.as_str()), (1, r#"{"a":1.50}"#));
        let shown = format!("{odd:?}");
        assert!(!shown.contains("1.50"), "{shown}");
        assert!(
            shown.starts_with("Unread { place: 1, json: 10 bytes"),
            "{shown}"
        );
        let error = listing.with_errors(crate::Error::from).all().unwrap_err();
        assert_eq!(
            (error.element(), error.kind()),
            (Some(1), crate::ErrorKind::Unreadable)
        );
        assert_eq!(error.body(), r#"{"a":1.50}"#);
    }
}
