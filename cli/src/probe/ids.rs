//! What isn't there, what is no id, and what is no contact at all.

use http::Method;
use serde_json::{Value, json};

use super::{Finding, Probe, Seen, finding::reading, made::What, service::Kind, subject::UNKNOWN};
use crate::output::Failure;

impl Probe {
    pub(super) async fn ask_ids(&mut self) -> Result<(), Failure> {
        let odd = self.service.get("/api/contact/bme-probe").await?;
        let seen = reading(
            &odd,
            &[(Kind::NotFound, "not-found"), (Kind::Refused, "validation")],
        );
        self.found(Finding::new("malformed-id", seen, &[&odd]));

        let unknown = self.service.get(&format!("/api/contact/{UNKNOWN}")).await?;
        let seen = if unknown.kind() == Kind::Fault || unknown.is_accepted() {
            Seen::Untold("nothing was refused".to_owned())
        } else if unknown.headers.contains_key("x-ratelimit-remaining") {
            Seen::Reading("every-answer")
        } else {
            Seen::Reading("success")
        };
        self.found(Finding::new("limit-headers", seen, &[&unknown]));

        let path = "/api/bme-probe-no-such-thing";
        let nowhere = self.service.get(path).await?;
        let holds = nowhere.kind() == Kind::NotFound;
        self.found(Finding::whether("route-known", holds, &[&nowhere]));

        let mut body = self.subject.plain(&self.subject.address(90));
        body.insert("contactStructureId".into(), json!(UNKNOWN));
        let answer = self.make_contact(90, Value::Object(body)).await?;
        let seen = reading(
            &answer,
            &[(Kind::Refused, "validation"), (Kind::NotFound, "not-found")],
        );
        self.found(Finding::new("contact-structure-exists", seen, &[&answer]));

        let list = self.lists_path(&format!("/{UNKNOWN}"));
        let answer = self.service.get(&list).await?;
        let seen = reading(
            &answer,
            &[(Kind::NotFound, "not-found"), (Kind::Refused, "validation")],
        );
        self.found(Finding::new("list-exists", seen, &[&answer]));
        self.ask_bodies().await
    }

    async fn ask_bodies(&mut self) -> Result<(), Failure> {
        let path = "/api/contact";
        let ask = Some(json!([]));
        let answer = self.service.ask(Method::POST, path, ask).await?;
        let holds = answer.kind() == Kind::Refused;
        self.found(Finding::whether("json-body", holds, &[&answer]));

        let mut body = self.subject.plain("");
        body.insert("key".into(), json!(7));
        let answer = self.make(What::Contact, "7", path, Value::Object(body));
        let answer = answer.await?;
        let holds = answer.kind() == Kind::Refused;
        self.found(Finding::whether("value-shape", holds, &[&answer]));

        let no_address = self.subject.name(91);
        let body = self.subject.plain(&no_address);
        let answer = self.make(What::Contact, &no_address, path, Value::Object(body));
        let answer = answer.await?;
        let holds = answer.kind() == Kind::Refused;
        self.found(Finding::whether("contact-key-is-email", holds, &[&answer]));

        let mut deep = json!(0);
        for _ in 0..110 {
            deep = json!([deep]);
        }
        let mut body = self.subject.plain(&self.subject.address(92));
        body.insert("bmeProbe".into(), deep);
        let answer = self.make_contact(92, Value::Object(body)).await?;
        let holds = answer.kind() == Kind::Refused;
        self.found(Finding::whether("body-depth", holds, &[&answer]));
        Ok(())
    }
}
