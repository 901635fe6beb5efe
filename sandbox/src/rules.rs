//! What the sandbox enforces or assumes, rule by rule: the one table of them, with where each comes from.
//!
//! A rule is *documented* when a text of the provider says so, *observed* when it was seen on the live
//! service (none yet), and *assumed* when it is our reading. Where another reading is plausible the rule
//! names it, and [`Readings`] says which one is in force. The code that enforces a rule lives with the
//! thing it is about; every refusal names the rule it comes from.

use std::collections::HashMap;
use std::fmt;
use std::sync::{PoisonError, RwLock};

use serde::Serialize;

/// Where a rule comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Mark {
    /// A text of the provider says so.
    Documented,
    /// It was seen on the live service.
    Observed,
    /// Our reading; a client must survive it being wrong.
    Assumed,
}

/// One rule, as [`Sandbox::rules`](crate::Sandbox::rules) lists it.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct RuleInForce {
    /// Its name, as in refusals and the request log.
    pub name: &'static str,
    /// What it says.
    pub says: &'static str,
    /// Whether it is documented or assumed.
    pub mark: Mark,
    /// The text it was taken from, or why it was assumed.
    pub source: &'static str,
    /// The readings one can choose between, the default first. Empty when there is only one.
    pub readings: &'static [&'static str],
    /// The reading in force, when there is a choice.
    pub reading: Option<&'static str>,
}

macro_rules! rules {
    ($($name:ident $text:literal $mark:ident $source:literal $says:literal $([$($reading:literal),+])?;)+) => {
        /// A rule by name; what it says stands in the table below.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub(crate) enum Rule { $($name),+ }

        impl Rule {
            pub(crate) const ALL: &[Self] = &[$(Self::$name),+];

            fn entry(self) -> Entry {
                match self {
                    $(Self::$name => Entry {
                        name: $text,
                        says: $says,
                        mark: Mark::$mark,
                        source: $source,
                        readings: &[$($($reading),+)?],
                    }),+
                }
            }
        }
    };
}

struct Entry {
    name: &'static str,
    says: &'static str,
    mark: Mark,
    source: &'static str,
    readings: &'static [&'static str],
}

rules! {
    // Who may ask.
    KeyKnown "api-key-known" Documented "pages Authentication and Errors"
        "An unknown, malformed, deleted or switched-off API key gives 401 `Invalid API key`.";
    KeyPresent "api-key-present" Assumed "no text says what a missing header gives"
        "A request without `X-API-Key` gives the same 401 as an unknown key.";
    KeyExpired "api-key-expired" Documented "page Errors"
        "An expired API key gives 401 `API key expired`.";
    Scope "scope" Documented "pages Authentication and Errors"
        "A key without the operation's scope gives 403 that names the scope; write implies read.";
    ScopeOrder "scope-order" Assumed "no text says what is judged first"
        "A missing scope is judged before what the path names is looked for; or after it, so that what isn't there gives 404."
        ["scope-first", "lookup-first"];
    Standing "account-standing" Documented "pages Authentication and Errors"
        "An account that is not open or pending cancellation gives 403 `Account does not have API access`.";
    AddressBlock "address-block" Documented "page Rate limits"
        "Many bad keys from one address block every request from it, good keys included, with 429.";
    AddressBlockSize "address-block-size" Assumed "threshold and duration are unpublished"
        "Ten bad keys within 15 minutes block an address for 15 minutes.";
    HourlyLimit "hourly-limit" Documented "page Rate limits"
        "An account has 3,600 requests an hour, shared by its keys; beyond that 429 with `Retry-After`.";
    HourlyWindow "hourly-window" Assumed "the kind of window is unpublished"
        "The hour begins with the first request and ends an hour later; refused requests don't count.";
    MonthlyQuota "monthly-quota" Documented "page Rate limits"
        "An account has a monthly quota; beyond it 429 with `Retry-After` until the next period.";
    MonthlyPeriod "monthly-period" Assumed "the start of a billing period is the account's own"
        "A billing period has 30 days and begins when the sandbox starts.";
    LimitHeaders "limit-headers" Documented "page Rate limits promises them on successful requests only"
        "Successful answers carry the `X-RateLimit-*` and `X-Monthly-*` headers; a 429 carries the first three."
        ["success", "every-answer"];

    // What is a request at all.
    Http "http" Assumed "no text says what nonsense gives"
        "What can't be read as HTTP gives 400, or 431 when its head is too long, and ends the connection.";
    RouteKnown "route-known" Assumed "no text says what an unknown path gives"
        "An unknown path gives 404 `RecordNotFound`.";
    MethodKnown "method-known" Assumed "no text says what a wrong method gives"
        "A wrong method gives 405 with `Allow`.";
    ContentType "content-type" Assumed "all examples send JSON"
        "A body that is not declared as JSON gives 400.";
    Body "json-body" Assumed "all examples send JSON objects"
        "A body that is not a JSON object gives 400.";
    BodySize "body-size" Assumed "no limit is published"
        "A body of more than 1 MiB gives 413.";
    BodyDepth "body-depth" Assumed "no limit is published; MongoDB, to which the ids point, holds no more"
        "A body that nests deeper than 100 levels gives 400.";
    Query "query" Documented "provider's OpenAPI document"
        "A query parameter out of its bounds gives 400.";
    MalformedId "malformed-id" Assumed "no text says whether it is 400 or 404"
        "An id that is not 24 hexadecimal characters is an unknown id; or a bad request."
        ["not-found", "validation"];
    NullProperties "null-properties" Assumed "no text speaks of null"
        "A property that is null is of a wrong type, but for the value of a field; or is as good as missing."
        ["refuse", "ignore"];
    ValueShape "value-shape" Assumed "shapes are shown by example only"
        "A property of another JSON type than in the examples gives 400 that names it.";

    // Contacts.
    ContactKeyRequired "contact-key-required" Documented "guide Manage Contacts"
        "A contact needs `key`.";
    ContactStructureRequired "contact-structure-required" Documented "guide Manage Contacts, page Errors"
        "A contact needs `contactStructureId`.";
    ContactStructureExists "contact-structure-exists" Assumed "no text says what an unknown structure gives"
        "A contact of an unknown structure is a bad request; or not found."
        ["validation", "not-found"];
    ContactStructureFixed "contact-structure-fixed" Assumed "no text says whether PUT may move a contact"
        "A contact can't be moved to another structure.";
    ContactKeyIsEmail "contact-key-is-email" Assumed "the rules of the address check are unpublished"
        "`key` has text without spaces on both sides of one `@`.";
    ContactKeyUnique "contact-key-unique" Documented "guide Manage Contacts; the help centre says that an import updates instead"
        "A second contact with a key that exists in the structure is refused; or updates the first; or is created too, so that there are two."
        ["refuse", "update", "twice"];
    ContactKeyCase "contact-key-case" Assumed "normalisation of addresses is unpublished"
        "Two keys that differ by case only are the same; or two."
        ["insensitive", "sensitive"];
    ContactExists "contact-exists" Documented "guide Manage Contacts, page Errors"
        "An unknown contact gives 404 `RecordNotFound`.";
    StatusCase "status-case" Documented "guide Manage Contacts, on status"
        "`status.primary` is `Active` or `Inactive`, in this case.";
    StatusPair "status-pair" Documented "guide Manage Contacts, on status"
        "`Inactive` needs `secondary`, `Active` has none.";
    StatusSettable "status-settable" Documented "guide Manage Contacts, on status"
        "The only reason a client may set is `Unsubscribe`.";
    StatusOneWay "status-one-way" Documented "guide Manage Contacts, on status; that it is a 400 is assumed"
        "An inactive contact can't be made active.";
    PatchStatusOnly "patch-status-only" Documented "guide Manage Contacts, step 4; that others are refused is assumed"
        "PATCH takes `status` only: other properties are refused; or ignored."
        ["refuse", "ignore"];
    PutReplaces "put-replaces" Documented "guide Manage Contacts, step 5"
        "PUT erases every field, list, tag and property that it leaves out.";
    PutStatus "put-status" Assumed "no text says what a PUT without status does"
        "A PUT without `status` leaves the status as it is.";
    VersionRequired "version-required" Documented "guides Manage Lists and Manage Custom Fields; for contacts the summary for agents"
        "A replacement needs the current `__v`; or takes one without."
        ["required", "optional"];
    VersionCurrent "version-current" Documented "guide Manage Lists, page Errors"
        "A stale `__v` gives 400 `ConcurrencyError`.";
    FieldKnown "field-known" Assumed "no text says what an unknown field id gives"
        "A value for a field that the structure doesn't have is refused; or dropped."
        ["refuse", "ignore"];
    FieldType "field-type" Assumed "the form of values is unpublished"
        "A value fits its field: text, a number or numeric text, a boolean, an ISO date, month and day; or isn't checked."
        ["check", "accept"];
    StoredText "stored-text" Assumed "no text says whether values are kept to the letter"
        "Keys and texts of a contact are kept as they were sent; or without spaces around them, and keys in lower case."
        ["as-sent", "tidied"];
    FieldRequired "field-required" Assumed "no text says whether `required` is enforced"
        "A field marked `required` may be left out; or must have a value."
        ["ignore", "enforce"];
    ContactRefs "contact-refs" Assumed "how lists and tags are written is unconfirmed"
        "`lists` and `tags` take ids, `{_id}` or `{_id, action}`; an unknown id is refused; or dropped."
        ["refuse", "ignore"];
    ContactRefsShape "contact-refs-shape" Assumed "search results show tags as objects; the contact's own shape is not shown"
        "A contact's `lists` and `tags` are objects with `_id`; or plain ids."
        ["objects", "ids"];
    ContactsShape "contacts-shape" Assumed "array or wrapper is not stated"
        "`GET /api/contact` answers with a bare array; or with `{contacts, totalRecords}`."
        ["array", "wrapper"];
    UnknownProperties "unknown-properties" Assumed "the complete contact is not shown anywhere"
        "Properties of a contact that no text names are kept and given back.";

    // Search and export.
    SearchRequired "search-required" Documented "guide Search Contacts"
        "A search needs `contactStructureId`, `page`, `pageSize`, `source` and `contactSpecification`.";
    SearchPaging "search-paging" Assumed "the largest page is unpublished"
        "`page` starts at 1; `pageSize` is 1 to 1,000; both are 32-bit numbers.";
    SearchSource "search-source" Documented "guide Search Contacts"
        "`source` has at least one of the known names, case-sensitive; `_id` always comes back.";
    SearchCriteria "search-criteria" Assumed "`EQ` is the only operator shown"
        "A criterion has a known `columnToFilter`, the operator `EQ` and values; one value must fit.";
    SearchField "search-field" Assumed "how a criterion names its field is not shown"
        "A `FIELD_ID` criterion names its field by `fieldId`.";
    SearchAll "search-all" Assumed "no text says what empty filters give"
        "A search without filters finds all; or is refused."
        ["match-all", "refuse"];
    SearchValues "search-values" Assumed "the OpenAPI document types values in results as text, fields have data types"
        "Values in search results are as stored; or all text."
        ["stored", "text"];
    SearchLag "search-lag" Assumed "the properties of a search speak of an index beside the database; no text says how soon it follows"
        "Searches and exports see a change of a contact at once, as get and the list of all do; or later, by the sandbox's clock: two seconds, or as long as told."
        ["at-once", "later"];
    SearchOrder "search-order" Assumed "the order is not stated"
        "Contacts are found in the order of their creation.";
    Export "export" Assumed "the request body and the columns are not shown"
        "An export takes the body of a search without paging; CSV by RFC 4180 with the columns of `source`, fields by label.";

    // Structures.
    StructureExists "structure-exists" Documented "page Errors"
        "An unknown structure gives 404 `RecordNotFound`.";
    StructureCreate "structure-create" Documented "guide Manage Custom Fields, page Errors"
        "Creating a structure gives 403 `This endpoint is not accessible via API key`.";
    StructureReplace "structure-replace" Documented "guide Manage Custom Fields"
        "PUT replaces the fields: known `_id`s stay, those without are new, the omitted are removed.";
    StructureLabels "structure-labels" Assumed "uniqueness of labels is not stated"
        "Two fields, or two tags, of a structure can't have one label.";
    StructureTags "structure-tags" Assumed "no text says whether PUT manages tags"
        "Tags follow the same rule as fields; a body without `tags` leaves them as they are.";
    StructureValues "structure-values" Assumed "presumed from full replacement"
        "The values of a removed field and the uses of a removed tag go with it.";
    FieldInUse "field-in-use" Documented "provider's OpenAPI document"
        "Removing a field that a published form uses gives 400 `ContactFieldInUseError`.";

    // Lists.
    ListExists "list-exists" Assumed "the OpenAPI document declares 400, the page Errors says 404"
        "An unknown list is not found; or a bad request."
        ["not-found", "validation"];
    ListName "list-name" Documented "guide Manage Lists"
        "A list has a `name` of 1 to 1,000 characters; `type` is `static`.";
    ListNameUnique "list-name-unique" Assumed "uniqueness of names is not stated"
        "Two lists may have one name; or not."
        ["free", "unique"];
    ListsPaged "lists-paged" Documented "guide Manage Lists; the OpenAPI document says a bare array"
        "Paged lists come as `{total, records}`; or as a bare array."
        ["records", "array"];
    ListsAll "lists-all" Documented "provider's OpenAPI document; public code reads `records`"
        "All lists come as a bare array; or as `{total, records}`."
        ["array", "records"];
    ListDelete "list-delete" Assumed "effects on contacts are not stated"
        "Deleting a list takes its contacts off it and keeps them.";
    ListsDelete "lists-delete" Assumed "the body is not shown"
        "Deleting several lists takes `{listIds}` and deletes all of them or none.";
    ListsMerge "lists-merge" Assumed "the body and the fate of the sources are not shown"
        "Merging takes `{name, listIds}` of two or more lists, makes a new one and keeps the sources.";
    ListDuplicate "list-duplicate" Documented "guide Manage Lists; the body is not shown, so `name` is assumed"
        "A duplicate is a new list with the same contacts and a `name` of its own; or `Copy of …` without one."
        ["required", "optional"];

    // The sandbox itself.
    StateFile "state-file" Assumed "no text says what a failing service gives"
        "A change that can't be written to the state file isn't made, and gives 500.";

    // Events.
    EventTypes "event-types" Documented "provider's OpenAPI document; that other types and forms are refused is assumed"
        "`types` names some of the fourteen known types, joined by commas in one parameter; a list in any other form gives 400.";
    Events "events" Assumed "which events the service writes is not stated"
        "Each change of a contact writes an event, kept 90 days, newest first; 25 a page.";
}

impl Rule {
    pub(crate) fn name(self) -> &'static str {
        self.entry().name
    }

    fn named(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|rule| rule.name() == name)
    }
}

/// All rules, each read as at the start.
#[must_use]
pub fn rules() -> Vec<RuleInForce> {
    Readings::default().list()
}

/// Why a reading could not be chosen.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ReadingError {
    /// There is no rule of this name.
    UnknownRule(String),
    /// The rule has other readings, or none to choose from.
    UnknownReading {
        /// The rule.
        rule: &'static str,
        /// What it offers.
        readings: &'static [&'static str],
    },
}

impl fmt::Display for ReadingError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownRule(name) => {
                write!(
                    f,
                    "there is no rule {name:?}; GET /_sandbox/rules lists them"
                )
            }
            Self::UnknownReading { rule, readings: [] } => {
                write!(f, "the rule {rule} has one reading only")
            }
            Self::UnknownReading { rule, readings } => {
                write!(
                    f,
                    "the rule {rule} can be read as {}",
                    readings.join(" or ")
                )
            }
        }
    }
}

impl std::error::Error for ReadingError {}

/// Which reading of each rule is in force.
#[derive(Debug, Default)]
pub(crate) struct Readings(RwLock<HashMap<Rule, &'static str>>);

impl Readings {
    /// Whether `rule` is read as `reading`.
    pub(crate) fn is(&self, rule: Rule, reading: &str) -> bool {
        self.of(rule) == Some(reading)
    }

    pub(crate) fn choose(&self, rule: &str, reading: &str) -> Result<Rule, ReadingError> {
        let known = Rule::named(rule).ok_or_else(|| ReadingError::UnknownRule(rule.to_owned()))?;
        let Entry { name, readings, .. } = known.entry();
        let chosen = readings.iter().find(|offered| **offered == reading).ok_or(
            ReadingError::UnknownReading {
                rule: name,
                readings,
            },
        )?;
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(known, chosen);
        Ok(known)
    }

    /// Back to the default of every rule.
    pub(crate) fn reset(&self) {
        self.0
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    pub(crate) fn list(&self) -> Vec<RuleInForce> {
        let in_force = |rule: &Rule| {
            let Entry {
                name,
                says,
                mark,
                source,
                readings,
            } = rule.entry();
            RuleInForce {
                name,
                says,
                mark,
                source,
                readings,
                reading: self.of(*rule),
            }
        };
        Rule::ALL.iter().map(in_force).collect()
    }

    fn of(&self, rule: Rule) -> Option<&'static str> {
        let chosen = self
            .0
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&rule)
            .copied();
        chosen.or_else(|| rule.entry().readings.first().copied())
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::collections::HashSet;
    use std::fmt::Write as _;

    use super::*;

    /// The table that `RULES.md` holds; `UPDATE_RULES=1 cargo test` writes it anew.
    #[test]
    fn the_table_for_readers_is_up_to_date() {
        let mut table = String::from(
            "# Rules of the sandbox\n\nWritten by a test from `src/rules.rs`. *Documented*: a text of the provider \
             says so. *Assumed*: our reading. A rule with readings can be switched; the first is in force at the start \
             (`Sandbox::read_rule`, `PUT /_sandbox/rules/{name}`).\n\n\
             | Rule | What it says | Mark | Source | Readings |\n|---|---|---|---|---|\n",
        );
        for rule in Rule::ALL {
            let Entry {
                name,
                says,
                mark,
                source,
                readings,
            } = rule.entry();
            let mark = format!("{mark:?}").to_lowercase();
            let readings: Vec<_> = readings
                .iter()
                .map(|reading| format!("`{reading}`"))
                .collect();
            let readings = readings.join(", ");
            writeln!(
                table,
                "| `{name}` | {says} | {mark} | {source} | {readings} |"
            )
            .unwrap();
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/RULES.md");
        if std::env::var_os("UPDATE_RULES").is_some() {
            std::fs::write(path, &table).unwrap();
        }
        assert!(
            std::fs::read_to_string(path).unwrap() == table,
            "run UPDATE_RULES=1 cargo test"
        );
    }

    #[test]
    fn each_rule_has_a_name_of_its_own() {
        let names: HashSet<_> = Rule::ALL.iter().map(|rule| rule.name()).collect();
        assert_eq!(names.len(), Rule::ALL.len());
    }

    #[test]
    fn a_choice_has_two_readings_or_none() {
        for rule in Rule::ALL {
            assert_ne!(rule.entry().readings.len(), 1, "{}", rule.name());
        }
    }

    #[test]
    fn the_first_reading_is_in_force_until_another_is_chosen() {
        let readings = Readings::default();
        assert!(readings.is(Rule::ListsPaged, "records"));
        readings.choose("lists-paged", "array").unwrap();
        assert!(readings.is(Rule::ListsPaged, "array"));
        readings.reset();
        assert!(readings.is(Rule::ListsPaged, "records"));
    }

    #[test]
    fn a_wrong_choice_says_what_there_is_to_choose() {
        let readings = Readings::default();
        let error = readings.choose("lists-paged", "csv").unwrap_err();
        assert_eq!(
            error.to_string(),
            "the rule lists-paged can be read as records or array"
        );
        assert!(readings.choose("no-such-rule", "x").is_err());
        assert!(readings.choose("scope", "x").is_err());
    }
}
