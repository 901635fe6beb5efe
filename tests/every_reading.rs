//! Every reading of what is unknown, and every verb: the sandbox reads each of its rules otherwise, one at a
//! time and in combinations, and whatever the client does works, or fails before harm is done with an error
//! that names what was unexpected. The tables in `docs/reliability.md` are this test's expectation;
//! `UPDATE_DOCS=1 cargo test --test every_reading` writes them anew, for a person to read.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used
)]

mod support;

use std::{
    cell::RefCell,
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    pin::Pin,
};

use benchmark_email::{
    Contact, ContactId, Error, ErrorKind, ListId, NewContact, Value, contacts::PrimaryStatus,
};
use rand::{Rng, SeedableRng, rngs::StdRng};
use serde_json::json;
use support::{
    virtual_time::in_no_time,
    world::{JANE, World},
};

type Reading = (&'static str, &'static str);
/// What came of a verb, in a few words.
type Outcome = Result<&'static str, Error>;
const DONE: Outcome = Ok("done");
type Call<'w> = Pin<Box<dyn Future<Output = Outcome> + 'w>>;

/// The row of the table, what is called, and the call.
type Verb = (
    &'static str,
    &'static str,
    for<'w> fn(&'w Scene) -> Call<'w>,
);

/// What the client can do, in an order that has no meaning: each verb begins with the same account.
const VERBS: &[Verb] = &[
    ("structures", "all, get, primary", |s| {
        Box::pin(s.structures())
    }),
    ("structures", "update", |s| Box::pin(s.update_structure())),
    ("structures", "extend", |s| Box::pin(s.extend())),
    ("create", "create", |s| Box::pin(s.create())),
    ("create", "create, of an address that is there", |s| {
        Box::pin(s.create_again())
    }),
    ("create", "create, with spaces around its values", |s| {
        Box::pin(s.create_with_spaces())
    }),
    ("create", "create, with a list that is gone", |s| {
        Box::pin(s.create_with_what_is_gone())
    }),
    ("create", "create, with a field that is gone", |s| {
        Box::pin(s.create_with_a_removed_field())
    }),
    (
        "create",
        "create, with a field of another type since",
        |s| Box::pin(s.create_with_a_retyped_field()),
    ),
    ("create", "create, without a required field", |s| {
        Box::pin(s.create_without_a_required_field())
    }),
    ("create", "create, in a structure that is gone", |s| {
        Box::pin(s.create_in_a_structure_that_is_gone())
    }),
    ("find", "find and upsert, of one created just now", |s| {
        Box::pin(s.find_at_once())
    }),
    ("find", "find, in other case", |s| {
        Box::pin(s.find_in_other_case())
    }),
    (
        "leave",
        "unsubscribe, of an unknown id, with a key that may only read",
        |s| Box::pin(s.read_only()),
    ),
    ("create", "create, of one in other case", |s| {
        Box::pin(s.create_in_other_case())
    }),
    ("read", "get", |s| Box::pin(s.get())),
    ("read", "get, of an unknown id", |s| {
        Box::pin(s.get_unknown())
    }),
    ("read", "get, of an odd id", |s| Box::pin(s.get_odd())),
    ("read", "list, stream", |s| Box::pin(s.list())),
    ("find", "find", |s| Box::pin(s.find())),
    ("find", "find, of an address that isn't there", |s| {
        Box::pin(s.find_nobody())
    }),
    ("find", "search", |s| Box::pin(s.search())),
    ("find", "search for everybody()", |s| {
        Box::pin(s.search_everybody())
    }),
    ("find", "export", |s| Box::pin(s.export())),
    ("change", "update", |s| Box::pin(s.update())),
    ("change", "update of lists and tags", |s| {
        Box::pin(s.update_references())
    }),
    ("change", "replace", |s| Box::pin(s.replace())),
    ("change", "upsert, of one that is there", |s| {
        Box::pin(s.upsert())
    }),
    ("change", "upsert, of a new one", |s| {
        Box::pin(s.upsert_new())
    }),
    ("leave", "unsubscribe", |s| Box::pin(s.unsubscribe())),
    ("leave", "delete", |s| Box::pin(s.delete())),
    ("leave", "delete, of an unknown id", |s| {
        Box::pin(s.delete_unknown())
    }),
    ("events", "events", |s| Box::pin(s.events())),
    ("lists", "create", |s| Box::pin(s.create_list())),
    ("lists", "create, of a name that is there", |s| {
        Box::pin(s.create_list_again())
    }),
    ("lists", "get, all, query, find", |s| Box::pin(s.lists())),
    ("lists", "get, of an unknown id", |s| {
        Box::pin(s.get_unknown_list())
    }),
    ("lists", "rename", |s| Box::pin(s.rename_list())),
    ("lists", "duplicate, merge", |s| Box::pin(s.copy_lists())),
    ("lists", "delete, delete_many", |s| {
        Box::pin(s.delete_lists())
    }),
    ("lists", "delete, of an unknown id", |s| {
        Box::pin(s.delete_unknown_list())
    }),
];

/// What only comes of two readings together: an upsert that a lagging search doesn't show the contact to,
/// of a service that doesn't refuse a second one. No client can tell.
const WRITTEN_OVER: &str = "not found yet, and written over";
const TWO: &str = "not found yet, and there are two";

fn takes_a_lag_and_a_second(outcome: &str, readings: &[Reading]) -> bool {
    let unique = match outcome {
        WRITTEN_OVER => "update",
        TWO => "twice",
        _ => return false,
    };
    readings.contains(&("search-lag", "later"))
        && readings.contains(&("contact-key-unique", unique))
}

const UNKNOWN: &str = "aaaaaaaaaaaaaaaaaaaaaaaa";

/// An account with two contacts and two lists, made while every rule is read as at the start.
struct Scene {
    world: World,
    jane: Contact,
    news: ListId,
    partners: ListId,
    before: serde_json::Value,
    /// What a verb begins with, where it is something else.
    baseline: RefCell<serde_json::Value>,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let seed = json!({
            "lists": [{"name": "News"}, {"name": "Partners"}],
            "contacts": [
                {"key": JANE, "fields": {"First Name": "Jane", "Seats": 5, "Newsletter OK": true}, "lists": ["News"], "tags": ["VIP"]},
                {"key": "john@example.com", "fields": {"First Name": "John"}, "lists": ["News", "Partners"]},
            ],
        });
        world.sandbox.restore(seed).unwrap();
        world.client.structures().forget(world.structure.id());
        let structure = world.client.structures().primary().await.unwrap();
        let world = World { structure, ..world };
        let all = world.all();
        let jane = all.iter().find(|contact| contact.key == JANE).unwrap();
        let jane = world.contacts().get(&jane.id).await.unwrap();
        let lists = world.client.lists(world.structure.id());
        let [news, partners] =
            ["News", "Partners"].map(async |name| lists.find(name).await.unwrap().unwrap().id);
        let before = world.sandbox.snapshot();
        Self {
            jane,
            news: news.await,
            partners: partners.await,
            baseline: RefCell::new(before.clone()),
            before,
            world,
        }
    }

    /// The same account, read in this way from now on.
    fn read(&self, readings: &[Reading]) {
        self.world.sandbox.restore(self.before.clone()).unwrap();
        self.baseline.replace(self.before.clone());
        for (rule, reading) in self.default() {
            self.world.sandbox.read_rule(rule, reading).unwrap();
        }
        for (rule, reading) in readings {
            self.world.sandbox.read_rule(rule, reading).unwrap();
        }
    }

    fn default(&self) -> Vec<Reading> {
        let rules = self.world.sandbox.rules();
        let first = rules
            .iter()
            .filter_map(|rule| Some((rule.name, *rule.readings.first()?)));
        first.collect()
    }

    /// Each verb with what came of it.
    async fn run(&self, readings: &[Reading]) -> Vec<Outcome> {
        let mut outcomes = Vec::new();
        for (_, name, call) in VERBS {
            self.read(readings);
            let structure = self.world.structure.id();
            self.world.client.structures().forget(structure);
            let outcome = call(self).await;
            if let Err(error) = &outcome {
                self.told(readings, name, error);
            }
            outcomes.push(outcome);
        }
        outcomes
    }

    /// An error says what was unexpected, and nothing was done.
    fn told(&self, readings: &[Reading], verb: &str, error: &Error) {
        let shown = format!("{readings:?} {verb}: {error}");
        assert!(!error.is_outcome_unknown(), "{shown}");
        assert!(error.operation().is_some(), "{shown}");
        assert!(
            !shown.contains("jane@") && !shown.contains("john@"),
            "{shown}"
        );
        let service_says = error.errors().iter().any(|one| !one.message().is_empty());
        let we_say = error.kind() == ErrorKind::Unreadable;
        assert!(service_says || we_say, "{shown}");
        let contents = |snapshot: &serde_json::Value| {
            ["structures", "lists", "contacts"].map(|part| snapshot[part].clone())
        };
        let after = self.world.sandbox.snapshot();
        assert_eq!(
            contents(&after),
            contents(&self.baseline.borrow()),
            "harm was done: {shown}"
        );
    }

    /// Jane as the sandbox keeps her, but for what a change of her changes anyway.
    fn jane_now(&self, id: &ContactId) -> serde_json::Value {
        let snapshot = self.world.sandbox.snapshot();
        let contacts = snapshot["contacts"].as_array().unwrap();
        let found = contacts
            .iter()
            .find(|contact| contact["_id"] == id.as_str());
        let mut jane = found.unwrap().clone();
        for clockwork in ["__v", "updatedAt"] {
            jane.as_object_mut().unwrap().remove(clockwork);
        }
        jane
    }

    fn count(&self, key: &str) -> usize {
        let all = self.world.all();
        let same = |contact: &&Contact| contact.key.as_str().eq_ignore_ascii_case(key);
        all.iter().filter(same).count()
    }

    async fn structures(&self) -> Outcome {
        let structures = self.world.client.structures();
        assert_eq!(structures.all().await?.len(), 1);
        let structure = structures.primary().await?;
        assert_eq!(structure, structures.get(structure.id()).await?);
        DONE
    }

    async fn update_structure(&self) -> Outcome {
        let structures = self.world.client.structures();
        let id = self.world.structure.id();
        let changed = structures.update(id, |s| s.add_tag("New")).await?;
        assert!(changed.tag("New").is_ok());
        assert_eq!(changed.fields(), self.world.structure.fields());
        DONE
    }

    async fn extend(&self) -> Outcome {
        #[derive(serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        struct Customer {
            #[serde(rename = "Shoe Size")]
            shoe_size: Option<u32>,
        }

        let structures = self.world.client.structures();
        let changed = structures.extend::<Customer>(&self.world.structure).await?;
        assert!(changed.field("Shoe Size").is_ok());
        DONE
    }

    fn new_contact(&self, key: &str) -> NewContact {
        let new = NewContact::new(&self.world.structure, key);
        let new = new.field("First Name", "Ann").unwrap();
        new.field("Seats", 7).unwrap().list(&self.news)
    }

    async fn create(&self) -> Outcome {
        let ann = self
            .world
            .contacts()
            .create(self.new_contact("ann@example.com"))
            .await?;
        assert!(ann.is_on(&self.news));
        assert_eq!(self.world.seats(&ann), Some(7));
        assert_eq!(self.count("ann@example.com"), 1);
        DONE
    }

    /// A second contact of one address is refused, changes the first, or is made: which of them, the
    /// reading says. Never more than was asked for.
    async fn create_again(&self) -> Outcome {
        self.second(JANE).await
    }

    async fn create_in_other_case(&self) -> Outcome {
        self.second("JANE@example.com").await
    }

    async fn second(&self, key: &str) -> Outcome {
        let second = self.world.contacts().create(self.new_contact(key)).await?;
        if second.id == self.jane.id {
            assert_eq!(self.count(JANE), 1);
            return Ok("the first is changed");
        }
        assert_eq!(self.count(JANE), 2);
        Ok("there are two")
    }

    async fn create_with_spaces(&self) -> Outcome {
        let new = NewContact::new(&self.world.structure, "ann@example.com");
        let ann = self
            .world
            .contacts()
            .create(new.field("First Name", " Ann ")?)
            .await?;
        let ann = self
            .world
            .contacts()
            .update(&ann.id, |c| c.set("Company", "Acme "))
            .await?;
        assert_eq!(self.count("ann@example.com"), 1);
        match (
            self.world.text(&ann, "First Name"),
            self.world.text(&ann, "Company"),
        ) {
            (Some(" Ann "), Some("Acme ")) => DONE,
            (Some("Ann"), Some("Acme")) => Ok("done, with the spaces trimmed"),
            other => panic!("{other:?}"),
        }
    }

    /// What comes of a contact with a value or a list that the service doesn't have (any more).
    async fn create_with_what_is_gone(&self) -> Outcome {
        let new = NewContact::new(&self.world.structure, "ann@example.com");
        let gone = ListId::new(UNKNOWN).unwrap();
        let ann = self.world.contacts().create(new.list(&gone)).await?;
        assert!(!ann.is_on(&gone));
        Ok("done, without the list")
    }

    /// Somebody else's change of the structure, made to its JSON.
    fn change_structure(&self, change: impl FnOnce(&mut serde_json::Value)) {
        let mut snapshot = self.world.sandbox.snapshot();
        change(&mut snapshot["structures"][0]);
        self.world.sandbox.restore(snapshot).unwrap();
        self.baseline.replace(self.world.sandbox.snapshot());
    }

    fn field<'s>(structure: &'s mut serde_json::Value, label: &str) -> &'s mut serde_json::Value {
        let fields = structure["fields"].as_array_mut().unwrap();
        let mut fields = fields.iter_mut();
        fields.find(|field| field["label"] == label).unwrap()
    }

    fn new_with_company(&self) -> NewContact {
        let new = self.new_contact("ann@example.com");
        new.field("Company", "Acme").unwrap()
    }

    async fn create_with_a_removed_field(&self) -> Outcome {
        let new = self.new_with_company();
        self.change_structure(|structure| {
            let fields = structure["fields"].as_array_mut().unwrap();
            fields.retain(|field| field["label"] != "Company");
        });
        let ann = self.world.contacts().create(new).await?;
        assert_eq!(self.world.text(&ann, "Company"), None);
        Ok("done, without the value")
    }

    async fn create_with_a_retyped_field(&self) -> Outcome {
        let new = self.new_with_company();
        self.change_structure(|structure| {
            Self::field(structure, "Company")["dataType"] = json!("number");
        });
        self.world.contacts().create(new).await?;
        DONE
    }

    async fn create_without_a_required_field(&self) -> Outcome {
        let new = self.new_contact("ann@example.com");
        self.change_structure(|structure| {
            Self::field(structure, "Company")["required"] = json!(true);
        });
        self.world.contacts().create(new).await?;
        DONE
    }

    async fn create_in_a_structure_that_is_gone(&self) -> Outcome {
        let mut gone = serde_json::to_value(&self.world.structure).unwrap();
        gone["_id"] = json!(UNKNOWN);
        let gone = serde_json::from_value(gone).unwrap();
        let new = NewContact::new(&gone, "ann@example.com");
        self.world.contacts().create(new).await?;
        DONE
    }

    async fn read_only(&self) -> Outcome {
        let key = self.world.sandbox.read_only_key();
        let builder = self.world.time.builder(&self.world.sandbox).api_key(key);
        let reader = builder.build().unwrap();
        let id = ContactId::new(UNKNOWN).unwrap();
        reader.contacts().unsubscribe(&id).await?;
        DONE
    }

    /// One that was created just now, found and changed by address.
    async fn find_at_once(&self) -> Outcome {
        let contacts = self.world.contacts();
        contacts.create(self.new_contact("ann@example.com")).await?;
        let found = contacts
            .find(&self.world.structure, "ann@example.com")
            .await?;
        let upsert = contacts.upsert(&self.world.structure, "ann@example.com", |c| {
            c.set("Seats", 8)
        });
        let ann = upsert.await?.into_contact();
        assert_eq!(self.world.seats(&ann), Some(8));
        let is_whole = self.world.text(&ann, "First Name") == Some("Ann");
        Ok(
            match (found.is_some(), self.count("ann@example.com"), is_whole) {
                (true, 1, true) => "done",
                (false, 1, true) => "not found yet, changed all the same",
                (false, 1, false) => WRITTEN_OVER,
                (false, 2, false) => TWO,
                other => panic!("{other:?}"),
            },
        )
    }

    async fn find_in_other_case(&self) -> Outcome {
        let contacts = self.world.contacts();
        let found = contacts
            .find(&self.world.structure, "JANE@example.com")
            .await?;
        Ok(if found.is_some() { "done" } else { "not found" })
    }

    async fn get(&self) -> Outcome {
        let jane = self.world.contacts().get(&self.jane.id).await?;
        assert_eq!((&jane.id, &jane.key), (&self.jane.id, &self.jane.key));
        assert_eq!(self.world.seats(&jane), Some(5));
        assert!(jane.is_on(&self.news) && jane.is_active());
        assert_eq!(jane.tag_labels(&self.world.structure)?, ["VIP"]);
        DONE
    }

    async fn get_unknown(&self) -> Outcome {
        let id = ContactId::new(UNKNOWN).unwrap();
        self.world.contacts().get(&id).await.map(|_| "done")
    }

    async fn get_odd(&self) -> Outcome {
        self.world
            .contacts()
            .get(&ContactId::new("odd").unwrap())
            .await
            .map(|_| "done")
    }

    async fn list(&self) -> Outcome {
        let all = self.world.contacts().list().await?;
        assert_eq!(all.len(), 2);
        let mut streamed = Vec::new();
        let mut stream = self.world.contacts().stream();
        while let Some(contact) = in_no_time(stream.next()).await {
            streamed.push(contact?);
        }
        assert_eq!(streamed, all);
        DONE
    }

    async fn find(&self) -> Outcome {
        let found = self
            .world
            .contacts()
            .find(&self.world.structure, JANE)
            .await?
            .unwrap();
        assert_eq!(found.id, self.jane.id);
        let seats = found
            .field(&self.world.structure, "Seats")?
            .unwrap()
            .to_string();
        assert_eq!(seats, "5");
        DONE
    }

    async fn find_nobody(&self) -> Outcome {
        let found = self
            .world
            .contacts()
            .find(&self.world.structure, "ann@example.com")
            .await?;
        assert!(found.is_none());
        DONE
    }

    async fn search(&self) -> Outcome {
        let search = || self.world.contacts().search(&self.world.structure);
        for (search, count) in [
            (search().list(&self.news), 2),
            (search().tag("VIP"), 1),
            (search().field("Seats", 5), 1),
            (search().field("Newsletter OK", true), 1),
            (search().field("First Name", "Jane"), 1),
            (search().status(PrimaryStatus::Active), 2),
            (
                search().key(JANE).or(|group| group.key("john@example.com")),
                2,
            ),
        ] {
            assert_eq!(
                search.clone().page_size(1).stream().all().await?.len(),
                count
            );
            assert_eq!(search.page(1).await?.rows.len(), count);
        }
        DONE
    }

    async fn search_everybody(&self) -> Outcome {
        let search = self
            .world
            .contacts()
            .search(&self.world.structure)
            .everybody();
        assert_eq!(search.stream().all().await?.len(), 2);
        DONE
    }

    async fn export(&self) -> Outcome {
        let mut csv = Vec::new();
        let search = self
            .world
            .contacts()
            .search(&self.world.structure)
            .list(&self.news);
        in_no_time(search.export_to(&mut csv)).await?;
        assert!(String::from_utf8(csv).unwrap().contains(JANE));
        DONE
    }

    async fn update(&self) -> Outcome {
        let mut expected = self.jane_now(&self.jane.id);
        let joan = self
            .world
            .contacts()
            .update(&self.jane.id, |c| c.set("First Name", "Joan"))
            .await?;
        assert_eq!(self.world.text(&joan, "First Name"), Some("Joan"));
        let id = self.world.structure.field("First Name")?.id.as_str();
        let fields = expected["fields"].as_array_mut().unwrap();
        fields.iter_mut().find(|field| field["_id"] == id).unwrap()["value"] = json!("Joan");
        assert_eq!(self.jane_now(&self.jane.id), expected);
        DONE
    }

    async fn update_references(&self) -> Outcome {
        let contacts = self.world.contacts();
        let update = contacts.update(&self.jane.id, |c| {
            c.add_list(&self.partners)?
                .remove_list(&self.news)?
                .remove_tag("VIP")?
                .add_tag("Lead")
        });
        let jane = update.await?;
        assert!(jane.is_on(&self.partners) && !jane.is_on(&self.news));
        assert_eq!(jane.tag_labels(&self.world.structure)?, ["Lead"]);
        DONE
    }

    async fn replace(&self) -> Outcome {
        let mut jane = self.world.contacts().get(&self.jane.id).await?;
        jane.set(&self.world.structure, "Seats", None::<u32>)?;
        let jane = self.world.contacts().replace(&jane).await?;
        let seats = jane.field(&self.world.structure, "Seats")?;
        assert!(seats.is_none_or(Value::is_null));
        assert_eq!(self.world.text(&jane, "First Name"), Some("Jane"));
        // A replacement of what isn't there any more is refused.
        let stale = self.world.contacts().replace(&self.jane).await;
        assert!(stale.is_err_and(|stale| stale.is_conflict()));
        DONE
    }

    async fn upsert(&self) -> Outcome {
        let contacts = self.world.contacts();
        let upsert = contacts.upsert(&self.world.structure, JANE, |c| c.set("Seats", 6));
        let jane = upsert.await?.into_contact();
        assert_eq!(
            (&jane.id, self.world.seats(&jane)),
            (&self.jane.id, Some(6))
        );
        assert_eq!(self.count(JANE), 1);
        DONE
    }

    async fn upsert_new(&self) -> Outcome {
        for seats in [1, 2] {
            let contacts = self.world.contacts();
            let upsert = contacts.upsert(&self.world.structure, "ann@example.com", |c| {
                c.set("Seats", seats)?.add_tag("VIP")?.add_list(&self.news)
            });
            let ann = upsert.await?.into_contact();
            assert_eq!(self.world.seats(&ann), Some(seats));
            assert_eq!(ann.tag_labels(&self.world.structure)?, ["VIP"]);
            assert!(ann.is_on(&self.news));
            assert_eq!(self.count("ann@example.com"), 1);
            // Two upserts in a row of one that a lagging search doesn't show are `lost_answers`' business.
            self.world
                .time
                .pass(std::time::Duration::from_secs(120))
                .await;
        }
        DONE
    }

    async fn unsubscribe(&self) -> Outcome {
        for _ in 0..2 {
            let jane = self.world.contacts().unsubscribe(&self.jane.id).await?;
            assert!(jane.is_inactive());
            assert_eq!(
                self.jane_now(&self.jane.id)["status"]["primary"],
                "Inactive"
            );
        }
        DONE
    }

    async fn delete(&self) -> Outcome {
        let gone = self.world.contacts().delete(&self.jane.id).await?;
        assert!(gone.is_none_or(|gone| gone.id == self.jane.id));
        assert_eq!(self.count(JANE), 0);
        DONE
    }

    async fn delete_unknown(&self) -> Outcome {
        let id = ContactId::new(UNKNOWN).unwrap();
        self.world.contacts().delete(&id).await.map(|_| "done")
    }

    async fn events(&self) -> Outcome {
        self.world
            .contacts()
            .events(&self.jane.id)
            .stream()
            .all()
            .await?;
        self.world.contacts().all_events().stream().all().await?;
        DONE
    }

    fn lists_of(&self) -> benchmark_email::lists::Lists {
        self.world.client.lists(self.world.structure.id())
    }

    async fn create_list(&self) -> Outcome {
        let list = self.lists_of().create("Spring").await?;
        assert_eq!(list.name, "Spring");
        DONE
    }

    async fn create_list_again(&self) -> Outcome {
        let list = self.lists_of().create("News").await?;
        assert_ne!(list.id, self.news);
        DONE
    }

    async fn lists(&self) -> Outcome {
        let lists = self.lists_of();
        assert_eq!(lists.get(&self.news).await?.name, "News");
        assert_eq!(lists.all().await?.len(), 2);
        assert_eq!(lists.query().page_size(1).stream().all().await?.len(), 2);
        assert_eq!(lists.query().page(1).await?.rows.len(), 2);
        assert_eq!(lists.find("Partners").await?.unwrap().id, self.partners);
        DONE
    }

    async fn get_unknown_list(&self) -> Outcome {
        self.lists_of()
            .get(&ListId::new(UNKNOWN).unwrap())
            .await
            .map(|_| "done")
    }

    async fn rename_list(&self) -> Outcome {
        let lists = self.lists_of();
        let news = lists.get(&self.news).await?;
        assert_eq!(
            lists.rename(&news, "Monthly News").await?.name,
            "Monthly News"
        );
        DONE
    }

    async fn copy_lists(&self) -> Outcome {
        let lists = self.lists_of();
        let copy = lists.duplicate(&self.news, "Copy").await?;
        let both = lists
            .merge(&[self.news.clone(), self.partners.clone()], "Both")
            .await?;
        assert_eq!((copy.name.as_str(), both.name.as_str()), ("Copy", "Both"));
        DONE
    }

    async fn delete_lists(&self) -> Outcome {
        let lists = self.lists_of();
        lists.delete(&self.news).await?;
        lists
            .delete_many(std::slice::from_ref(&self.partners))
            .await?;
        assert!(lists.all().await?.is_empty());
        assert_eq!(self.world.all().len(), 2);
        DONE
    }

    async fn delete_unknown_list(&self) -> Outcome {
        self.lists_of()
            .delete(&ListId::new(UNKNOWN).unwrap())
            .await
            .map(|()| "done")
    }
}

fn kind(outcome: &Outcome) -> String {
    match outcome {
        Ok(done) => (*done).to_owned(),
        Err(error) => format!("{:?}", error.kind()),
    }
}

/// Ids are others at every run.
fn without_ids(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_hexdigit());
    let shown = words.map(|word| {
        let digits = word.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
        let is_id = digits.len() == UNKNOWN.len();
        if is_id {
            word.replace(digits, "…")
        } else {
            word.to_owned()
        }
    });
    shown.collect()
}

/// Every other reading than the first of each rule.
fn alternatives(scene: &Scene) -> Vec<Reading> {
    let rules = scene.world.sandbox.rules();
    let others = rules.iter().flat_map(|rule| {
        let others = rule.readings.iter().skip(1);
        others.map(|reading| (rule.name, *reading))
    });
    others.collect()
}

/// The outcomes of each reading alone, those of none first.
async fn alone(scene: &Scene) -> Vec<(Option<Reading>, Vec<Outcome>)> {
    let mut all = vec![(None, scene.run(&[]).await)];
    for reading in alternatives(scene) {
        all.push((Some(reading), scene.run(&[reading]).await));
    }
    all
}

#[tokio::test(start_paused = true)]
async fn each_reading_alone_lets_every_verb_work_or_fail_before_harm_is_done() {
    let scene = Scene::new().await;
    let all = alone(&scene).await;
    let usual: Vec<String> = all[0].1.iter().map(kind).collect();

    let groups: BTreeSet<&str> = VERBS.iter().map(|(group, ..)| *group).collect();
    let mut table = format!(
        "| Rule | Read as | {} |\n|---|---|",
        groups.iter().copied().collect::<Vec<_>>().join(" | ")
    );
    table.push_str(&"---|".repeat(groups.len()));
    table.push('\n');
    let mut told =
        String::from("\n| Rule | Read as | Verb | What the error says |\n|---|---|---|---|\n");
    for (reading, outcomes) in &all {
        let (rule, name) = reading.unwrap_or(("(all)", "at the start"));
        let mut cells: BTreeMap<&str, Vec<String>> = BTreeMap::new();
        for (((group, verb, _), outcome), usual) in VERBS.iter().zip(outcomes).zip(&usual) {
            let cell = cells.entry(*group).or_default();
            let kind = kind(outcome);
            let is_news = if reading.is_some() {
                kind != *usual
            } else {
                kind != "done"
            };
            if !is_news {
                continue;
            }
            cell.push(format!("{verb}: {kind}"));
            if let Err(error) = outcome {
                let text = error.to_string().replace('|', "\\|");
                let text = without_ids(&text);
                writeln!(told, "| `{rule}` | `{name}` | {verb} | {text} |").unwrap();
            }
        }
        let as_usual = if reading.is_some() {
            "the same"
        } else {
            "done"
        };
        let shown = cells.values().map(|cell| match cell.as_slice() {
            [] => as_usual.to_owned(),
            some => some.join("; "),
        });
        writeln!(
            table,
            "| `{rule}` | `{name}` | {} |",
            shown.collect::<Vec<_>>().join(" | ")
        )
        .unwrap();
    }
    table.push_str(&told);
    support::tables::compare("readings", &table);
}

#[test]
fn readings_together_bring_nothing_that_none_of_them_brings() {
    const COMBINATIONS: u64 = 300;
    const THREADS: usize = 4;
    // Each in a time of its own.
    let share = |first| move || in_virtual_time(together((first..COMBINATIONS).step_by(THREADS)));
    let threads: Vec<_> = (0_u64..)
        .take(THREADS)
        .map(|first| std::thread::spawn(share(first)))
        .collect();
    let ran: usize = threads
        .into_iter()
        .map(|thread| thread.join().unwrap())
        .sum();
    assert_eq!(ran, 300);
}

fn in_virtual_time<T>(test: impl Future<Output = T>) -> T {
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    let runtime = runtime.enable_all().start_paused(true).build().unwrap();
    runtime.block_on(test)
}

/// Runs the combinations of these seeds; how many there were.
async fn together(seeds: impl Iterator<Item = u64>) -> usize {
    let scene = Scene::new().await;
    let mut known: Vec<BTreeSet<String>> = vec![BTreeSet::new(); VERBS.len()];
    for (_, outcomes) in alone(&scene).await {
        for (kinds, outcome) in known.iter_mut().zip(&outcomes) {
            kinds.insert(kind(outcome));
        }
    }
    let rules = scene.world.sandbox.rules();
    let mut ran = 0;
    for seed in seeds {
        let mut dice = StdRng::seed_from_u64(seed);
        let readings: Vec<Reading> = rules
            .iter()
            .filter(|rule| !rule.readings.is_empty())
            .map(|rule| {
                (
                    rule.name,
                    rule.readings[dice.random_range(0..rule.readings.len())],
                )
            })
            .collect();
        let outcomes = scene.run(&readings).await;
        for ((kinds, outcome), (_, verb, _)) in known.iter().zip(outcomes).zip(VERBS) {
            let kind = kind(&outcome);
            assert!(
                kinds.contains(&kind) || takes_a_lag_and_a_second(&kind, &readings),
                "seed {seed}, {verb}: {kind} {outcome:?}\n{readings:?}"
            );
        }
        ran += 1;
    }
    ran
}
