//! What the service does where no text says it: asked with contacts, lists and a field of the probe's own making,
//! which it removes again. Without terminal and without files but the one of [`Made`].
//!
//! Each family of claims is a file; the order in which they are asked is here, since one prepares for the next.

mod contacts;
mod finding;
mod ids;
mod lists;
mod made;
mod observed;
mod removal;
mod scopes;
mod scrub;
mod search;
mod service;
mod structures;
mod subject;
#[cfg(test)]
mod tests;

use benchmark_email::{Client, Structure};
use benchmark_email_sandbox::{Mark, RuleInForce};
use http::Method;
use serde_json::{Value, json};

use self::{
    finding::AS_ASSUMED,
    made::What,
    service::{Answer, Service},
};
pub(crate) use self::{
    finding::{Finding, Seen},
    made::Made,
    observed::observed,
    service::{MOST, Pause},
    subject::{Addresses, Subject},
};
use crate::output::Failure;

/// What a probe knows and has found.
pub(crate) struct Probe {
    service: Service,
    subject: Subject,
    made: Made,
    findings: Vec<Finding>,
    may_change_structure: bool,
    /// Whether what was made has had the time to be found.
    has_waited: bool,
}

impl Probe {
    pub(crate) fn new(
        client: Client,
        pause: Pause,
        structure: &Structure,
        addresses: Addresses,
        made: Made,
    ) -> Self {
        Self {
            service: Service::new(client, pause),
            subject: Subject::new(structure, addresses),
            made,
            findings: Vec::new(),
            may_change_structure: false,
            has_waited: false,
        }
    }

    /// Lets it make a field of its own for a while.
    pub(crate) fn changing_the_structure(mut self, may: bool) -> Self {
        self.may_change_structure = may;
        self
    }

    /// Asks about every claim. What it found is there also if this fails or is dropped; what it made is then for
    /// [`remove_all`](Self::remove_all).
    pub(crate) async fn ask_all(&mut self) -> Result<(), Failure> {
        self.begin_structure().await?;
        self.begin_lists().await?;
        self.begin_contacts().await?;
        self.ask_search().await?;
        self.ask_ids().await?;
        self.ask_contacts().await?;
        self.ask_lists().await?;
        self.ask_structure().await?;
        self.ask_scopes();
        Ok(())
    }

    /// The findings in the order of the claims; one for each.
    pub(crate) fn findings(&self) -> Vec<Finding> {
        let found = |claim: &'static str| {
            let found = self.findings.iter().find(|finding| finding.claim == claim);
            found
                .cloned()
                .unwrap_or_else(|| Finding::untold(claim, "the probe ended before it could ask"))
        };
        claims().iter().map(|rule| found(rule.name)).collect()
    }

    pub(crate) fn left(&self) -> &Made {
        &self.made
    }

    pub(crate) fn sent(&self) -> usize {
        self.service.sent()
    }

    fn found(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    fn structure_path(&self) -> String {
        format!("/api/contact-structure/{}", self.subject.structure)
    }

    fn lists_path(&self, rest: &str) -> String {
        format!("{}/lists{rest}", self.structure_path())
    }

    /// Makes something, written down before.
    async fn make(
        &mut self,
        what: What,
        name: &str,
        path: &str,
        body: Value,
    ) -> Result<Answer, Failure> {
        self.made.begin(what, name)?;
        let answer = self.service.ask(Method::POST, path, Some(body)).await?;
        if answer.is_accepted() || answer.status < 500 {
            // After a fault it may be there all the same.
            self.made.became(answer.text("_id"))?;
        }
        Ok(answer)
    }

    /// A page of a search.
    async fn search(&mut self, criteria: &Value, source: &[&str]) -> Result<Answer, Failure> {
        let filters = json!([{ "criterias": criteria }]);
        let body = self.search_body(&filters, source, 1, 10);
        self.service
            .ask(Method::POST, "/api/contact/search", Some(body))
            .await
    }

    fn search_body(&self, filters: &Value, source: &[&str], page: u32, size: u32) -> Value {
        json!({
            "contactStructureId": self.subject.structure,
            "page": page,
            "pageSize": size,
            "source": source,
            "contactSpecification": { "filters": filters },
        })
    }
}

/// The rules that are claims: assumed, or with more than one reading.
pub(crate) fn claims() -> Vec<RuleInForce> {
    let mut rules = benchmark_email_sandbox::rules();
    rules.retain(|rule| rule.mark == Mark::Assumed || !rule.readings.is_empty());
    rules
}

/// The reading that this project goes by.
pub(crate) fn assumed(rule: &RuleInForce) -> &'static str {
    rule.readings.first().copied().unwrap_or(AS_ASSUMED)
}
