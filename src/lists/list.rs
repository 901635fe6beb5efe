//! A list as the service keeps it, and listings of them in either of their shapes.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

use crate::{
    ListId, ListKind, Timestamp,
    paging::Answer,
    wire::{Unknown, wire_object},
};

wire_object! {
    /// A list of contacts. Documented: guide Manage Lists, and the provider's OpenAPI document.
    pub struct List {
        /// Names the list.
        required pub id: ListId = "_id",
        /// What people call it.
        required pub name: String = "name",
        /// How it gets its contacts.
        optional pub kind: ListKind = "type",
        /// When it was created.
        optional pub created_at: Timestamp = "createdAt",
        /// When it was last changed.
        optional pub updated_at: Timestamp = "updatedAt",
        /// How many contacts are on it; only where lists are paged.
        optional pub total_contacts: u64 = "totalContacts",
        /// How many campaigns use it; only where lists are paged.
        optional pub total_campaigns: u64 = "totalCampaigns",
        /// The version (`__v`) that a change must carry; not where all lists are listed.
        integer pub version: i64 = "__v",
    }
}

impl List {
    /// One made up, for tests.
    pub(crate) fn made(name: &str) -> Self {
        Self {
            id: ListId::made_of(name),
            name: name.to_owned(),
            kind: Some(ListKind::Static),
            created_at: None,
            updated_at: None,
            total_contacts: None,
            total_campaigns: None,
            version: Some(0),
            unknown: Unknown::default(),
        }
    }
}

/// Lists, as a bare array or within `{total, records}`: the provider's texts disagree, for one page
/// and for all lists alike.
#[derive(Clone, Debug)]
#[cfg_attr(
    not(feature = "raw"),
    allow(unreachable_pub, reason = "it is public where the generated client is")
)]
pub struct Listing {
    /// The lists.
    pub rows: Vec<List>,
    /// How many there are on all pages together, where the wrapper says so.
    pub total: Option<i64>,
}

impl From<Listing> for Answer<List> {
    fn from(listing: Listing) -> Self {
        Self {
            rows: listing.rows,
            total: listing.total.and_then(|total| u64::try_from(total).ok()),
        }
    }
}

impl Serialize for Listing {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.rows.serialize(serializer)
    }
}

impl<'de> Deserialize<'de> for Listing {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Visitor;

        impl<'de> de::Visitor<'de> for Visitor {
            type Value = Listing;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an array of lists, or an object with `records`")
            }

            fn visit_seq<A: de::SeqAccess<'de>>(self, seq: A) -> Result<Listing, A::Error> {
                let rows = Vec::deserialize(de::value::SeqAccessDeserializer::new(seq))?;
                Ok(Listing { rows, total: None })
            }

            fn visit_map<A: de::MapAccess<'de>>(self, map: A) -> Result<Listing, A::Error> {
                #[derive(Deserialize)]
                struct Wrapper {
                    records: Vec<List>,
                    total: Option<i64>,
                }
                let wrapper = Wrapper::deserialize(de::value::MapAccessDeserializer::new(map))?;
                Ok(Listing {
                    rows: wrapper.records,
                    total: wrapper.total,
                })
            }
        }

        deserializer.deserialize_any(Visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_shapes_are_read_and_nothing_else() {
        let read = |json: &str| serde_json::from_str::<Listing>(json);
        let bare = read(r#"[{"_id":"l1","name":"News"}]"#).unwrap();
        assert_eq!((bare.rows.len(), bare.total), (1, None));
        let wrapped =
            read(r#"{"total":7,"records":[{"_id":"l1","name":"News"}],"page":1}"#).unwrap();
        assert_eq!((wrapped.rows.len(), wrapped.total), (1, Some(7)));
        assert_eq!(bare.rows, wrapped.rows);
        assert_eq!(read(r#"{"records":[]}"#).unwrap().total, None);
        for other in [r#"{"total":7}"#, r#"[{"_id":"l1"}]"#, "7", "null"] {
            assert!(read(other).is_err(), "{other}");
        }
    }
}
