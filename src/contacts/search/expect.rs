//! Whether a row can be an answer to a criterion whose form is assumed. A service that ignored it
//! would answer every contact, and a program would act on all of them.

use crate::{
    Field, FieldId, TagId, Value,
    contacts::{FoundContact, PrimaryStatus, SearchColumn},
    structures::DataType,
    value::Likeness,
};

/// What a row must show.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Expect {
    /// A value in this field, and this one where its form is beyond doubt.
    Field(FieldId, Option<(Value, DataType)>),
    Tag(TagId),
    Status(PrimaryStatus),
}

impl Expect {
    pub(super) fn field(field: &Field, asked: &Value) -> Self {
        // How the service writes dates, and which of their forms it takes for equal, is not stated.
        let exact = match field.data_type {
            DataType::Text | DataType::Number | DataType::Boolean => {
                Some((asked.clone(), field.data_type.clone()))
            }
            _ => None,
        };
        Self::Field(field.id.clone(), exact)
    }

    pub(super) fn field_id(&self) -> Option<&FieldId> {
        match self {
            Self::Field(id, _) => Some(id),
            Self::Tag(_) | Self::Status(_) => None,
        }
    }

    /// The column in which a row shows it.
    pub(super) fn column(&self) -> SearchColumn {
        match self {
            Self::Field(..) => SearchColumn::Fields,
            Self::Tag(_) => SearchColumn::Tags,
            Self::Status(_) => SearchColumn::Status,
        }
    }

    /// What the row lacks; nothing where it can't be told.
    pub(super) fn contradiction(&self, row: &FoundContact) -> Option<String> {
        let (fits, what) = match self {
            Self::Field(id, asked) => {
                let held = row.fields.iter().find(|field| field.id == *id);
                let held = held.and_then(|field| field.value.as_ref());
                let fits = held.is_some_and(|held| match asked {
                    // How the service compares text is not stated either.
                    Some((asked, data_type)) => {
                        asked.likeness(held, data_type) > Likeness::Different
                    }
                    None => !held.is_null(),
                });
                (fits, format!("the value asked for in the field {id}"))
            }
            Self::Tag(id) => {
                let fits = row.tags.iter().any(|tag| tag.id == *id);
                (fits, format!("the tag {id}"))
            }
            Self::Status(status) => {
                let fits = row
                    .primary_status
                    .as_ref()
                    .is_none_or(|held| held == status);
                (fits, format!("the status {status}"))
            }
        };
        (!fits).then_some(what)
    }
}
