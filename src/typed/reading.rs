//! One value of a contact as serde reads it, with what its field says about it.

use serde::{
    Deserializer,
    de::{IntoDeserializer, Visitor, value::MapDeserializer},
    forward_to_deserialize_any,
};
use serde_json::{Number, de::IoRead};

use super::misfit::Misfit;
use crate::{
    Contact, EmailAddress, Field, Value, structures::DataType, value::Json, wire::RAW_VALUE,
};

/// A value that a contact has.
#[derive(Clone)]
pub(super) enum Reading<'a> {
    /// The address.
    Key(&'a EmailAddress),
    /// A field's value; none is `null`.
    Field(&'a Field, Option<&'a Value>),
    /// Of a field's value the day alone, without the time of day behind it.
    Day(&'a Field, &'a str),
}

impl<'a> Reading<'a> {
    /// The field's value, unless the contact has none.
    pub(super) fn of(field: &'a Field, contact: &'a Contact) -> Option<Self> {
        let found = contact.fields.iter().find(|value| value.id == field.id)?;
        match &found.value {
            Some(Value::Null) => Some(Self::Field(field, None)),
            Some(value) => Some(Self::Field(field, Some(value))),
            None if found.is_null() => Some(Self::Field(field, None)),
            None => None,
        }
    }

    /// What it is, in the words of an error.
    pub(super) fn kind(&self) -> &'static str {
        match self {
            Self::Key(_) => "an address",
            Self::Field(_, None) => "null",
            Self::Field(_, Some(value)) => value.kind(),
            Self::Day(..) => "text",
        }
    }

    /// The same without the time of day behind a date, if there is one.
    pub(super) fn day(&self) -> Option<Self> {
        match self {
            Self::Field(field, Some(value)) if field.data_type == DataType::Date => {
                Some(Self::Day(field, value.day_before_time()?))
            }
            _ => None,
        }
    }

    /// The data type of the field, and whether the value is of it.
    pub(super) fn data_type(&self) -> Option<(&'a DataType, bool)> {
        match self {
            Self::Key(_) => None,
            Self::Day(field, _) => Some((&field.data_type, true)),
            Self::Field(field, value) => {
                let known = &field.data_type;
                let fits = value.is_none_or(|value| {
                    let text = value.as_str();
                    value.check(known).is_ok()
                        || text.and_then(|text| spelled(text, known)).is_some()
                });
                Some((known, fits))
            }
        }
    }

    /// The JSON of what it is.
    fn json(&self) -> serde_json::Result<String> {
        let (data_type, value) = match self {
            Self::Key(address) => return serde_json::to_string(address.as_str()),
            Self::Day(_, day) => return serde_json::to_string(day),
            Self::Field(_, None) => return Ok("null".to_owned()),
            Self::Field(field, Some(value)) => (&field.data_type, value),
        };
        let spelled = value.as_str().and_then(|text| spelled(text, data_type));
        serde_json::to_string(spelled.as_ref().unwrap_or(value))
    }

    fn text(&self) -> Option<&'a str> {
        match self {
            Self::Key(address) => Some(address.as_str()),
            Self::Day(_, day) => Some(day),
            Self::Field(_, value) => value.and_then(Value::as_str),
        }
    }

    /// The number, if it is a whole one, in any spelling.
    fn whole(&self) -> Option<i128> {
        let Self::Field(field, Some(value)) = self else {
            return None;
        };
        let spelled = value
            .as_str()
            .and_then(|text| spelled(text, &field.data_type));
        spelled.as_ref().unwrap_or(value).as_whole()
    }

    fn integer<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let Some(number) = self.whole() else {
            return self.deserialize_any(visitor);
        };
        if let Ok(number) = u64::try_from(number) {
            visitor.visit_u64(number)
        } else if let Ok(number) = i64::try_from(number) {
            visitor.visit_i64(number)
        } else if let Ok(number) = u128::try_from(number) {
            visitor.visit_u128(number)
        } else {
            visitor.visit_i128(number)
        }
    }
}

/// The number or boolean that came as text, in a field that holds such.
fn spelled(text: &str, data_type: &DataType) -> Option<Value> {
    match data_type {
        DataType::Number => Value::parse(text, data_type).ok(),
        // Words that people write, `yes` among them, are none of the service's.
        DataType::Boolean => text.trim().parse().map(Value::Bool).ok(),
        _ => None,
    }
}

fn visit_number<'de, V: Visitor<'de>>(number: &Number, visitor: V) -> Result<V::Value, Misfit> {
    if let Some(number) = number.as_u64() {
        visitor.visit_u64(number)
    } else if let Some(number) = number.as_i64() {
        visitor.visit_i64(number)
    } else {
        let number = number.as_f64().ok_or(Misfit::Refused(None))?;
        visitor.visit_f64(number)
    }
}

/// Reads JSON that was kept as text. A reader, for what is read must not borrow from it.
fn parser(json: &Json) -> serde_json::Deserializer<IoRead<&[u8]>> {
    serde_json::Deserializer::from_reader(json.as_str().as_bytes())
}

macro_rules! integers {
    ($($method:ident)*) => { $(
        fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
            self.integer(visitor)
        }
    )* };
}

impl<'de> Deserializer<'de> for Reading<'_> {
    type Error = Misfit;

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        let (data_type, value) = match self {
            Self::Key(address) => return visitor.visit_str(address.as_str()),
            Self::Day(_, day) => return visitor.visit_str(day),
            Self::Field(field, value) => (&field.data_type, value),
        };
        let spelled = value
            .and_then(Value::as_str)
            .and_then(|text| spelled(text, data_type));
        match spelled.as_ref().or(value) {
            None | Some(Value::Null) => visitor.visit_unit(),
            Some(Value::Bool(value)) => visitor.visit_bool(*value),
            Some(Value::Number(number)) => visit_number(number, visitor),
            Some(Value::Text(text)) => visitor.visit_str(text),
            Some(Value::Other(json)) => match json.as_str().parse::<f64>() {
                Ok(number) if number.is_finite() => visitor.visit_f64(number),
                _ => {
                    let read = parser(json).deserialize_any(visitor);
                    read.map_err(|_| Misfit::Refused(None))
                }
            },
        }
    }

    fn deserialize_str<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self.text() {
            Some(text) => visitor.visit_str(text),
            None => self.deserialize_any(visitor),
        }
    }

    fn deserialize_string<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_char<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        self.deserialize_str(visitor)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Misfit> {
        match self {
            Self::Field(_, None | Some(Value::Null)) => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        name: &'static str,
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        if name != RAW_VALUE {
            return visitor.visit_newtype_struct(self);
        }
        let json = self.json().map_err(|_| Misfit::Refused(None))?;
        let entry = std::iter::once((name, json));
        visitor.visit_map(MapDeserializer::new(entry))
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        name: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Misfit> {
        match self {
            Self::Field(_, Some(Value::Other(json))) => {
                let read = parser(json).deserialize_enum(name, variants, visitor);
                read.map_err(|_| Misfit::Refused(None))
            }
            other => match other.text() {
                Some(text) => visitor.visit_enum(text.into_deserializer()),
                None => other.deserialize_any(visitor),
            },
        }
    }

    integers! {
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_i128
        deserialize_u8 deserialize_u16 deserialize_u32 deserialize_u64 deserialize_u128
    }

    forward_to_deserialize_any! {
        bool f32 f64 bytes byte_buf unit unit_struct seq tuple tuple_struct map struct identifier
        ignored_any
    }
}
