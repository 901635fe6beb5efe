//! What a probe works with: the structure as it was found, names that nobody else has, addresses, and the contacts
//! of its making.

use std::{
    fmt,
    hash::{BuildHasher as _, RandomState},
    str::FromStr,
};

use benchmark_email::{EmailAddress, Structure, structures::DataType};
use serde_json::{Map, Value, json};

/// An id that the service has never given: it makes them of the time.
pub(super) const UNKNOWN: &str = "aaaaaaaaaaaaaaaaaaaaaaaa";
/// Text that may be kept to the letter or not.
pub(super) const PADDED: &str = " probe ";
/// What the number field holds.
pub(super) const NUMBER: u32 = 7;

/// Addresses of one person: `you+{n}@example.com`. `Debug` shows none.
#[derive(Clone)]
pub(crate) struct Addresses {
    before: String,
    after: String,
}

impl fmt::Debug for Addresses {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Addresses")
    }
}

impl FromStr for Addresses {
    type Err = String;

    fn from_str(pattern: &str) -> Result<Self, String> {
        let example = "it needs {n} before the @ of an address of yours, as in you+{n}@your-domain";
        let (before, after) = pattern.split_once("{n}").ok_or(example)?;
        if before.contains('@') || after.contains("{n}") {
            return Err(example.to_owned());
        }
        let addresses = Self {
            before: before.to_owned(),
            after: after.to_owned(),
        };
        EmailAddress::new(addresses.of("1")).map_err(|error| error.to_string())?;
        Ok(addresses)
    }
}

impl Addresses {
    fn of(&self, n: &str) -> String {
        format!("{}{n}{}", self.before, self.after)
    }
}

/// What a probe works with.
pub(crate) struct Subject {
    pub(super) structure: String,
    pub(super) labels: Vec<String>,
    addresses: Addresses,
    /// In the name of everything that it makes.
    token: String,
    /// A field for text, one that isn't, and what a contact must have.
    pub(super) text_field: Option<String>,
    pub(super) number_field: Option<String>,
    pub(super) required: Vec<(String, Value)>,
    pub(super) first: Option<Subscriber>,
    pub(super) second: Option<Subscriber>,
    pub(super) lists: Vec<String>,
    /// The label and id of a field of its own.
    pub(super) field: Option<(String, String)>,
}

/// A contact of the probe's making.
#[derive(Clone)]
pub(super) struct Subscriber {
    pub(super) id: String,
    /// As the service keeps it.
    pub(super) key: String,
}

impl Subject {
    pub(super) fn new(structure: &Structure, addresses: Addresses) -> Self {
        let fields = structure.fields();
        let of_type = |data_type: &DataType| {
            let mut fits = fields
                .iter()
                .filter(|field| field.data_type == *data_type && field.required != Some(true));
            fits.next().map(|field| field.id.to_string())
        };
        let required = fields.iter().filter(|field| field.required == Some(true));
        let required = required.map(|field| {
            let value = match field.data_type {
                DataType::Number => json!(NUMBER),
                DataType::Boolean => json!(true),
                DataType::Date => json!("2020-02-03"),
                DataType::RecurrentDate => json!("02-03"),
                _ => json!("probe"),
            };
            (field.id.to_string(), value)
        });
        let tags = structure.tags().iter().map(|tag| tag.label.clone());
        let labels = fields.iter().map(|field| field.label.clone());
        let labels = labels.chain(tags).chain([structure.label().to_owned()]);
        let random = RandomState::new().hash_one(std::process::id());
        Self {
            structure: structure.id().to_string(),
            labels: labels.collect(),
            addresses,
            token: format!("{:08x}", random & 0xffff_ffff),
            text_field: of_type(&DataType::Text),
            number_field: of_type(&DataType::Number),
            required: required.collect(),
            first: None,
            second: None,
            lists: Vec::new(),
            field: None,
        }
    }

    /// An address that nobody has, with letters of both cases.
    pub(super) fn address(&self, n: u32) -> String {
        self.addresses.of(&format!("Bme{}x{n}", self.token))
    }

    /// A name that nothing has.
    pub(super) fn name(&self, n: u32) -> String {
        format!("bme probe {} {n}", self.token)
    }

    /// The values of a contact with these beside the required ones.
    pub(super) fn fields(&self, more: &[(&str, Value)]) -> Value {
        let required = self.required.iter().map(|(id, value)| (id.as_str(), value));
        let more = more.iter().map(|(id, value)| (*id, value));
        let all = required.chain(more);
        all.map(|(id, value)| json!({ "_id": id, "value": value }))
            .collect()
    }

    /// A contact that has no more than it must.
    pub(super) fn plain(&self, key: &str) -> Map<String, Value> {
        let mut contact = Map::new();
        contact.insert("key".into(), json!(key));
        contact.insert("contactStructureId".into(), json!(self.structure));
        contact.insert("fields".into(), self.fields(&[]));
        contact
    }
}

/// The same text with the case of each letter turned round.
pub(super) fn other_case(text: &str) -> String {
    text.chars()
        .map(|letter| {
            if letter.is_ascii_lowercase() {
                letter.to_ascii_uppercase()
            } else {
                letter.to_ascii_lowercase()
            }
        })
        .collect()
}
