//! A struct or map as named values. Which fields they are for, and whether these take them, is the
//! business of who asks.

use std::fmt;

use serde::{
    Serialize, Serializer,
    ser::{self, Impossible, SerializeMap, SerializeStruct},
};
use serde_json::Number;

use crate::{Error, Value};

/// The members of a struct or map, in their order, with the value of each.
pub(super) fn members<T: Serialize + ?Sized>(whole: &T) -> Result<Vec<(String, Value)>, Error> {
    match whole.serialize(Encoder) {
        Ok(Encoded::Members(members)) => Ok(members),
        Ok(Encoded::Value(_)) => Err(Unfit::new(Reason::NoMembers)),
        Err(unfit) => Err(unfit),
    }
    .map_err(|unfit| Error::invalid(unfit.to_string()))
}

/// Why something can't be sent as the values of a contact. A type's own words are dropped: they may
/// quote a value.
#[derive(Debug)]
struct Unfit {
    label: Option<String>,
    reason: Reason,
}

#[derive(Debug)]
enum Reason {
    NoMembers,
    Nested,
    Number,
    Name,
    Refused,
}

impl Unfit {
    fn new(reason: Reason) -> Self {
        Self {
            label: None,
            reason,
        }
    }

    fn of(mut self, label: &str) -> Self {
        self.label = Some(label.to_owned());
        self
    }
}

impl fmt::Display for Unfit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(label) = &self.label {
            write!(f, "the value of {label:?} can't be sent: ")?;
        }
        f.write_str(match self.reason {
            Reason::NoMembers => {
                "the fields of a contact come from a struct or map, with labels as names"
            }
            Reason::Nested => {
                "a field holds one text, number, boolean or date; nothing nested and no sequence"
            }
            Reason::Number => "it is infinite, not a number, or beyond 64 bits",
            Reason::Name => "the names in a map are the labels, as text",
            Reason::Refused => "its type refuses to be serialized",
        })
    }
}

impl std::error::Error for Unfit {}

impl ser::Error for Unfit {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self::new(Reason::Refused)
    }
}

enum Encoded {
    Value(Value),
    Members(Vec<(String, Value)>),
}

impl Encoded {
    fn value(self, label: &str) -> Result<Value, Unfit> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Members(_) => Err(Unfit::new(Reason::Nested).of(label)),
        }
    }
}

struct Encoder;

impl<V: Into<Value>> From<V> for Encoded {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
}

fn number<N>(number: Result<N, impl Sized>) -> Result<Encoded, Unfit>
where
    Number: From<N>,
{
    let number = number.map_err(|_| Unfit::new(Reason::Number))?;
    Ok(Value::Number(number.into()).into())
}

fn float(number: Result<Value, Error>) -> Result<Encoded, Unfit> {
    let number = number.map_err(|_| Unfit::new(Reason::Number))?;
    Ok(Encoded::Value(number))
}

macro_rules! values {
    ($($method:ident: $type:ty,)*) => { $(
        fn $method(self, it: $type) -> Result<Encoded, Unfit> {
            Ok(it.into())
        }
    )* };
}

impl Serializer for Encoder {
    type Ok = Encoded;
    type Error = Unfit;
    type SerializeSeq = Impossible<Encoded, Unfit>;
    type SerializeTuple = Impossible<Encoded, Unfit>;
    type SerializeTupleStruct = Impossible<Encoded, Unfit>;
    type SerializeTupleVariant = Impossible<Encoded, Unfit>;
    type SerializeMap = Members;
    type SerializeStruct = Members;
    type SerializeStructVariant = Impossible<Encoded, Unfit>;

    values! {
        serialize_bool: bool,
        serialize_i8: i8,
        serialize_i16: i16,
        serialize_i32: i32,
        serialize_i64: i64,
        serialize_u8: u8,
        serialize_u16: u16,
        serialize_u32: u32,
        serialize_u64: u64,
        serialize_str: &str,
    }

    fn serialize_i128(self, it: i128) -> Result<Encoded, Unfit> {
        match u64::try_from(it) {
            Ok(it) => Ok(it.into()),
            Err(_) => number(i64::try_from(it)),
        }
    }

    fn serialize_u128(self, it: u128) -> Result<Encoded, Unfit> {
        number(u64::try_from(it))
    }

    fn serialize_f32(self, it: f32) -> Result<Encoded, Unfit> {
        float(it.try_into())
    }

    fn serialize_f64(self, it: f64) -> Result<Encoded, Unfit> {
        float(it.try_into())
    }

    fn serialize_char(self, it: char) -> Result<Encoded, Unfit> {
        Ok(it.to_string().into())
    }

    fn serialize_none(self) -> Result<Encoded, Unfit> {
        Ok(Value::Null.into())
    }

    fn serialize_unit(self) -> Result<Encoded, Unfit> {
        self.serialize_none()
    }

    fn serialize_some<T: Serialize + ?Sized>(self, it: &T) -> Result<Encoded, Unfit> {
        it.serialize(self)
    }

    fn serialize_newtype_struct<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        it: &T,
    ) -> Result<Encoded, Unfit> {
        it.serialize(self)
    }

    fn serialize_unit_variant(
        self,
        _name: &'static str,
        _index: u32,
        variant: &'static str,
    ) -> Result<Encoded, Unfit> {
        Ok(variant.into())
    }

    fn serialize_map(self, _len: Option<usize>) -> Result<Members, Unfit> {
        Ok(Members::default())
    }

    fn serialize_struct(self, _name: &'static str, _len: usize) -> Result<Members, Unfit> {
        Ok(Members::default())
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Encoded, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }

    fn serialize_bytes(self, _it: &[u8]) -> Result<Encoded, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _it: &T,
    ) -> Result<Encoded, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<Self::SerializeSeq, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }

    fn serialize_tuple(self, _len: usize) -> Result<Self::SerializeTuple, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }

    fn serialize_tuple_struct(
        self,
        _name: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleStruct, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, Unfit> {
        Err(Unfit::new(Reason::Nested))
    }
}

#[derive(Default)]
struct Members {
    members: Vec<(String, Value)>,
    name: Option<String>,
}

impl Members {
    fn push<T: Serialize + ?Sized>(&mut self, name: String, it: &T) -> Result<(), Unfit> {
        let encoded = it.serialize(Encoder).map_err(|unfit| unfit.of(&name))?;
        let value = encoded.value(&name)?;
        self.members.push((name, value));
        Ok(())
    }
}

impl SerializeStruct for Members {
    type Ok = Encoded;
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        it: &T,
    ) -> Result<(), Unfit> {
        self.push(name.to_owned(), it)
    }

    fn end(self) -> Result<Encoded, Unfit> {
        Ok(Encoded::Members(self.members))
    }
}

impl SerializeMap for Members {
    type Ok = Encoded;
    type Error = Unfit;

    fn serialize_key<T: Serialize + ?Sized>(&mut self, name: &T) -> Result<(), Unfit> {
        let Ok(Encoded::Value(Value::Text(name))) = name.serialize(Encoder) else {
            return Err(Unfit::new(Reason::Name));
        };
        self.name = Some(name);
        Ok(())
    }

    fn serialize_value<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Unfit> {
        let name = self.name.take().ok_or(Unfit::new(Reason::Name))?;
        self.push(name, it)
    }

    fn end(self) -> Result<Encoded, Unfit> {
        Ok(Encoded::Members(self.members))
    }
}
