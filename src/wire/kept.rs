//! What of an object is kept as it came, beside what its type reads: properties that no type knows, those
//! that came as `null` or in another form, and elements of a list that its type refuses, with their places.
//! All of it goes back.

use std::fmt;

use serde::{
    Deserializer as _, Serialize,
    de::{SeqAccess, Visitor},
    ser::SerializeMap,
};
use serde_json::value::RawValue;

use super::json::FromJson;

/// Parts of an object, in the order and the exact JSON text they came in.
#[derive(Clone, Default)]
pub(crate) struct Kept(Vec<Part>);

#[derive(Clone)]
struct Part {
    name: String,
    /// Which element it was of the list with this name; none for a whole property.
    place: Option<usize>,
    json: Box<RawValue>,
}

const NULL: &str = "null";

impl Kept {
    pub(crate) fn keep(&mut self, name: impl Into<String>, json: &RawValue) {
        self.0.push(Part {
            name: name.into(),
            place: None,
            json: json.to_owned(),
        });
    }

    /// Whether anything of the property came and is here.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|part| part.name == name)
    }

    /// The whole property, if it is here.
    fn get(&self, name: &str) -> Option<&RawValue> {
        let mut whole = self.whole();
        whole.find_map(|(known, json)| (known == name).then_some(json))
    }

    /// What the property came as, where no type could read it: neither a value nor `null`.
    pub(crate) fn odd(&self, name: &str) -> Option<&'static str> {
        Some(match self.get(name)?.get().as_bytes().first()? {
            b'n' => return None,
            b'"' => "text",
            b'{' => "an object",
            b'[' => "a list of which nothing is understood",
            b't' | b'f' => "a boolean",
            _ => "a number",
        })
    }

    /// Whole properties.
    pub(crate) fn whole(&self) -> impl Iterator<Item = (&str, &RawValue)> {
        let whole = self.0.iter().filter(|part| part.place.is_none());
        whole.map(|part| (part.name.as_str(), &*part.json))
    }

    /// Everything but `null`s, and whether it is a whole property.
    pub(crate) fn all(&self) -> impl Iterator<Item = (&str, &str, bool)> {
        let parts = self.0.iter().filter(|part| part.json.get() != NULL);
        parts.map(|part| (part.name.as_str(), part.json.get(), part.place.is_none()))
    }

    /// Reads a property, or keeps it.
    pub(crate) fn read<T: FromJson>(&mut self, name: &str, json: &RawValue) -> Option<T> {
        let read = match json.get() {
            NULL => None,
            _ => T::from_json(json).ok(),
        };
        if read.as_ref().is_none_or(|value| !value.is_written_as(json)) {
            self.keep(name, json);
        }
        read
    }

    /// Reads a list, and keeps those of its elements that its type refuses; or all of it, if it is no
    /// list, or one of which nothing is understood.
    pub(crate) fn read_list<T: FromJson>(&mut self, name: &str, json: &RawValue) -> Option<Vec<T>> {
        let before = self.0.len();
        let elements = Elements {
            kept: &mut *self,
            name,
            list: Vec::new(),
        };
        let list = serde_json::Deserializer::from_str(json.get()).deserialize_seq(elements);
        let odd = || {
            self.0
                .iter()
                .skip(before)
                .any(|part| part.json.get() != NULL)
        };
        match list {
            Ok(list) if !list.is_empty() || !odd() => Some(list),
            _ => {
                self.0.truncate(before);
                self.keep(name, json);
                None
            }
        }
    }

    /// Writes a property: as it came, unless it has another value since.
    pub(crate) fn write<M, T>(
        &self,
        map: &mut M,
        name: &'static str,
        value: Option<&T>,
    ) -> Result<(), M::Error>
    where
        M: SerializeMap,
        T: FromJson + PartialEq + Serialize,
    {
        match (self.get(name), value) {
            (None, None) => Ok(()),
            (None, Some(value)) => map.serialize_entry(name, value),
            (Some(json), None) => map.serialize_entry(name, json),
            (Some(json), Some(value)) => match T::from_json(json) {
                Ok(came) if came == *value => map.serialize_entry(name, json),
                _ => map.serialize_entry(name, value),
            },
        }
    }

    /// Writes a list, with what was kept of it in its places. An empty one is written too: a replacement
    /// says what shall be there, and leaves no doubt.
    pub(crate) fn write_list<M, T>(
        &self,
        map: &mut M,
        name: &'static str,
        list: &[T],
    ) -> Result<(), M::Error>
    where
        M: SerializeMap,
        T: Serialize,
    {
        match self.get(name) {
            Some(json) if list.is_empty() => map.serialize_entry(name, json),
            _ => map.serialize_entry(name, &self.with(name, list)),
        }
    }

    /// A list with what was kept of it in its places.
    pub(crate) fn with<'a, T>(&'a self, name: &'a str, list: &'a [T]) -> Whole<'a, T> {
        Whole {
            kept: self,
            name,
            list,
        }
    }

    /// Writes the properties that aren't among these.
    pub(crate) fn write_others<M: SerializeMap>(
        &self,
        map: &mut M,
        known: &[&str],
    ) -> Result<(), M::Error> {
        let mut others = self.whole().filter(|(name, _)| !known.contains(name));
        others.try_for_each(|(name, json)| map.serialize_entry(name, json))
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        let text = |part: &Part| (part.name.clone(), part.place, part.json.get().to_owned());
        self.0.len() == other.0.len() && self.0.iter().map(text).eq(other.0.iter().map(text))
    }
}

/// Names only: a value could hold an address.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|part| &part.name);
        f.debug_list().entries(names).finish()
    }
}

/// Reads the elements of a list.
struct Elements<'k, T> {
    kept: &'k mut Kept,
    name: &'k str,
    list: Vec<T>,
}

impl<'de, T: FromJson> Visitor<'de> for Elements<'_, T> {
    type Value = Vec<T>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Vec<T>, A::Error> {
        let mut place = 0;
        while let Some(json) = elements.next_element::<&RawValue>()? {
            match T::from_json(json) {
                Ok(element) => self.list.push(element),
                Err(_) => self.kept.0.push(Part {
                    name: self.name.to_owned(),
                    place: Some(place),
                    json: json.to_owned(),
                }),
            }
            place += 1;
        }
        Ok(self.list)
    }
}

/// A list to be written whole.
pub(crate) struct Whole<'a, T> {
    kept: &'a Kept,
    name: &'a str,
    list: &'a [T],
}

#[derive(Serialize)]
#[serde(untagged)]
enum Element<'a, T> {
    Known(&'a T),
    Kept(&'a RawValue),
}

impl<T: Serialize> Serialize for Whole<'_, T> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut known = self.list.iter().map(Element::Known);
        let parts = self.kept.0.iter();
        let mut kept = parts
            .filter(|part| part.name == self.name)
            .filter_map(|part| Some((part.place?, Element::Kept(&part.json))))
            .peekable();
        let mut place = 0;
        serializer.collect_seq(std::iter::from_fn(|| {
            let next = kept.next_if(|(kept, _)| *kept <= place);
            place += 1;
            let next = next.map(|(_, json)| json).or_else(|| known.next());
            next.or_else(|| kept.next().map(|(_, json)| json))
        }))
    }
}
