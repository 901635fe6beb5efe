//! The structure, where it may be changed: one field of the probe's own, and the values in it.

use http::Method;
use serde_json::{Value, json};

use super::{
    Finding, Probe, Seen,
    contacts::value_of,
    made::What,
    service::{Answer, Kind},
    subject::NUMBER,
};
use crate::output::Failure;

const CLAIMS: [&str; 2] = ["structure-labels", "structure-values"];

impl Probe {
    /// Adds a field of its own.
    pub(super) async fn begin_structure(&mut self) -> Result<(), Failure> {
        if !self.may_change_structure {
            return Ok(());
        }
        let label = self.subject.name(0);
        self.made.begin(What::Field, &label)?;
        let answer = self.add_field(&label).await?;
        let fields = answer.body.get("fields").and_then(Value::as_array);
        let mut own = fields
            .into_iter()
            .flatten()
            .filter(|field| field["label"] == label.as_str());
        let id = own.next().and_then(|field| field["_id"].as_str());
        if id.is_some() || answer.kind() == Kind::Refused {
            self.made.became(id)?;
        }
        if let Some(id) = id {
            self.subject
                .number_field
                .get_or_insert_with(|| id.to_owned());
            self.subject.field = Some((label, id.to_owned()));
        }
        Ok(())
    }

    /// Replaces the structure by what it is now, with one more field.
    async fn add_field(&mut self, label: &str) -> Result<Answer, Failure> {
        let path = self.structure_path();
        let mut structure = self.service.get(&path).await?.body;
        let fields = structure.get_mut("fields").and_then(Value::as_array_mut);
        let Some(fields) = fields else {
            return Err(Failure::failed("the structure came without its fields"));
        };
        fields.push(json!({ "label": label, "dataType": "number", "required": false }));
        self.service.ask(Method::PUT, &path, Some(structure)).await
    }

    pub(super) async fn ask_structure(&mut self) -> Result<(), Failure> {
        let [labels, values] = CLAIMS;
        if !self.may_change_structure {
            for claim in CLAIMS {
                self.found(Finding::not_asked(
                    claim,
                    "--structure-changes lets it be asked",
                ));
            }
            return Ok(());
        }
        let Some((label, id)) = self.subject.field.clone() else {
            for claim in CLAIMS {
                self.found(Finding::untold(claim, "no field could be added"));
            }
            return Ok(());
        };
        let twin = self.add_field(&label).await?;
        let holds = twin.kind() == Kind::Refused;
        self.found(Finding::whether(labels, holds, &[&twin]));

        let Some(first) = self.subject.first.clone() else {
            self.found(Finding::untold(values, "there is no contact"));
            return Ok(());
        };
        let with_value = self.subject.fields(&[(&id, json!(NUMBER))]);
        let put = self.replace_with(&first, "fields", with_value).await?;
        let own = self
            .made
            .things
            .iter()
            .find(|thing| thing.what == What::Field);
        if let Some(own) = own.cloned() {
            self.remove_field(&own).await?;
        }
        let got = self
            .service
            .get(&format!("/api/contact/{}", first.id))
            .await?;
        let finding = if value_of(&put.body, &id).is_some() && got.is_accepted() {
            Finding::whether(values, value_of(&got.body, &id).is_none(), &[&put, &got])
        } else {
            let why = "no value could be put into the field".to_owned();
            Finding::new(values, Seen::Untold(why), &[&put, &got])
        };
        self.found(finding);
        Ok(())
    }
}
