//! What a probe makes. It is written down before it is made, so that it can be removed after a probe that was
//! killed, and is told by its name where its id never came.

use std::{fs, io, path::PathBuf};

use serde::{Deserialize, Serialize};

use crate::output::{Failure, replace_file};

/// A kind of thing.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum What {
    Contact,
    List,
    Field,
}

/// One thing that was made, or was about to be.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(crate) struct Thing {
    pub(crate) what: What,
    /// A contact's address, a list's name, a field's label.
    pub(crate) name: String,
    /// None until the service told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) id: Option<String>,
}

/// All that is there.
#[derive(Debug, Deserialize, Serialize)]
pub(crate) struct Made {
    /// Which account it is in.
    pub(crate) base_url: String,
    /// Which structure it is in.
    pub(crate) structure: String,
    pub(crate) things: Vec<Thing>,
    /// Ids of what was made and removed again too, for the record to tell its own from others.
    #[serde(skip)]
    pub(crate) ids: Vec<String>,
    #[serde(skip)]
    path: Option<PathBuf>,
}

impl Made {
    /// Nothing yet, to be written down in this file, if in any.
    pub(crate) fn nothing(base_url: &str, structure: &str, path: Option<PathBuf>) -> Self {
        Self {
            base_url: base_url.to_owned(),
            structure: structure.to_owned(),
            things: Vec::new(),
            ids: Vec::new(),
            path,
        }
    }

    /// What an earlier probe left; none where it left nothing.
    pub(crate) fn left_in(path: PathBuf) -> Result<Option<Self>, Failure> {
        let text = match fs::read(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(unusable(&path, &error)),
        };
        let mut made: Self =
            serde_json::from_slice(&text).map_err(|error| unusable(&path, &error))?;
        made.path = Some(path);
        Ok((!made.things.is_empty()).then_some(made))
    }

    /// To be called before it is made; the answer is for [`became`](Self::became).
    pub(crate) fn begin(&mut self, what: What, name: &str) -> Result<(), Failure> {
        self.things.push(Thing {
            what,
            name: name.to_owned(),
            id: None,
        });
        self.write()
    }

    /// What became of the last one: its id, or nothing was made.
    pub(crate) fn became(&mut self, id: Option<&str>) -> Result<(), Failure> {
        let Some(last) = self.things.pop() else {
            return Ok(());
        };
        if let Some(id) = id {
            self.ids.push(id.to_owned());
            let is_known = self
                .things
                .iter()
                .any(|thing| thing.id.as_deref() == Some(id));
            if !is_known {
                let id = Some(id.to_owned());
                self.things.push(Thing { id, ..last });
            }
        }
        self.write()
    }

    /// It is gone again.
    pub(crate) fn gone(&mut self, id: &str) -> Result<(), Failure> {
        self.things.retain(|thing| thing.id.as_deref() != Some(id));
        self.write()
    }

    /// The first thing of this name is gone, or never was.
    pub(crate) fn never_was(&mut self, name: &str) -> Result<(), Failure> {
        let is_it = |thing: &Thing| thing.id.is_none() && thing.name == name;
        if let Some(at) = self.things.iter().position(is_it) {
            self.things.remove(at);
        }
        self.write()
    }

    fn write(&self) -> Result<(), Failure> {
        let Some(path) = &self.path else {
            return Ok(());
        };
        if self.things.is_empty() {
            return match fs::remove_file(path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    Err(unusable(path, &error))
                }
                _ => Ok(()),
            };
        }
        let text = serde_json::to_vec_pretty(self).map_err(|error| unusable(path, &error))?;
        replace_file(path, &text).map_err(|error| unusable(path, &error))
    }
}

fn unusable(path: &std::path::Path, why: &dyn std::fmt::Display) -> Failure {
    let path = path.display();
    Failure::failed(format!(
        "what the probe makes can't be kept in {path}: {why}"
    ))
}
