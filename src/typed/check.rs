//! A type held against the account: every difference, and what `extend` would have to add.

use std::fmt;

use schemars::JsonSchema;

use super::{
    name::Meaning,
    shape::{Shape, Wanted},
};
use crate::{
    Error, ErrorKind, Structure,
    structures::{DataType, did_you_mean},
};

impl Structure {
    /// Holds a type against the structure: whether every contact of it can be decoded into the type, and
    /// the type's values sent. With the feature `schemars`.
    ///
    /// What the type asks for is read from its JSON Schema, which knows what serde is told but for
    /// aliases. `String` goes with text and with dates, types of whole dates (`chrono::NaiveDate`) with
    /// `date`, [`RecurrentDate`](crate::value::RecurrentDate) with `recurrent_date`, numbers and booleans with
    /// theirs, and a data type that this version doesn't know with everything that is not nested.
    ///
    /// ```
    /// # let json = r#"{"_id":"s1","label":"Default Contacts","fields":[
    /// #   {"_id":"f1","label":"First Name","dataType":"text","predefinedField":"firstName"},
    /// #   {"_id":"f2","label":"Seats","dataType":"text"}]}"#;
    /// # let structure: benchmark_email::Structure = serde_json::from_str(json).unwrap();
    /// use benchmark_email::typed::DifferenceKind;
    /// use schemars::JsonSchema;
    ///
    /// #[derive(JsonSchema)]
    /// struct Customer {
    ///     #[serde(rename = "Seats")]
    ///     seats: Option<u32>,
    ///     #[serde(rename = "Frist Name")]
    ///     first: Option<String>,
    /// }
    ///
    /// let differences = structure.check::<Customer>().unwrap_err();
    /// let kinds: Vec<DifferenceKind> = differences.all().iter().map(|d| d.kind).collect();
    /// assert_eq!(kinds, [DifferenceKind::Missing, DifferenceKind::Type]);
    /// assert!(differences.to_string().contains(r#"did you mean "First Name"?"#));
    /// ```
    ///
    /// # Errors
    ///
    /// [`Differences`]: all of them, in the order of the labels. As an [`Error`] it is a
    /// [`Mismatch`](ErrorKind::Mismatch).
    pub fn check<T: JsonSchema>(&self) -> Result<(), Differences> {
        let shape = Shape::of::<T>();
        let found = shape.differences(self);
        shape.verdict(found, self)
    }
}

/// Everything in which a type and a structure differ; from [`Structure::check`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Differences {
    target: String,
    structure: String,
    all: Vec<Difference>,
}

impl Differences {
    /// All of them; at least one.
    #[must_use]
    pub fn all(&self) -> &[Difference] {
        &self.all
    }
}

/// One difference between a type and a structure.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Difference {
    /// The name of the type's member, which should be a label of the account; the type's own name where
    /// all of it is at fault.
    pub label: String,
    /// What kind of difference it is.
    pub kind: DifferenceKind,
    /// What the type says, for people.
    pub wanted: String,
    /// What the account says, for people.
    pub found: String,
}

/// In what a type and a structure differ. More kinds may come.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum DifferenceKind {
    /// The account has no such field. `extend` adds it.
    Missing,
    /// The field is of another data type.
    Type,
    /// The type needs a value, and the account lets contacts go without: such contacts can't be decoded.
    Optional,
    /// It is a tag, and a type's members are fields.
    Tag,
    /// Several fields have the label.
    Ambiguous,
    /// No field could be so: a nested value, no label, or one that takes more than one data type.
    Unsupported,
}

/// A field to add.
#[derive(Debug, PartialEq)]
pub(super) struct Addition {
    pub(super) label: String,
    pub(super) data_type: DataType,
    pub(super) required: bool,
}

impl Shape {
    /// What the structure lacks; or everything that adding fields can't cure.
    pub(super) fn additions(&self, structure: &Structure) -> Result<Vec<Addition>, Differences> {
        let mut additions = Vec::new();
        let mut against: Vec<Difference> = Vec::new();
        for difference in self.differences(structure) {
            match difference.kind {
                DifferenceKind::Optional => {}
                DifferenceKind::Missing => {
                    let wanted = self.members().iter().find(|w| w.label == difference.label);
                    let addition = wanted.and_then(|wanted| {
                        Some(Addition {
                            label: wanted.label.clone(),
                            data_type: wanted
                                .kinds
                                .data_type()
                                .filter(|_| !wanted.label.is_empty())?,
                            required: wanted.required,
                        })
                    });
                    match addition {
                        Some(addition) => additions.push(addition),
                        None => against.push(Difference {
                            kind: DifferenceKind::Unsupported,
                            found: "no such field, and no data type for one".to_owned(),
                            ..difference
                        }),
                    }
                }
                _ => against.push(difference),
            }
        }
        self.verdict(against, structure).map(|()| additions)
    }

    fn members(&self) -> &[Wanted] {
        self.members.as_deref().unwrap_or_default()
    }

    fn differences(&self, structure: &Structure) -> Vec<Difference> {
        if self.members.is_none() {
            return vec![Difference {
                label: self.name.clone(),
                kind: DifferenceKind::Unsupported,
                wanted: "no struct with named members".to_owned(),
                found: "fields, by label".to_owned(),
            }];
        }
        let members = self.members().iter();
        members
            .flat_map(|wanted| wanted.differences(structure))
            .collect()
    }

    fn verdict(&self, all: Vec<Difference>, structure: &Structure) -> Result<(), Differences> {
        if all.is_empty() {
            return Ok(());
        }
        Err(Differences {
            target: self.name.clone(),
            structure: structure.label().to_owned(),
            all,
        })
    }
}

impl Wanted {
    fn differences(&self, structure: &Structure) -> Vec<Difference> {
        let difference = |kind, found: String| Difference {
            label: self.label.clone(),
            kind,
            wanted: self.to_string(),
            found,
        };
        match structure.meaning(&self.label) {
            Meaning::Nothing => {
                let near = did_you_mean(&self.label, &structure.labels());
                let found = format!("no such field{}", near.unwrap_or_default());
                vec![difference(DifferenceKind::Missing, found)]
            }
            Meaning::Tag => vec![difference(DifferenceKind::Tag, "a tag".to_owned())],
            Meaning::Several => {
                let fields = structure.fields_named(&self.label);
                let ids: Vec<&str> = fields.iter().map(|field| field.id.as_str()).collect();
                let found = format!("{} fields ({})", ids.len(), ids.join(", "));
                vec![difference(DifferenceKind::Ambiguous, found)]
            }
            Meaning::Key if self.kinds.fit_an_address() => Vec::new(),
            Meaning::Key => vec![difference(DifferenceKind::Type, "the address".to_owned())],
            Meaning::Field(field) => {
                let needed = field.required == Some(true);
                let optional = if needed { "" } else { "optional " };
                let found = format!("{optional}{}", field.data_type);
                let mut all = Vec::new();
                if !self.kinds.fit(&field.data_type) {
                    all.push(difference(DifferenceKind::Type, found.clone()));
                }
                if self.required && !needed {
                    all.push(difference(DifferenceKind::Optional, found));
                }
                all
            }
        }
    }
}

impl fmt::Display for Wanted {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let optional = if self.required { "" } else { "optional " };
        write!(f, "{optional}{}", self.kinds)
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            label,
            wanted,
            found,
            ..
        } = self;
        write!(
            f,
            "{label:?} is {wanted} in the type, and in the account {found}"
        )
    }
}

impl fmt::Display for Differences {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (target, structure) = (&self.target, &self.structure);
        write!(
            f,
            "the type {target} and the structure {structure:?} differ"
        )?;
        for (place, difference) in self.all.iter().enumerate() {
            f.write_str(if place == 0 { ": " } else { "; " })?;
            difference.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Differences {}

impl From<Differences> for Error {
    fn from(differences: Differences) -> Self {
        Error::new(ErrorKind::Mismatch, differences.to_string())
    }
}
