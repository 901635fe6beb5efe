//! What of an object is kept as it came, beside what its type reads: properties that no type knows, those
//! that came as `null` or in another form, and elements of a list that its type refuses, with their places.
//! All of it goes back.

use std::{borrow::Cow, fmt};

use serde::{
    Serialize,
    de::{MapAccess, SeqAccess},
    ser::SerializeMap,
};
use serde_json::value::RawValue;

use super::read::{FromJson, Odd, Read, Reading, Shape, Text, object_of, raw_value, written};

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
    pub(crate) fn keep(&mut self, name: impl Into<String>, json: Box<RawValue>) {
        self.0.push(Part {
            name: name.into(),
            place: None,
            json,
        });
    }

    /// Keeps the property of which this is the name.
    pub(crate) fn keep_next<'de, A: MapAccess<'de>>(
        &mut self,
        name: String,
        object: &mut A,
    ) -> Result<(), A::Error> {
        let json = raw_value(&name, object)?;
        self.keep(name, json);
        Ok(())
    }

    /// Reads the property of which this is the name, or keeps it.
    #[inline]
    pub(crate) fn next<'de, const BY_TEXT: bool, T: FromJson, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        object: &mut A,
    ) -> Result<Option<T>, A::Error> {
        match next_value::<BY_TEXT, T, A>(object)? {
            Read::Is(value) => Ok(Some(value)),
            other => Ok(self.keep_other(name, other)),
        }
    }

    /// The same of a property that must be understood for the object to be one; or why it isn't.
    #[inline]
    pub(crate) fn next_required<'de, const BY_TEXT: bool, T: FromJson, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        object: &mut A,
        why: &mut Option<Cow<'static, str>>,
    ) -> Result<Option<T>, A::Error> {
        match next_value::<BY_TEXT, T, A>(object)? {
            Read::Is(value) => Ok(Some(value)),
            other => {
                if let Read::Odd(odd) = &other {
                    why.get_or_insert_with(|| odd.why.clone());
                }
                Ok(self.keep_other(name, other))
            }
        }
    }

    #[cold]
    fn keep_other<T>(&mut self, name: &str, read: Read<T>) -> Option<T> {
        let (value, json) = match read {
            Read::Is(value) => return Some(value),
            Read::Spelt(value, json) => (Some(value), json),
            Read::Odd(odd) => (None, odd.json),
        };
        self.keep(name, json);
        value
    }

    /// Reads the list of which this is the name, and keeps those of its elements that its type refuses; or
    /// all of it, if it is no list, or one of which nothing is understood.
    pub(crate) fn next_list<'de, const BY_TEXT: bool, T: FromJson, A: MapAccess<'de>>(
        &mut self,
        name: &str,
        object: &mut A,
    ) -> Result<Option<Vec<T>>, A::Error> {
        let before = self.0.len();
        let list = ListOf::<T, BY_TEXT> {
            kept: &mut *self,
            name,
            list: Vec::new(),
        };
        let read = if BY_TEXT {
            let text = object.next_value::<Text<'de>>()?;
            text.read(|json| list.read(json))
        } else {
            object.next_value_seed(list)?
        };
        match read.ok() {
            Ok(list) if !list.is_empty() || before == self.0.len() => Ok(Some(list)),
            other => Ok(self.keep_list(name, before, other)),
        }
    }

    /// Keeps all of a list of which nothing is understood, unless there is nothing in it.
    #[cold]
    fn keep_list<T>(
        &mut self,
        name: &str,
        before: usize,
        list: Result<Vec<T>, Odd>,
    ) -> Option<Vec<T>> {
        let parts = self.0.get(before..).unwrap_or_default();
        let json = match list {
            Err(odd) => odd.json,
            Ok(list) if parts.iter().all(|part| part.json.get() == NULL) => return Some(list),
            Ok(_) => written(&parts.iter().map(|part| &part.json).collect::<Vec<_>>()),
        };
        self.0.truncate(before);
        self.keep(name, json);
        None
    }

    /// Whether anything of the property came and is here.
    #[inline]
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
        let came = |json| T::read_text(Text::of(json)).ok().ok();
        match (self.get(name), value) {
            (None, None) => Ok(()),
            (None, Some(value)) => map.serialize_entry(name, value),
            (Some(json), Some(value)) if came(json).as_ref() != Some(value) => {
                map.serialize_entry(name, value)
            }
            (Some(json), _) => map.serialize_entry(name, json),
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
            _ => map.serialize_entry(
                name,
                &Whole {
                    kept: self,
                    name,
                    list,
                },
            ),
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

    /// Takes in what was read of an object after all, and gives back the object.
    pub(crate) fn with<T: Serialize>(&mut self, name: &str, value: Option<T>) {
        if let Some(value) = value.filter(|_| self.get(name).is_none()) {
            self.keep(name, written(&value));
        }
    }

    /// The same of a list.
    pub(crate) fn with_list<T: Serialize>(&mut self, name: &str, list: Option<Vec<T>>) {
        let list = list.map(|list| {
            written(&Whole {
                kept: self,
                name,
                list: &list,
            })
        });
        if let Some(list) = list {
            self.keep(name, list);
        }
    }

    /// The object of which all is here.
    pub(crate) fn into_object(self) -> Box<RawValue> {
        object_of(&self.whole().collect::<Vec<_>>())
    }
}

impl PartialEq for Kept {
    fn eq(&self, other: &Self) -> bool {
        let same = |(one, other): (&Part, &Part)| {
            (&one.name, one.place, one.json.get()) == (&other.name, other.place, other.json.get())
        };
        self.0.len() == other.0.len() && self.0.iter().zip(&other.0).all(same)
    }
}

/// Names only: a value could hold an address.
impl fmt::Debug for Kept {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names = self.0.iter().map(|part| &part.name);
        f.debug_list().entries(names).finish()
    }
}

#[inline]
fn next_value<'de, const BY_TEXT: bool, T: FromJson, A: MapAccess<'de>>(
    object: &mut A,
) -> Result<Read<T>, A::Error> {
    if BY_TEXT {
        object.next_value().map(T::read_text)
    } else {
        object.next_value_seed(Reading::<T>::new())
    }
}

/// A list whose odd elements are kept.
struct ListOf<'k, T, const BY_TEXT: bool> {
    kept: &'k mut Kept,
    name: &'k str,
    list: Vec<T>,
}

impl<'de, T: FromJson, const BY_TEXT: bool> Shape<'de> for ListOf<'_, T, BY_TEXT> {
    type Value = Vec<T>;
    const EXPECTED: &'static str = "a list";

    fn list<A: SeqAccess<'de>>(mut self, mut elements: A) -> Result<Read<Vec<T>>, A::Error> {
        let mut place = 0;
        loop {
            let read = if BY_TEXT {
                elements.next_element()?.map(T::read_text)
            } else {
                elements.next_element_seed(Reading::<T>::new())?
            };
            let Some(read) = read else { break };
            match read {
                Read::Is(element) => self.list.push(element),
                other => self.other(place, other),
            }
            place += 1;
        }
        Ok(Read::Is(self.list))
    }
}

impl<T, const BY_TEXT: bool> ListOf<'_, T, BY_TEXT> {
    #[cold]
    fn other(&mut self, place: usize, read: Read<T>) {
        match read.ok() {
            Ok(element) => self.list.push(element),
            Err(odd) => self.kept.0.push(Part {
                name: self.name.to_owned(),
                place: Some(place),
                json: odd.json,
            }),
        }
    }
}

impl<'de, T: FromJson, const BY_TEXT: bool> serde::de::DeserializeSeed<'de>
    for ListOf<'_, T, BY_TEXT>
{
    type Value = Read<Vec<T>>;

    fn deserialize<D: serde::Deserializer<'de>>(
        self,
        deserializer: D,
    ) -> Result<Self::Value, D::Error> {
        self.read(deserializer)
    }
}

/// A list to be written with what was kept of it in its places.
struct Whole<'a, T> {
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
