//! A struct or map as the values of fields.

use serde::Serialize;

use super::encode::members;
use crate::{Error, FieldId, Structure, Value};

impl Structure {
    /// The values that a struct or map gives to fields, but for those that are `None`. A member that stands
    /// for the address must hold the contact's own.
    pub(crate) fn values<T: Serialize + ?Sized>(
        &self,
        values: &T,
        address: &str,
    ) -> Result<Vec<(FieldId, Value)>, Error> {
        let mut named: Vec<(FieldId, Value)> = Vec::new();
        for (name, value) in members(values)? {
            if self.names_key(&name) {
                if value.is_null() || value.as_str() == Some(address) {
                    continue;
                }
                return Err(Error::invalid(format!(
                    "{name:?} is the contact's address, and holds another one than the contact has"
                )));
            }
            let id = self.accept(name.as_str(), &value)?.id.clone();
            if named.iter().any(|(known, _)| *known == id) {
                return Err(Error::invalid(format!(
                    "{name:?} stands for a field that another name stands for too ({id})"
                )));
            }
            named.push((id, value));
        }
        named.retain(|(_, value)| !value.is_null());
        Ok(named)
    }
}
