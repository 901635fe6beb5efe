//! Removing what was made, and nothing else: by its id, or, where that never came, by a name that no other can have.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{
    Probe,
    made::{Thing, What},
    service::Kind,
};
use crate::output::Failure;

/// How long to wait between two looks for a contact whose creation got no answer: half a minute in all.
const LOOKS: [u64; 6] = [1, 1, 2, 4, 8, 16];

impl Probe {
    /// Removes all that is there. What can't be removed stays written down; the others are tried all the same.
    pub(crate) async fn remove_all(&mut self) -> Result<(), Failure> {
        self.service.is_removing = true;
        let mut first = None;
        // The last made may hold on to those before.
        for thing in self.made.things.clone().into_iter().rev() {
            if let Err(failure) = self.remove(&thing).await {
                first.get_or_insert(failure);
            }
        }
        first.map_or(Ok(()), Err)
    }

    async fn remove(&mut self, thing: &Thing) -> Result<(), Failure> {
        if thing.what == What::Field {
            return self.remove_field(thing).await;
        }
        let ids = match &thing.id {
            Some(id) => vec![id.clone()],
            None => self.ids_of_late(thing).await?,
        };
        for id in &ids {
            let answer = self
                .service
                .ask(Method::DELETE, &self.path_of(thing.what, id), None)
                .await?;
            let is_list = thing.what == What::List;
            let is_gone = match answer.kind() {
                Kind::Accepted | Kind::NotFound => true,
                // Of an unknown list it may be said so.
                Kind::Refused if is_list => {
                    let still = self.service.get(&self.lists_path("/all")).await?;
                    still.is_accepted() && still.rows().iter().all(|row| row["_id"] != id.as_str())
                }
                _ => false,
            };
            if !is_gone {
                return Err(Failure::failed(format!(
                    "what the probe made is still there: {}",
                    answer.described()
                )));
            }
            self.made.gone(id)?;
        }
        self.made.never_was(&thing.name)
    }

    fn path_of(&self, what: What, id: &str) -> String {
        match what {
            What::List => self.lists_path(&format!("/{id}")),
            What::Contact | What::Field => format!("/api/contact/{id}"),
        }
    }

    /// The ids of what has this name, looked for as long as a search may lag behind.
    async fn ids_of_late(&mut self, thing: &Thing) -> Result<Vec<String>, Failure> {
        let mut ids = self.ids_of(thing).await?;
        // The wait for one is a wait for all.
        for seconds in LOOKS {
            if !ids.is_empty() || thing.what != What::Contact || self.has_waited {
                return Ok(ids);
            }
            self.service.wait(Duration::from_secs(seconds)).await;
            ids = self.ids_of(thing).await?;
        }
        self.has_waited = true;
        Ok(ids)
    }

    /// The ids of what has this name.
    async fn ids_of(&mut self, thing: &Thing) -> Result<Vec<String>, Failure> {
        let (answer, name) = match thing.what {
            What::List => (self.service.get(&self.lists_path("/all")).await?, "name"),
            What::Contact | What::Field => (self.search_key(&thing.name).await?, "key"),
        };
        if !answer.is_accepted() {
            return Err(Failure::failed(format!(
                "what the probe made can't be looked for: {}",
                answer.described()
            )));
        }
        let is_it = |row: &&Value| {
            let called = row.get(name).and_then(Value::as_str);
            called.is_some_and(|called| called.eq_ignore_ascii_case(&thing.name))
        };
        let rows = answer.rows().iter().filter(is_it);
        let ids = rows.filter_map(|row| Some(row.get("_id")?.as_str()?.to_owned()));
        Ok(ids.collect())
    }

    /// Takes one field out of the structure as it is now.
    pub(super) async fn remove_field(&mut self, thing: &Thing) -> Result<(), Failure> {
        const TRIES: usize = 3;
        let path = self.structure_path();
        for _ in 0..TRIES {
            let mut structure = self.service.get(&path).await?.body;
            let fields = structure.get_mut("fields").and_then(Value::as_array_mut);
            let Some(fields) = fields else { break };
            let before = fields.len();
            // The label is the probe's own, also where its id is known.
            fields.retain(|field| field["label"] != thing.name.as_str());
            if fields.len() == before {
                return match &thing.id {
                    Some(id) => self.made.gone(id),
                    None => self.made.never_was(&thing.name),
                };
            }
            self.service
                .ask(Method::PUT, &path, Some(structure))
                .await?;
        }
        Err(Failure::failed(format!(
            "the field {:?} is still there",
            thing.name
        )))
    }

    /// A search by address.
    pub(super) async fn search_key(
        &mut self,
        key: &str,
    ) -> Result<super::service::Answer, Failure> {
        self.search(
            &json!([{ "columnToFilter": "KEY", "operator": "EQ", "values": [key] }]),
            &["key", "fields"],
        )
        .await
    }
}
