//! One account in virtual time: its sandbox, a client, Jane, and whatever goes wrong.

use std::time::Duration;

use benchmark_email::{
    Client, Contact, Error, NewContact, Structure, Value,
    contacts::{Contacts, Edit},
    retry::RetryPolicy,
};
use benchmark_email_sandbox::{Fault, Sandbox};

use super::virtual_time::Time;

pub const JANE: &str = "jane@example.com";
pub struct World {
    pub sandbox: Sandbox,
    pub time: Time,
    pub client: Client,
    pub structure: Structure,
}

impl World {
    pub async fn new() -> Self {
        let sandbox = Sandbox::start().await.unwrap();
        let time = Time::of(&sandbox);
        let client = time.client(&sandbox);
        let structure = client.structures().primary().await.unwrap();
        Self {
            sandbox,
            time,
            client,
            structure,
        }
    }

    pub async fn lagging(lag: Duration) -> Self {
        let world = Self::new().await;
        world.sandbox.set_search_lag(lag);
        world
    }

    pub fn contacts(&self) -> Contacts {
        self.client.contacts()
    }

    /// Contacts by a client that makes one attempt, and so one look where its answer is lost.
    pub fn hasty(&self) -> Contacts {
        self.client.with_retry(RetryPolicy::none()).contacts()
    }

    pub fn new_jane(&self) -> NewContact {
        let jane = NewContact::new(&self.structure, JANE);
        let jane = jane.field("First Name", "Jane").unwrap();
        jane.field("Seats", 5).unwrap()
    }

    pub async fn jane(&self) -> Contact {
        self.contacts().create(self.new_jane()).await.unwrap()
    }

    /// Jane, who was there long before.
    pub async fn old_jane(&self) -> Contact {
        let jane = self.jane().await;
        self.time.pass(Duration::from_secs(120)).await;
        jane
    }

    /// What the sandbox does with the next requests of an operation, in turn.
    pub fn script<const N: usize>(&self, operation: &str, faults: [Fault; N]) {
        for fault in faults {
            self.sandbox.fault(fault.on(operation).times(1));
        }
    }

    /// What it does with all of them.
    pub fn always(&self, operation: &str, fault: Fault) {
        self.sandbox.fault(fault.on(operation));
    }

    pub fn asked(&self, operation: &str) -> usize {
        let requests = self.sandbox.requests();
        let of = requests
            .iter()
            .filter(|request| request.operation == Some(operation));
        of.count()
    }

    /// Everybody, without a request.
    pub fn all(&self) -> Vec<Contact> {
        let mut snapshot = self.sandbox.snapshot();
        serde_json::from_value(snapshot["contacts"].take()).unwrap()
    }

    pub async fn now(&self, jane: &Contact) -> Contact {
        self.sandbox.clear_faults();
        self.contacts().get(&jane.id).await.unwrap()
    }

    pub fn seats(&self, jane: &Contact) -> Option<i64> {
        jane.field(&self.structure, "Seats")
            .unwrap()
            .and_then(Value::as_i64)
    }

    pub fn text<'c>(&self, jane: &'c Contact, field: &str) -> Option<&'c str> {
        jane.field(&self.structure, field)
            .unwrap()
            .and_then(Value::as_str)
    }

    /// Somebody else's change, as soon as so many replacements were asked for.
    pub async fn meanwhile(
        &self,
        jane: &Contact,
        asked: usize,
        change: fn(&mut Edit) -> Result<&mut Edit, Error>,
    ) {
        let asked = asked + self.asked("replaceContact");
        while self.asked("replaceContact") < asked {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let other = self.time.client(&self.sandbox);
        other.contacts().update(&jane.id, change).await.unwrap();
    }

    /// A client that waits some time before each further attempt, so that others can come first.
    pub fn slow(&self) -> Client {
        let policy = RetryPolicy::default();
        let minute = Duration::from_secs(60);
        self.client
            .with_retry(policy.base_delay(minute).max_delay(minute))
    }
}

pub fn one_more(edit: &mut Edit) -> Result<&mut Edit, Error> {
    let seats = edit.get("Seats")?.and_then(Value::as_i64).unwrap_or(0);
    edit.set("Seats", seats + 1)
}

pub fn acme(edit: &mut Edit) -> Result<&mut Edit, Error> {
    edit.set("Company", "Acme")
}
