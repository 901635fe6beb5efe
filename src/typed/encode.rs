//! A struct or map as named values. Which fields they are for, and whether these take them, is the
//! business of who asks.

use std::fmt;

use serde::{
    Serialize, Serializer,
    ser::{self, Impossible, SerializeMap, SerializeStruct},
};

use crate::{
    Error, Value,
    wire::{NUMBER, RAW_VALUE},
};

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
    Unsendable,
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
            Reason::Unsendable => {
                "a field holds a text, number, boolean or date, a list of such, or an object; no bytes and no variant with a content"
            }
            Reason::Number => "it is infinite, or not a number",
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
    fn value(self) -> Result<Value, Unfit> {
        match self {
            Self::Value(value) => Ok(value),
            Self::Members(members) => Value::object(&members).ok_or(Unfit::new(Reason::Refused)),
        }
    }
}

struct Encoder;

impl<V: Into<Value>> From<V> for Encoded {
    fn from(value: V) -> Self {
        Self::Value(value.into())
    }
}

/// The value that JSON text is.
fn json(text: &str) -> Result<Encoded, Unfit> {
    let value: Option<Value> = serde_json::from_str(text).ok();
    Ok(value.ok_or(Unfit::new(Reason::Refused))?.into())
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
    type SerializeSeq = List;
    type SerializeTuple = List;
    type SerializeTupleStruct = List;
    type SerializeTupleVariant = Impossible<Encoded, Unfit>;
    type SerializeMap = Members;
    type SerializeStruct = Struct;
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
        json(&it.to_string())
    }

    fn serialize_u128(self, it: u128) -> Result<Encoded, Unfit> {
        json(&it.to_string())
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

    fn serialize_struct(self, name: &'static str, _len: usize) -> Result<Struct, Unfit> {
        Ok(if matches!(name, NUMBER | RAW_VALUE) {
            Struct::Json(None)
        } else {
            Struct::Members(Members::default())
        })
    }

    fn serialize_unit_struct(self, _name: &'static str) -> Result<Encoded, Unfit> {
        Err(Unfit::new(Reason::Unsendable))
    }

    fn serialize_bytes(self, _it: &[u8]) -> Result<Encoded, Unfit> {
        Err(Unfit::new(Reason::Unsendable))
    }

    fn serialize_newtype_variant<T: Serialize + ?Sized>(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _it: &T,
    ) -> Result<Encoded, Unfit> {
        Err(Unfit::new(Reason::Unsendable))
    }

    fn serialize_seq(self, _len: Option<usize>) -> Result<List, Unfit> {
        Ok(List::default())
    }

    fn serialize_tuple(self, _len: usize) -> Result<List, Unfit> {
        Ok(List::default())
    }

    fn serialize_tuple_struct(self, _name: &'static str, _len: usize) -> Result<List, Unfit> {
        Ok(List::default())
    }

    fn serialize_tuple_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeTupleVariant, Unfit> {
        Err(Unfit::new(Reason::Unsendable))
    }

    fn serialize_struct_variant(
        self,
        _name: &'static str,
        _index: u32,
        _variant: &'static str,
        _len: usize,
    ) -> Result<Self::SerializeStructVariant, Unfit> {
        Err(Unfit::new(Reason::Unsendable))
    }
}

#[derive(Default)]
struct Members {
    members: Vec<(String, Value)>,
    name: Option<String>,
}

impl Members {
    fn push<T: Serialize + ?Sized>(&mut self, name: String, it: &T) -> Result<(), Unfit> {
        let value = it.serialize(Encoder).and_then(Encoded::value);
        let value = value.map_err(|unfit| unfit.of(&name))?;
        self.members.push((name, value));
        Ok(())
    }
}

/// A struct; or what serde knows as one and `serde_json` writes as it is: a number kept as text, and JSON.
enum Struct {
    Members(Members),
    Json(Option<Value>),
}

impl SerializeStruct for Struct {
    type Ok = Encoded;
    type Error = Unfit;

    fn serialize_field<T: Serialize + ?Sized>(
        &mut self,
        name: &'static str,
        it: &T,
    ) -> Result<(), Unfit> {
        match self {
            Self::Members(members) => members.push(name.to_owned(), it)?,
            Self::Json(value) => {
                let Ok(Encoded::Value(Value::Text(text))) = it.serialize(Encoder) else {
                    return Err(Unfit::new(Reason::Refused));
                };
                *value = Some(json(&text)?.value()?);
            }
        }
        Ok(())
    }

    fn end(self) -> Result<Encoded, Unfit> {
        match self {
            Self::Members(members) => Ok(Encoded::Members(members.members)),
            Self::Json(value) => Ok(value.ok_or(Unfit::new(Reason::Refused))?.into()),
        }
    }
}

/// A list of values.
#[derive(Default)]
struct List(Vec<Value>);

impl List {
    fn push<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Unfit> {
        self.0.push(it.serialize(Encoder)?.value()?);
        Ok(())
    }

    fn end(self) -> Result<Encoded, Unfit> {
        let list = Value::try_from(self.0);
        Ok(list.map_err(|_| Unfit::new(Reason::Refused))?.into())
    }
}

macro_rules! lists {
    ($($kind:ident: $method:ident,)*) => { $(
        impl ser::$kind for List {
            type Ok = Encoded;
            type Error = Unfit;

            fn $method<T: Serialize + ?Sized>(&mut self, it: &T) -> Result<(), Unfit> {
                self.push(it)
            }

            fn end(self) -> Result<Encoded, Unfit> {
                self.end()
            }
        }
    )* };
}

lists! {
    SerializeSeq: serialize_element,
    SerializeTuple: serialize_element,
    SerializeTupleStruct: serialize_field,
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
