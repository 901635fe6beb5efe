//! A structure, and how it differs from what somebody wants it to be.

use benchmark_email::{Structure, structures::DataType};
use serde::{Deserialize, Serialize};

/// A structure.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Structure"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct StructureRecord {
    /// Its id.
    id: String,
    label: String,
    /// What the address of its contacts is called.
    key_name: Option<String>,
    pub(crate) fields: Vec<FieldRecord>,
    pub(crate) tags: Vec<TagRecord>,
    /// Its version (`__v`).
    version: Option<i64>,
}

/// A field.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Field"))]
#[serde(rename_all = "camelCase")]
pub(crate) struct FieldRecord {
    /// Its id.
    pub(crate) id: String,
    pub(crate) label: String,
    /// `text`, `number`, `date`, `boolean` or `recurrent_date`; more may come.
    #[serde(rename = "type")]
    pub(crate) kind: String,
    /// Whether each contact needs a value.
    pub(crate) required: bool,
    /// The standard field that it stands for, for example `firstName`.
    pub(crate) predefined: Option<String>,
}

/// A tag.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Tag"))]
pub(crate) struct TagRecord {
    /// Its id.
    pub(crate) id: String,
    pub(crate) label: String,
}

impl StructureRecord {
    pub(crate) fn new(structure: &Structure) -> Self {
        let fields = structure.fields().iter().map(|field| FieldRecord {
            id: field.id.to_string(),
            label: field.label.clone(),
            kind: field.data_type.to_string(),
            required: field.required.unwrap_or(false),
            predefined: field.predefined.as_ref().map(ToString::to_string),
        });
        let tags = structure.tags().iter().map(|tag| TagRecord {
            id: tag.id.to_string(),
            label: tag.label.clone(),
        });
        Self {
            id: structure.id().to_string(),
            label: structure.label().to_owned(),
            key_name: structure.key_name().map(str::to_owned),
            fields: fields.collect(),
            tags: tags.collect(),
            version: structure.version(),
        }
    }
}

/// What a structure should have: what `structure show -o json` prints, or as much of it as matters.
#[derive(Debug, Deserialize)]
pub(crate) struct Wanted {
    #[serde(default)]
    fields: Vec<WantedField>,
    #[serde(default)]
    tags: Vec<WantedTag>,
}

#[derive(Debug, Deserialize)]
struct WantedField {
    label: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    required: Option<bool>,
    predefined: Option<String>,
}

#[derive(Debug, Deserialize)]
struct WantedTag {
    label: String,
}

/// One way in which a structure isn't as it should be.
#[derive(Debug, Serialize)]
#[cfg_attr(test, derive(schemars::JsonSchema), schemars(rename = "Difference"))]
pub(crate) struct DifferenceRecord {
    /// `field` or `tag`.
    pub(crate) what: &'static str,
    pub(crate) label: String,
    /// What it should be.
    pub(crate) wanted: Option<String>,
    /// What it is.
    pub(crate) found: Option<String>,
}

impl Wanted {
    /// How the structure differs. What it has beyond what is wanted is a difference only where `exactly` that is
    /// wanted.
    pub(crate) fn differences(
        &self,
        structure: &Structure,
        exactly: bool,
    ) -> Vec<DifferenceRecord> {
        let mut differences = Vec::new();
        let mut differs = |what, label: &str, wanted: Option<String>, found: Option<String>| {
            let label = label.to_owned();
            differences.push(DifferenceRecord {
                what,
                label,
                wanted,
                found,
            });
        };
        for field in &self.fields {
            let mut same = structure
                .fields()
                .iter()
                .filter(|known| known.label == field.label);
            let wanted = field.describe();
            let Some(known) = same.next() else {
                differs("field", &field.label, Some(wanted), None);
                continue;
            };
            let found = WantedField {
                label: known.label.clone(),
                kind: field.kind.is_some().then(|| known.data_type.to_string()),
                required: field
                    .required
                    .is_some()
                    .then_some(known.required.unwrap_or(false)),
                predefined: field.predefined.as_ref().map(|_| {
                    known
                        .predefined
                        .as_ref()
                        .map(ToString::to_string)
                        .unwrap_or_default()
                }),
            };
            if found.describe() != wanted {
                differs("field", &field.label, Some(wanted), Some(found.describe()));
            }
        }
        for tag in &self.tags {
            if !structure
                .tags()
                .iter()
                .any(|known| known.label == tag.label)
            {
                differs("tag", &tag.label, Some("there".to_owned()), None);
            }
        }
        if exactly {
            for known in structure.fields() {
                if !self.fields.iter().any(|field| field.label == known.label) {
                    differs(
                        "field",
                        &known.label,
                        None,
                        Some(known.data_type.to_string()),
                    );
                }
            }
            for known in structure.tags() {
                if !self.tags.iter().any(|tag| tag.label == known.label) {
                    differs("tag", &known.label, None, Some("there".to_owned()));
                }
            }
        }
        differences
    }

    /// Types that no field can have: mostly a slip of the pen.
    pub(crate) fn unknown_type(&self) -> Option<&str> {
        let kinds = self.fields.iter().filter_map(|field| field.kind.as_deref());
        kinds
            .into_iter()
            .find(|kind| matches!(DataType::from(*kind), DataType::Unknown(_)))
    }
}

impl WantedField {
    fn describe(&self) -> String {
        let required = self
            .required
            .map(|required| if required { "required" } else { "not required" });
        let predefined = self
            .predefined
            .as_ref()
            .map(|name| format!("stands for {name:?}"));
        let parts = [self.kind.clone(), required.map(str::to_owned), predefined];
        parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}
