//! Contacts: made twice, replaced with this and that, left.

use http::Method;
use serde_json::{Map, Value, json};

use super::{
    Finding, Probe, Seen,
    finding::reading,
    made::What,
    service::{Answer, Kind},
    subject::{NUMBER, PADDED, Subscriber, UNKNOWN, other_case},
};
use crate::output::Failure;

impl Probe {
    pub(super) async fn make_contact(&mut self, n: u32, body: Value) -> Result<Answer, Failure> {
        let address = self.subject.address(n);
        self.make(What::Contact, &address, "/api/contact", body)
            .await
    }

    /// Two contacts: one with all that it can have, on the list, and one with what it must.
    pub(super) async fn begin_contacts(&mut self) -> Result<(), Failure> {
        let subject = &self.subject;
        let text = subject.text_field.as_deref();
        let number = subject.number_field.as_deref();
        let text = text.map(|id| (id, json!(PADDED)));
        let number = number.map(|id| (id, json!(NUMBER)));
        let values: Vec<_> = text.into_iter().chain(number).collect();
        let mut full = subject.plain(&subject.address(1));
        full.insert("fields".into(), subject.fields(&values));
        if let Some(list) = subject.lists.first() {
            full.insert("lists".into(), json!([{ "_id": list, "action": "add" }]));
        }
        let mut made = self.make_contact(1, Value::Object(full)).await?;
        if !made.is_accepted() {
            // One of the assumptions in it may be wrong: then with nothing but what it must have.
            let plain = self.subject.plain(&self.subject.address(1));
            made = self.make_contact(1, Value::Object(plain)).await?;
        }
        let Some(id) = made.text("_id").map(str::to_owned) else {
            let why = format!("no contact can be made: {}", made.described());
            return Err(Failure::failed(why));
        };
        self.ask_lag(&id, made.text("key").unwrap_or_default().to_owned())
            .await?;
        let plain = Value::Object(self.subject.plain(&self.subject.address(2)));
        let second = self.make_contact(2, plain).await?;
        self.subject.second = subscriber(&second);

        let got = self.service.get(&format!("/api/contact/{id}")).await?;
        self.subject.first = subscriber(&got);
        self.ask_stored(&got);
        let refs = got.body.get("lists").and_then(Value::as_array);
        let finding = match refs.and_then(|refs| refs.first()) {
            Some(Value::Object(_)) => seen("contact-refs-shape", "objects", &got),
            Some(Value::String(_)) => seen("contact-refs-shape", "ids", &got),
            Some(_) => Finding::new("contact-refs-shape", Seen::Otherwise, &[&got]),
            None => Finding::untold("contact-refs-shape", "the contact is on no list"),
        };
        self.found(finding);
        Ok(())
    }

    /// Whether address and text are kept to the letter.
    fn ask_stored(&mut self, got: &Answer) {
        let claim = "stored-text";
        let sent = self.subject.address(1);
        let key = got.text("key").map(|key| key == sent);
        let field = self.subject.text_field.as_deref();
        let value = field.and_then(|field| value_of(&got.body, field));
        let value = value.map(|value| value == PADDED);
        let finding =
            match (key, value) {
                (Some(true), Some(true) | None) => seen(claim, "as-sent", got),
                (Some(false), Some(false) | None) => seen(claim, "tidied", got),
                (Some(true), Some(false)) => Finding::new(claim, Seen::Otherwise, &[got])
                    .noting("values tidied, the key not"),
                (Some(false), Some(true)) => Finding::new(claim, Seen::Otherwise, &[got])
                    .noting("the key tidied, values not"),
                (None, _) => Finding::untold(claim, "the contact came back without its key"),
            };
        self.found(finding);
    }

    pub(super) async fn ask_contacts(&mut self) -> Result<(), Failure> {
        let Some(first) = self.subject.first.clone() else {
            return Ok(());
        };
        let all = self.service.get("/api/contact").await;
        let finding = match &all {
            Ok(all) if all.body.is_array() => seen("contacts-shape", "array", all),
            Ok(all) if all.body.get("contacts").is_some_and(Value::is_array) => {
                seen("contacts-shape", "wrapper", all)
            }
            Ok(all) if all.is_accepted() => Finding::new("contacts-shape", Seen::Otherwise, &[all]),
            Ok(all) => Finding::untold("contacts-shape", all.described()),
            // An account may have more contacts than are read at once.
            Err(_) => Finding::untold("contacts-shape", "the list of all contacts can't be read"),
        };
        self.found(finding);

        self.ask_events(&first.id).await?;
        self.ask_replacements(&first).await?;
        self.ask_patch(&first.id).await?;
        self.ask_twice(&first).await?;
        self.ask_left().await
    }

    async fn ask_events(&mut self, id: &str) -> Result<(), Failure> {
        let events = self
            .service
            .get(&format!("/api/contact/{id}/events"))
            .await?;
        let holds = events.is_accepted() && events.body.to_string().contains("contact-created");
        let finding = if holds {
            Finding::whether("events", true, &[&events])
        } else {
            Finding::new(
                "events",
                Seen::Untold("no creation is told; it may come later".to_owned()),
                &[&events],
            )
        };
        self.found(finding);
        Ok(())
    }

    /// Replaces the first contact, or tries to, with each of these.
    async fn ask_replacements(&mut self, first: &Subscriber) -> Result<(), Failure> {
        let accepts_or_refuses: [(&str, &str, &str, Option<Change>); 6] = [
            (
                "version-required",
                "required",
                "optional",
                Some(Box::new(|body| {
                    body.remove("__v");
                })),
            ),
            ("field-known", "refuse", "ignore", {
                let fields = self.subject.fields(&[(UNKNOWN, json!("probe"))]);
                Some(setting("fields", fields))
            }),
            ("contact-refs", "refuse", "ignore", {
                Some(setting(
                    "lists",
                    json!([{ "_id": UNKNOWN, "action": "add" }]),
                ))
            }),
            (
                "null-properties",
                "refuse",
                "ignore",
                Some(setting("lists", Value::Null)),
            ),
            ("field-type", "check", "accept", {
                let field = self.subject.number_field.as_deref();
                field.map(|id| setting("fields", self.subject.fields(&[(id, json!("no number"))])))
            }),
            ("field-required", "enforce", "ignore", {
                let is_any = !self.subject.required.is_empty();
                is_any.then(|| setting("fields", json!([])))
            }),
        ];
        for (claim, refused, accepted, change) in accepts_or_refuses {
            let finding = match change {
                None if claim == "field-type" => Finding::untold(
                    claim,
                    "the structure has no number field; --structure-changes makes one",
                ),
                None => Finding::untold(claim, "the structure has no required field"),
                Some(change) => {
                    let answer = self.replace(first, change).await?;
                    let known = [(Kind::Refused, refused), (Kind::Accepted, accepted)];
                    Finding::new(claim, reading(&answer, &known), &[&answer])
                }
            };
            self.found(finding);
        }
        let answer = self
            .replace(first, setting("bmeProbe", json!("kept")))
            .await?;
        let got = self
            .service
            .get(&format!("/api/contact/{}", first.id))
            .await?;
        let holds = answer.is_accepted() && got.at("/bmeProbe") == "kept";
        self.found(Finding::whether(
            "unknown-properties",
            holds,
            &[&answer, &got],
        ));
        Ok(())
    }

    /// Replaces a contact by one with what it must have, changed in this way.
    async fn replace(&mut self, of: &Subscriber, change: Change) -> Result<Answer, Failure> {
        let path = format!("/api/contact/{}", of.id);
        let now = self.service.get(&path).await?;
        if !now.is_accepted() {
            // Without the version it would be refused for that.
            return Ok(now);
        }
        let key = now.text("key").unwrap_or(&of.key);
        let mut body = self.subject.plain(key);
        if let Some(version) = now.body.get("__v") {
            body.insert("__v".into(), version.clone());
        }
        change(&mut body);
        self.service
            .ask(Method::PUT, &path, Some(Value::Object(body)))
            .await
    }

    /// The same with another value of one property.
    pub(super) async fn replace_with(
        &mut self,
        of: &Subscriber,
        name: &'static str,
        value: Value,
    ) -> Result<Answer, Failure> {
        self.replace(of, setting(name, value)).await
    }

    async fn ask_patch(&mut self, id: &str) -> Result<(), Failure> {
        let claim = "patch-status-only";
        let path = format!("/api/contact/{id}");
        let body = json!({ "status": { "primary": "Active" }, "bmeProbe": "patched" });
        let answer = self.service.ask(Method::PATCH, &path, Some(body)).await?;
        if answer.is_accepted() && answer.at("/bmeProbe") == "patched" {
            self.found(Finding::new(claim, Seen::Otherwise, &[&answer]).noting("it is taken"));
            return Ok(());
        }
        let known = [(Kind::Refused, "refuse"), (Kind::Accepted, "ignore")];
        let seen = reading(&answer, &known);
        self.found(Finding::new(claim, seen, &[&answer]));
        Ok(())
    }

    /// A second contact with the address, and one with the address in other case.
    async fn ask_twice(&mut self, first: &Subscriber) -> Result<(), Failure> {
        let path = format!("/api/contact/{}", first.id);
        let now = self.service.get(&path).await?;
        let stored = now.text("key").unwrap_or(&first.key).to_owned();
        let turned = other_case(&stored);
        // Which addresses a search takes for the same; creations may be told apart by less.
        let found = self.search_key(&turned).await?;
        let is_found = is_among(&found, &first.id);

        let in_other_case = self.second(&turned).await?;
        let as_is = self.second(&stored).await?;
        let unique = what_became(&as_is, &first.id);
        let seen = match unique {
            Some(reading) => Seen::Reading(reading),
            None if as_is.kind() == Kind::Fault => Seen::Untold(as_is.described()),
            None => Seen::Otherwise,
        };
        self.found(Finding::new("contact-key-unique", seen, &[&as_is]));

        let claim = "contact-key-case";
        let tidied = in_other_case.text("key").is_some_and(|key| key != turned)
            || stored != self.subject.address(1) && stored == stored.to_lowercase();
        let sameness = |same| if same { "insensitive" } else { "sensitive" };
        let finding = match (unique, what_became(&in_other_case, &first.id)) {
            // Where two may have one address, or case isn't kept, a creation tells nothing.
            (Some("refuse" | "update"), Some(became)) if !tidied => {
                let same = became != "twice";
                let finding = Finding::new(
                    claim,
                    Seen::Reading(sameness(same)),
                    &[&in_other_case, &found],
                );
                if same == is_found {
                    finding
                } else {
                    finding.noting(&format!("a search is {}", sameness(is_found)))
                }
            }
            _ if found.is_accepted() => {
                let seen = Seen::Reading(sameness(is_found));
                Finding::new(claim, seen, &[&found]).noting("by a search alone")
            }
            _ => Finding::untold(claim, found.described()),
        };
        self.found(finding);
        Ok(())
    }

    async fn second(&mut self, key: &str) -> Result<Answer, Failure> {
        let body = Value::Object(self.subject.plain(key));
        self.make(What::Contact, key, "/api/contact", body).await
    }

    /// What a replacement without a status does to one who left: at the end, as nobody comes back by an API key.
    async fn ask_left(&mut self) -> Result<(), Failure> {
        let claim = "put-status";
        let Some(second) = self.subject.second.clone() else {
            self.found(Finding::untold(claim, "there is no second contact"));
            return Ok(());
        };
        let path = format!("/api/contact/{}", second.id);
        let body = json!({ "status": { "primary": "Inactive", "secondary": "Unsubscribe" } });
        let left = self.service.ask(Method::PATCH, &path, Some(body)).await?;
        let replaced = self.replace(&second, Box::new(|_| {})).await?;
        let finding = if !left.is_accepted() || !replaced.is_accepted() {
            Finding::new(
                claim,
                Seen::Untold("nothing was replaced".to_owned()),
                &[&left, &replaced],
            )
        } else {
            let got = self.service.get(&path).await?;
            let holds = got.at("/status/primary") == "Inactive";
            Finding::whether(claim, holds, &[&left, &replaced, &got])
        };
        self.found(finding);
        Ok(())
    }
}

/// What is different in a replacement.
type Change = Box<dyn FnOnce(&mut Map<String, Value>)>;

fn setting(name: &'static str, value: Value) -> Change {
    Box::new(move |body| {
        body.insert(name.to_owned(), value);
    })
}

fn seen(claim: &'static str, reading: &'static str, answer: &Answer) -> Finding {
    Finding::new(claim, Seen::Reading(reading), &[answer])
}

fn subscriber(answer: &Answer) -> Option<Subscriber> {
    Some(Subscriber {
        id: answer.text("_id")?.to_owned(),
        key: answer.text("key")?.to_owned(),
    })
}

/// What a second creation did.
fn what_became(answer: &Answer, first: &str) -> Option<&'static str> {
    match (answer.kind(), answer.text("_id")) {
        (Kind::Refused, _) => Some("refuse"),
        (Kind::Accepted, Some(id)) if id == first => Some("update"),
        (Kind::Accepted, Some(_)) => Some("twice"),
        _ => None,
    }
}

/// The value of a field in a contact or a row.
pub(super) fn value_of<'a>(contact: &'a Value, field: &str) -> Option<&'a Value> {
    let mut values = contact.get("fields")?.as_array()?.iter();
    values.find(|value| value["_id"] == field)?.get("value")
}

/// Whether a contact is among the rows.
pub(super) fn is_among(answer: &Answer, id: &str) -> bool {
    answer.rows().iter().any(|row| row["_id"] == id)
}
