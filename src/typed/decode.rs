//! A contact as a Rust value: which member takes which field is found once, for any number of contacts.

use std::{fmt, marker::PhantomData, sync::OnceLock};

use serde::{
    Deserializer,
    de::{DeserializeOwned, DeserializeSeed, IntoDeserializer, MapAccess, Visitor},
    forward_to_deserialize_any,
};

use super::{misfit::Misfit, name::Meaning, reading::Reading};
use crate::{Contact, Error, Structure};

impl Structure {
    /// Decodes a contact into a Rust value, with labels as names.
    ///
    /// A member takes the field with its name as label; where no label is so, the field with its name as
    /// predefined name (`firstName`); where that is not so either, the address, if the name is `key` or
    /// what the structure calls its key ([`key_name`](Self::key_name), mostly `Email`). A field without
    /// a value is absent, `null` is `None`, and fields that the type doesn't ask for are left aside. A
    /// map, and a struct with `#[serde(flatten)]`, gets every field under its label and the address under
    /// the name of the key; flattened, serde can't hand on a
    /// [`Value`](crate::Value), but a `serde_json::Value`.
    ///
    /// The provider's document says that every value is a string, so the text of a number is a number
    /// where the field is one, and `"true"` and `"false"` are booleans where it is one. A whole number in
    /// any spelling (`12.0`) is an integer, and of a date with a time of day a type of days takes the day.
    ///
    /// An `Option` whose field was renamed in the account is `None` from then on: with the feature
    /// `schemars`, `check` tells.
    ///
    /// ```
    /// # let json = r#"{"_id":"s1","label":"Default Contacts","keyName":"Email","fields":[
    /// #   {"_id":"f1","label":"First Name","dataType":"text","predefinedField":"firstName"},
    /// #   {"_id":"f2","label":"Seats","dataType":"number"}]}"#;
    /// # let structure: benchmark_email::Structure = serde_json::from_str(json).unwrap();
    /// # let json = r#"{"_id":"c1","key":"jane.smith@example.com","contactStructureId":"s1",
    /// #   "fields":[{"_id":"f1","value":"Jane"},{"_id":"f2","value":"12"}]}"#;
    /// # let jane: benchmark_email::Contact = serde_json::from_str(json).unwrap();
    /// #[derive(serde::Deserialize)]
    /// struct Customer {
    ///     #[serde(rename = "Email")]
    ///     email: String,
    ///     #[serde(rename = "First Name")]
    ///     first: String,
    ///     #[serde(rename = "Seats")]
    ///     seats: Option<u32>,
    /// }
    ///
    /// let customer: Customer = structure.decode(&jane)?;
    /// assert_eq!((customer.first.as_str(), customer.seats), ("Jane", Some(12)));
    /// assert_eq!(customer.email, "jane.smith@example.com");
    /// # Ok::<(), benchmark_email::Error>(())
    /// ```
    ///
    /// # Errors
    ///
    /// [`Mismatch`](crate::ErrorKind::Mismatch) when the contact doesn't fit the type, naming the label,
    /// the contact and the expected type, and never showing a value;
    /// [`InvalidInput`](crate::ErrorKind::InvalidInput) when the contact belongs to another structure.
    pub fn decode<T: DeserializeOwned>(&self, contact: &Contact) -> Result<T, Error> {
        self.decoder().decode(contact)
    }

    /// Decodes many contacts as [`decode`](Self::decode) does one, and looks the names up once.
    ///
    /// ```
    /// # use benchmark_email::{Contact, Error, Structure};
    /// # #[derive(serde::Deserialize)] struct Customer {}
    /// # fn run(structure: &Structure, contacts: &[Contact]) -> Result<(), Error> {
    /// let decoder = structure.decoder::<Customer>();
    /// let customers: Vec<Customer> =
    ///     contacts.iter().map(|contact| decoder.decode(contact)).collect::<Result<_, _>>()?;
    /// # Ok(()) }
    /// ```
    #[must_use]
    pub fn decoder<T: DeserializeOwned>(&self) -> Decoder<T> {
        Decoder {
            structure: self.clone(),
            plan: OnceLock::new(),
            target: PhantomData,
        }
    }
}

/// Decodes the contacts of a structure into a type; from [`Structure::decoder`].
pub struct Decoder<T> {
    structure: Structure,
    plan: OnceLock<Plan>,
    target: PhantomData<fn() -> T>,
}

/// Where the members of a type come from.
struct Plan {
    /// What the type asks for by name; none where it takes whatever there is.
    names: Option<Names>,
    members: Vec<Member>,
}

type Names = &'static [&'static str];

struct Member {
    name: String,
    source: Source,
}

#[derive(Clone, Copy, PartialEq)]
enum Source {
    Key,
    /// By its place in the structure.
    Field(usize),
    /// Fields that share the name.
    Several,
}

impl<T: DeserializeOwned> Decoder<T> {
    /// Decodes one contact.
    ///
    /// # Errors
    ///
    /// As for [`Structure::decode`].
    pub fn decode(&self, contact: &Contact) -> Result<T, Error> {
        contact.belongs_to(&self.structure)?;
        let mut days = Vec::new();
        loop {
            let whole = Whole {
                structure: &self.structure,
                plan: &self.plan,
                contact,
                days: &days,
            };
            let misfit = match T::deserialize(whole) {
                Ok(decoded) => return Ok(decoded),
                Err(misfit) => misfit,
            };
            // A type of days may refuse the time behind one, which `Value::as_date` leaves out too.
            match misfit.member() {
                Some(name)
                    if self.has_time(name, contact) && !days.iter().any(|day| day == name) =>
                {
                    days.push(name.to_owned());
                }
                _ => return Err(misfit.tell::<T>(&self.structure, contact)),
            }
        }
    }

    /// Whether the field is one of dates and the contact's has a time of day.
    fn has_time(&self, name: &str, contact: &Contact) -> bool {
        let Meaning::Field(field) = self.structure.meaning(name) else {
            return false;
        };
        Reading::of(field, contact).is_some_and(|reading| reading.day().is_some())
    }
}

impl<T> fmt::Debug for Decoder<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Decoder")
            .field("structure", &self.structure.id())
            .field("target", &std::any::type_name::<T>())
            .finish_non_exhaustive()
    }
}

impl Plan {
    fn new(structure: &Structure, names: Option<Names>) -> Self {
        let members = match names {
            Some(names) => asked_for(structure, names),
            None => everything(structure),
        };
        Self { names, members }
    }
}

/// The members of a struct. Two names for one field (a label and an alias) are one member, so that serde
/// doesn't take them for a duplicate; the label comes first.
fn asked_for(structure: &Structure, names: Names) -> Vec<Member> {
    let source = |name: &str| match structure.meaning(name) {
        Meaning::Field(field) => {
            let place = structure.fields().iter().position(|f| f.id == field.id)?;
            Some(Source::Field(place))
        }
        Meaning::Several => Some(Source::Several),
        Meaning::Key => Some(Source::Key),
        Meaning::Tag | Meaning::Nothing => None,
    };
    let is_label = |name: &str| structure.fields().iter().any(|field| field.label == name);
    let (labels, others): (Vec<&str>, Vec<&str>) = names.iter().partition(|name| is_label(name));
    let mut members: Vec<Member> = Vec::with_capacity(names.len());
    for name in labels.into_iter().chain(others) {
        let Some(source) = source(name) else { continue };
        if source == Source::Several || members.iter().all(|member| member.source != source) {
            let name = name.to_owned();
            members.push(Member { name, source });
        }
    }
    members
}

/// Every field under its label, and the key.
fn everything(structure: &Structure) -> Vec<Member> {
    let fields = structure.fields();
    let is_alone = |label: &str| fields.iter().filter(|f| f.label == label).count() == 1;
    let members = fields.iter().enumerate().map(|(place, field)| Member {
        name: field.label.clone(),
        source: if is_alone(&field.label) {
            Source::Field(place)
        } else {
            Source::Several
        },
    });
    let name = structure.name_of_key();
    let key = structure.names_key(name).then(|| Member {
        name: name.to_owned(),
        source: Source::Key,
    });
    key.into_iter().chain(members).collect()
}

/// A contact as a value to deserialize.
struct Whole<'a> {
    structure: &'a Structure,
    plan: &'a OnceLock<Plan>,
    contact: &'a Contact,
    /// The members of whose dates the day is handed on alone.
    days: &'a [String],
}

impl Whole<'_> {
    fn visit<'de, V: Visitor<'de>>(
        self,
        names: Option<Names>,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        let plan = self.plan.get_or_init(|| Plan::new(self.structure, names));
        let other;
        // A type that asks for other names than the last time.
        let plan = if plan.names == names {
            plan
        } else {
            other = Plan::new(self.structure, names);
            &other
        };
        let members = plan.members.iter();
        visitor.visit_map(Members {
            rest: members.filter_map(|member| {
                let reading = match member.source {
                    Source::Key => Some(Reading::Key(&self.contact.key)),
                    Source::Field(place) => {
                        let field = self.structure.fields().get(place)?;
                        let reading = Reading::of(field, self.contact)?;
                        let alone = self.days.contains(&member.name);
                        let day = alone.then(|| reading.day()).flatten();
                        Some(day.unwrap_or(reading))
                    }
                    Source::Several => return Some(Err(Misfit::Several(member.name.clone()))),
                };
                reading.map(|reading| Ok((member.name.as_str(), reading)))
            }),
            next: None,
        })
    }
}

impl<'de> Deserializer<'de> for Whole<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.visit(None, visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        names: Names,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        self.visit(Some(names), visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        visitor.visit_some(self)
    }

    forward_to_deserialize_any! {
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit
        unit_struct seq tuple tuple_struct map enum identifier ignored_any
    }
}

/// The members that the contact has.
struct Members<'a, I> {
    rest: I,
    next: Option<(&'a str, Reading<'a>)>,
}

impl<'de, 'a, I> MapAccess<'de> for Members<'a, I>
where
    I: Iterator<Item = Result<(&'a str, Reading<'a>), Misfit>>,
{
    type Error = Misfit;

    fn next_key_seed<K: DeserializeSeed<'de>>(
        &mut self,
        seed: K,
    ) -> Result<Option<K::Value>, Misfit> {
        self.next = self.rest.next().transpose()?;
        self.next
            .as_ref()
            .map(|(name, _)| seed.deserialize((*name).into_deserializer()))
            .transpose()
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Misfit> {
        let (name, reading) = self.next.take().ok_or(Misfit::Refused(None))?;
        let refused = |why: Misfit| why.of::<S::Value>(name, reading.kind(), reading.data_type());
        seed.deserialize(reading.clone()).map_err(refused)
    }
}
