//! Lists: names, envelopes, and what becomes of contacts and sources.

use http::Method;
use serde_json::{Value, json};

use super::{
    Finding, Probe, Seen,
    finding::reading,
    made::What,
    service::{Answer, Kind},
};
use crate::output::Failure;

impl Probe {
    /// Two lists.
    pub(super) async fn begin_lists(&mut self) -> Result<(), Failure> {
        for n in [1, 2] {
            let answer = self.make_list(&self.subject.name(n)).await?;
            self.subject
                .lists
                .extend(answer.text("_id").map(str::to_owned));
        }
        Ok(())
    }

    async fn make_list(&mut self, name: &str) -> Result<Answer, Failure> {
        let body = json!({ "name": name });
        self.make(What::List, name, &self.lists_path(""), body)
            .await
    }

    pub(super) async fn ask_lists(&mut self) -> Result<(), Failure> {
        self.ask_envelope("lists-paged", "").await?;
        self.ask_envelope("lists-all", "/all").await?;
        let [list, other] = self.subject.lists.as_slice() else {
            for claim in [
                "list-name-unique",
                "list-duplicate",
                "lists-merge",
                "lists-delete",
                "list-delete",
            ] {
                self.found(Finding::untold(claim, "no lists could be made"));
            }
            return Ok(());
        };
        let (list, other) = (list.clone(), other.clone());

        let again = self.make_list(&self.subject.name(1)).await?;
        let seen = reading(
            &again,
            &[(Kind::Accepted, "free"), (Kind::Refused, "unique")],
        );
        self.found(Finding::new("list-name-unique", seen, &[&again]));

        let copy = format!("Copy of {}", self.subject.name(2));
        let path = self.lists_path(&format!("/{other}/duplicate"));
        let copied = self.make(What::List, &copy, &path, json!({})).await?;
        let seen = reading(
            &copied,
            &[(Kind::Refused, "required"), (Kind::Accepted, "optional")],
        );
        self.found(Finding::new("list-duplicate", seen, &[&copied]));
        self.ask_merged(&list, &other).await?;
        self.ask_deleted(&list).await
    }

    async fn ask_envelope(&mut self, claim: &'static str, rest: &str) -> Result<(), Failure> {
        let answer = self.service.get(&self.lists_path(rest)).await?;
        let seen = if answer.body.is_array() {
            Seen::Reading("array")
        } else if answer.body.get("records").is_some_and(Value::is_array) {
            Seen::Reading("records")
        } else if answer.is_accepted() {
            Seen::Otherwise
        } else {
            Seen::Untold(answer.described())
        };
        self.found(Finding::new(claim, seen, &[&answer]));
        Ok(())
    }

    /// Merging two lists keeps them; deleting several at once deletes what it names.
    async fn ask_merged(&mut self, list: &str, other: &str) -> Result<(), Failure> {
        let name = self.subject.name(3);
        let body = json!({ "name": name, "listIds": [list, other] });
        let path = self.lists_path("/merge");
        let merged = self.make(What::List, &name, &path, body).await?;
        let source = self
            .service
            .get(&self.lists_path(&format!("/{list}")))
            .await?;
        let holds = merged.is_accepted() && source.is_accepted();
        self.found(Finding::whether("lists-merge", holds, &[&merged, &source]));

        let gone = merged.text("_id").unwrap_or(other).to_owned();
        let body = json!({ "listIds": [gone] });
        let path = self.lists_path("");
        let deleted = self.service.ask(Method::DELETE, &path, Some(body)).await?;
        let after = self
            .service
            .get(&self.lists_path(&format!("/{gone}")))
            .await?;
        let is_gone = matches!(after.kind(), Kind::NotFound | Kind::Refused);
        let holds = deleted.is_accepted() && is_gone;
        if is_gone {
            self.made.gone(&gone)?;
        }
        self.found(Finding::whether("lists-delete", holds, &[&deleted, &after]));
        Ok(())
    }

    /// Deleting a list keeps its contacts.
    async fn ask_deleted(&mut self, list: &str) -> Result<(), Failure> {
        let claim = "list-delete";
        let Some(first) = self.subject.first.clone() else {
            self.found(Finding::untold(claim, "there is no contact"));
            return Ok(());
        };
        let on_it = json!([{ "_id": list, "action": "add" }]);
        let put = self.replace_with(&first, "lists", on_it).await?;
        if !put.is_accepted() || !put.at("/lists").to_string().contains(list) {
            let why = "no contact could be put on the list".to_owned();
            self.found(Finding::new(claim, Seen::Untold(why), &[&put]));
            return Ok(());
        }
        let path = self.lists_path(&format!("/{list}"));
        let deleted = self.service.ask(Method::DELETE, &path, None).await?;
        let got = self
            .service
            .get(&format!("/api/contact/{}", first.id))
            .await?;
        let is_off = !got.at("/lists").to_string().contains(list);
        let holds = deleted.is_accepted() && got.is_accepted() && is_off;
        if deleted.is_accepted() {
            self.made.gone(list)?;
        }
        self.found(Finding::whether(claim, holds, &[&put, &deleted, &got]));
        Ok(())
    }
}
