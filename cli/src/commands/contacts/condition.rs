//! `--where 'Seats > 10'`: conditions that the service can't be asked for, judged here.

use std::{cmp::Ordering, str::FromStr};

use benchmark_email::{Contact, FieldId, Timestamp, Value, structures::DataType};

use crate::{account::Names, output::Failure};

/// What was written.
#[derive(Clone)]
pub(super) struct Condition {
    subject: String,
    comparison: Comparison,
    text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Comparison {
    Equal,
    NotEqual,
    Less,
    AtMost,
    Greater,
    AtLeast,
    Contains,
    ContainsNot,
}

/// The longer ones first: `>=` begins like `>`.
const COMPARISONS: [(&str, Comparison); 8] = [
    ("!=", Comparison::NotEqual),
    ("!~", Comparison::ContainsNot),
    ("<=", Comparison::AtMost),
    (">=", Comparison::AtLeast),
    ("=", Comparison::Equal),
    ("<", Comparison::Less),
    (">", Comparison::Greater),
    ("~", Comparison::Contains),
];

impl FromStr for Condition {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let first = text.char_indices().find_map(|(place, _)| {
            let rest = text.get(place..)?;
            let (sign, comparison) = COMPARISONS
                .iter()
                .find(|(sign, _)| rest.starts_with(sign))?;
            Some((place, *sign, *comparison))
        });
        let Some((place, sign, comparison)) = first else {
            return Err(
                "write it as FIELD, a comparison (= != < <= > >= ~ !~) and a value".to_owned(),
            );
        };
        let subject = text.get(..place).unwrap_or_default().trim();
        let value = text.get(place + sign.len()..).unwrap_or_default().trim();
        if subject.is_empty() {
            return Err(format!("name a field before the `{sign}`"));
        }
        if value.is_empty() && !matches!(comparison, Comparison::Equal | Comparison::NotEqual) {
            return Err(format!("there is no value after the `{sign}`"));
        }
        Ok(Self {
            subject: subject.to_owned(),
            comparison,
            text: value.to_owned(),
        })
    }
}

/// A value is personal data.
impl std::fmt::Debug for Condition {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Condition")
            .field("subject", &self.subject)
            .field("comparison", &self.comparison)
            .finish_non_exhaustive()
    }
}

/// Conditions that must all hold.
pub(super) struct Conditions(Vec<Check>);

struct Check {
    subject: Subject,
    comparison: Comparison,
    /// As it was written.
    text: String,
    /// What it means; none for "no value".
    value: Option<Value>,
}

enum Subject {
    Field(FieldId, DataType),
    Email,
    Status,
    Reason,
    Lists,
    Tags,
    CreatedAt,
    UpdatedAt,
    Id,
}

impl Conditions {
    pub(super) fn resolve(conditions: &[Condition], names: &Names) -> Result<Self, Failure> {
        let checks = conditions.iter().map(|condition| {
            let subject = Subject::named(&condition.subject, names)?;
            let value = match (&subject, condition.text.is_empty()) {
                (_, true) => None,
                (Subject::Field(..), false) if condition.comparison.is_about_text() => {
                    Some(Value::from(condition.text.as_str()))
                }
                (Subject::Field(_, data_type), false) => {
                    Some(Value::parse(&condition.text, data_type).map_err(|why| {
                        Failure::command_line(format!(
                            "{:?} takes {}; got {}",
                            condition.subject,
                            why.takes(),
                            why.got()
                        ))
                    })?)
                }
                _ => Some(Value::from(condition.text.as_str())),
            };
            let (comparison, text) = (condition.comparison, condition.text.clone());
            Ok(Check {
                subject,
                comparison,
                text,
                value,
            })
        });
        checks.collect::<Result<_, _>>().map(Self)
    }

    pub(super) fn hold(&self, contact: &Contact, names: &Names) -> bool {
        self.0.iter().all(|check| check.holds(contact, names))
    }
}

impl Comparison {
    fn is_about_text(self) -> bool {
        matches!(self, Self::Contains | Self::ContainsNot)
    }

    fn allows(self, ordering: Option<Ordering>) -> bool {
        match self {
            Self::Equal => ordering == Some(Ordering::Equal),
            Self::NotEqual => ordering != Some(Ordering::Equal),
            Self::Less => ordering == Some(Ordering::Less),
            Self::AtMost => matches!(ordering, Some(Ordering::Less | Ordering::Equal)),
            Self::Greater => ordering == Some(Ordering::Greater),
            Self::AtLeast => matches!(ordering, Some(Ordering::Greater | Ordering::Equal)),
            Self::Contains | Self::ContainsNot => false,
        }
    }
}

impl Subject {
    /// A label wins over what every contact has.
    fn named(name: &str, names: &Names) -> Result<Self, Failure> {
        let unknown = match super::field(names, name) {
            Ok(field) => return Ok(Self::Field(field.id.clone(), field.data_type.clone())),
            Err(unknown) => unknown,
        };
        Ok(match name {
            "email" => Self::Email,
            "status" => Self::Status,
            "reason" => Self::Reason,
            "lists" => Self::Lists,
            "tags" => Self::Tags,
            "createdAt" => Self::CreatedAt,
            "updatedAt" => Self::UpdatedAt,
            "id" => Self::Id,
            _ => return Err(unknown),
        })
    }
}

impl Check {
    fn holds(&self, contact: &Contact, names: &Names) -> bool {
        let status = contact.status();
        let word = |text: Option<&str>| self.text_holds(text.unwrap_or_default());
        match &self.subject {
            Subject::Field(id, data_type) => {
                let held = contact.fields.iter().find(|field| field.id == *id);
                self.value_holds(held.and_then(|field| field.value.as_ref()), data_type)
            }
            Subject::Email => self.text_holds(contact.key.as_str()),
            Subject::Status => word(status.map(|status| status.primary.as_str())),
            Subject::Reason => {
                word(status.and_then(|status| Some(status.secondary.as_ref()?.as_str())))
            }
            Subject::CreatedAt => word(contact.created_at.as_ref().map(Timestamp::as_str)),
            Subject::UpdatedAt => word(contact.updated_at.as_ref().map(Timestamp::as_str)),
            Subject::Id => self.text_holds(contact.id.as_str()),
            Subject::Lists => {
                let lists = contact.lists.iter();
                self.one_holds(lists.map(|list| names.list(&list.id).unwrap_or(list.id.as_str())))
            }
            Subject::Tags => {
                let tags = contact.tags.iter();
                self.one_holds(tags.map(|tag| names.tag(&tag.id).unwrap_or(tag.id.as_str())))
            }
        }
    }

    fn text_holds(&self, held: &str) -> bool {
        match self.comparison {
            Comparison::Contains => contains(held, &self.text),
            Comparison::ContainsNot => !contains(held, &self.text),
            comparison => comparison.allows(Some(held.cmp(self.text.as_str()))),
        }
    }

    /// One of several for what is, and none of them for what isn't.
    fn one_holds<'a>(&self, mut held: impl Iterator<Item = &'a str>) -> bool {
        match self.comparison {
            Comparison::Equal if self.text.is_empty() => held.next().is_none(),
            Comparison::NotEqual if self.text.is_empty() => held.next().is_some(),
            Comparison::NotEqual | Comparison::ContainsNot => {
                held.all(|name| self.text_holds(name))
            }
            _ => held.any(|name| self.text_holds(name)),
        }
    }

    fn value_holds(&self, held: Option<&Value>, data_type: &DataType) -> bool {
        let held = held.filter(|held| !held.is_null() && !held.to_string().is_empty());
        let Some(wanted) = &self.value else {
            return held.is_none() == (self.comparison == Comparison::Equal);
        };
        let Some(held) = held else {
            return matches!(
                self.comparison,
                Comparison::NotEqual | Comparison::ContainsNot
            );
        };
        match self.comparison {
            Comparison::Contains => contains(&held.to_string(), &self.text),
            Comparison::ContainsNot => !contains(&held.to_string(), &self.text),
            comparison => comparison.allows(ordering(held, wanted, data_type)),
        }
    }
}

fn contains(held: &str, part: &str) -> bool {
    held.to_lowercase().contains(&part.to_lowercase())
}

/// How two values of one type compare; nothing where one of them isn't of the type. The service may write every value
/// as text, so text is read as the type has it.
fn ordering(held: &Value, wanted: &Value, data_type: &DataType) -> Option<Ordering> {
    let read = |value: &Value| Value::parse(value.to_string(), data_type).ok();
    let (held, wanted) = (read(held)?, read(wanted)?);
    match data_type {
        DataType::Number => held.as_f64()?.partial_cmp(&wanted.as_f64()?),
        DataType::Boolean => Some(held.as_bool()?.cmp(&wanted.as_bool()?)),
        _ => Some(held.to_string().cmp(&wanted.to_string())),
    }
}
