//! Searches and exports: when they see a change, what they take, what they give.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{
    Finding, Probe, Seen,
    contacts::{is_among, value_of},
    finding::reading,
    service::{Answer, Kind},
};
use crate::output::Failure;

/// How long to wait between two looks, a minute in all.
const LOOKS: [u64; 7] = [1, 1, 2, 4, 8, 16, 28];

impl Probe {
    /// How soon a search finds a contact that was made just now.
    pub(super) async fn ask_lag(&mut self, id: &str, key: String) -> Result<(), Failure> {
        let claim = "search-lag";
        let first = self.search_key(&key).await?;
        if is_among(&first, id) {
            self.found(Finding::new(claim, Seen::Reading("at-once"), &[&first]));
            return Ok(());
        }
        if !first.is_accepted() {
            self.found(Finding::untold(claim, first.described()));
            return Ok(());
        }
        let mut waited = 0;
        for seconds in LOOKS {
            self.service.wait(Duration::from_secs(seconds)).await;
            waited += seconds;
            let again = self.search_key(&key).await?;
            if is_among(&again, id) {
                let after = format!("found within {waited} s, and not {seconds} s earlier");
                let finding = Finding::new(claim, Seen::Reading("later"), &[&first, &again]);
                self.found(finding.noting(&after));
                return Ok(());
            }
        }
        let why = format!("the contact was not found within {waited} s");
        self.found(Finding::new(claim, Seen::Untold(why), &[&first]));
        Ok(())
    }

    pub(super) async fn ask_search(&mut self) -> Result<(), Failure> {
        self.ask_everybody().await?;
        self.ask_paging().await?;
        let Some(first) = self.subject.first.clone() else {
            return Ok(());
        };
        let is_first = json!({ "columnToFilter": "KEY", "operator": "EQ", "values": [first.key] });

        let found = self.search_key(&first.key).await?;
        let number = self.subject.number_field.clone();
        let row = found
            .rows()
            .iter()
            .find(|row| row["_id"] == first.id.as_str());
        let value = number
            .as_deref()
            .zip(row)
            .and_then(|(field, row)| value_of(row, field));
        let finding = match value {
            Some(Value::Number(_)) => {
                Finding::new("search-values", Seen::Reading("stored"), &[&found])
            }
            Some(Value::String(_)) => {
                Finding::new("search-values", Seen::Reading("text"), &[&found])
            }
            Some(_) => Finding::new("search-values", Seen::Otherwise, &[&found]),
            None => Finding::untold("search-values", "no value of a number field was found"),
        };
        self.found(finding);

        let finding = if let (Some(field), Some(_)) = (number, value) {
            let by_field = json!({
                "columnToFilter": "FIELD_ID", "fieldId": field, "operator": "EQ", "values": ["7"],
            });
            let answer = self.search(&json!([is_first, by_field]), &["_id"]).await?;
            Finding::whether("search-field", is_among(&answer, &first.id), &[&answer])
        } else {
            Finding::untold(
                "search-field",
                "there is no value of a number field to search for",
            )
        };
        self.found(finding);

        let by_status =
            json!({ "columnToFilter": "CONTACT_STATUS", "operator": "EQ", "values": ["Active"] });
        let active = self.search(&json!([is_first, by_status]), &["_id"]).await?;
        let other = json!([{ "columnToFilter": "KEY", "operator": "NE", "values": [first.key] }]);
        let other = self.search(&other, &["_id"]).await?;
        let holds = is_among(&active, &first.id) && other.kind() == Kind::Refused;
        self.found(Finding::whether(
            "search-criteria",
            holds,
            &[&active, &other],
        ));
        self.ask_order().await?;
        self.ask_export(&is_first, &first.key).await
    }

    async fn ask_everybody(&mut self) -> Result<(), Failure> {
        let body = self.search_body(&json!([]), &["_id"], 1, 1);
        let answer = self.ask_page(body).await?;
        let known = [(Kind::Accepted, "match-all"), (Kind::Refused, "refuse")];
        let seen = reading(&answer, &known);
        self.found(Finding::new("search-all", seen, &[&answer]));
        Ok(())
    }

    async fn ask_paging(&mut self) -> Result<(), Failure> {
        let key = self.subject.address(1);
        let criteria = json!([{ "criterias": [{ "columnToFilter": "KEY", "operator": "EQ", "values": [key] }] }]);
        let nought = self.search_body(&criteria, &["_id"], 0, 1);
        let nought = self.ask_page(nought).await?;
        let large = self.search_body(&criteria, &["_id"], 1, 1001);
        let large = self.ask_page(large).await?;
        let largest = self.search_body(&criteria, &["_id"], 1, 1000);
        let largest = self.ask_page(largest).await?;
        let refused = |answer: &Answer| answer.kind() == Kind::Refused;
        let holds = refused(&nought) && refused(&large) && largest.is_accepted();
        let answers = [&nought, &large, &largest];
        self.found(Finding::whether("search-paging", holds, &answers));
        Ok(())
    }

    /// Whether the older contact comes first.
    async fn ask_order(&mut self) -> Result<(), Failure> {
        let claim = "search-order";
        let (Some(first), Some(second)) = (&self.subject.first, &self.subject.second) else {
            self.found(Finding::untold(claim, "there are no two contacts"));
            return Ok(());
        };
        let ids = [first.id.clone(), second.id.clone()];
        let both = [second.key.clone(), first.key.clone()];
        let both = json!([{ "columnToFilter": "KEY", "operator": "EQ", "values": both }]);
        let mut answer = self.search(&both, &["_id"]).await?;
        for seconds in LOOKS {
            if is_among(&answer, &ids[1]) {
                break;
            }
            self.service.wait(Duration::from_secs(seconds)).await;
            answer = self.search(&both, &["_id"]).await?;
        }
        let rows: Vec<_> = answer
            .rows()
            .iter()
            .map(|row| row["_id"].as_str())
            .collect();
        let finding = if rows.len() == ids.len() {
            let holds = rows.iter().zip(&ids).all(|(row, id)| *row == Some(id));
            Finding::whether(claim, holds, &[&answer])
        } else {
            Finding::new(
                claim,
                Seen::Untold("the two were not found together".to_owned()),
                &[&answer],
            )
        };
        self.found(finding);
        Ok(())
    }

    async fn ask_export(&mut self, is_first: &Value, key: &str) -> Result<(), Failure> {
        let mut body = self.search_body(
            &json!([{ "criterias": [is_first] }]),
            &["key", "contactStatus"],
            1,
            1,
        );
        if let Some(body) = body.as_object_mut() {
            body.retain(|name, _| !["page", "pageSize"].contains(&name.as_str()));
        }
        let path = "/api/contact/export";
        let answer = self.service.ask(Method::POST, path, Some(body)).await?;
        let text = answer.body.as_str().unwrap_or_default();
        let mut lines = text.lines().map(|line| line.trim_start_matches('\u{feff}'));
        let holds = lines.next() == Some("key,contactStatus")
            && lines.next() == Some(&format!("{key},Active"));
        self.found(Finding::whether("export", holds, &[&answer]));
        Ok(())
    }

    async fn ask_page(&mut self, body: Value) -> Result<Answer, Failure> {
        let path = "/api/contact/search";
        self.service.ask(Method::POST, path, Some(body)).await
    }
}
