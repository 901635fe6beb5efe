//! A difference and its stable name, which explanations refer to.

use std::fmt;

/// What kind of difference it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Group {
    /// The provider has it, and we lack it.
    Lacking,
    /// We have it, and the provider doesn't.
    Added,
    /// Both have it, and say different things about it.
    Disagreeing,
}

/// A difference between our document and the provider's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What kind of difference it is.
    pub group: Group,
    /// Where, and what each side says: the parts of its name.
    pub(super) name: Vec<String>,
    /// Our `x-fact` for what we add.
    pub claim: Option<String>,
}

impl Difference {
    /// The parts of the name, between which there are colons.
    pub(super) fn segments(&self) -> &[String] {
        &self.name
    }
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name.join(": "))
    }
}

/// Where in the documents something is.
#[derive(Debug, Clone)]
pub(super) struct Place(Vec<String>);

impl Place {
    pub(super) fn of(operation: &str) -> Self {
        Self(vec![operation.to_owned()])
    }

    pub(super) fn to(&self, part: &str) -> Self {
        let mut parts = self.0.clone();
        parts.push(part.to_owned());
        Self(parts)
    }
}

/// The differences found so far.
#[derive(Debug, Default)]
pub(super) struct Differences(Vec<Difference>);

impl Differences {
    pub(super) fn lacking(&mut self, place: &Place) {
        self.add(Group::Lacking, place, ("present", "none"), None);
    }

    pub(super) fn added(&mut self, place: &Place, claim: Option<&String>) {
        self.add(Group::Added, place, ("none", "present"), claim);
    }

    /// A fact about something that both have; no difference when both say the same.
    pub(super) fn fact(
        &mut self,
        place: &Place,
        fact: &str,
        provider: Option<String>,
        ours: Option<String>,
    ) {
        if provider != ours {
            let said = |side: Option<String>| side.unwrap_or_else(|| "none".into());
            let (provider, ours) = (said(provider), said(ours));
            self.add(
                Group::Disagreeing,
                &place.to(fact),
                (&provider, &ours),
                None,
            );
        }
    }

    pub(super) fn yes_or_no(&mut self, place: &Place, fact: &str, provider: bool, ours: bool) {
        let said = |yes| Some(if yes { "yes" } else { "no" }.to_owned());
        self.fact(place, fact, said(provider), said(ours));
    }

    fn add(
        &mut self,
        group: Group,
        place: &Place,
        (provider, ours): (&str, &str),
        claim: Option<&String>,
    ) {
        let Place(mut name) = place.clone();
        name.push(format!("provider {provider}, ours {ours}"));
        self.0.push(Difference {
            group,
            name,
            claim: claim.cloned(),
        });
    }

    /// All of them, by group and then by name.
    pub(super) fn into_sorted(self) -> Vec<Difference> {
        let mut all = self.0;
        all.sort_by(|one, other| (one.group, &one.name).cmp(&(other.group, &other.name)));
        all
    }
}
