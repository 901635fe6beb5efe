//! Everything one sandbox knows, shared by all its connections.
//!
//! Each part has its own lock; none is held while waiting, and no part takes another's lock.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError, RwLock};

use crate::access::Gate;
use crate::account::Account;
use crate::clock::Clock;
use crate::faults::Faults;
use crate::limits::Left;
use crate::log::{Expecting, Log};
use crate::rules::{ReadingError, Readings, Rule};

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) clock: Clock,
    pub(crate) readings: Readings,
    pub(crate) account: RwLock<Account>,
    pub(crate) faults: Faults,
    pub(crate) log: Log,
    gate: Mutex<Gate>,
}

impl World {
    pub(crate) fn new(clock: Clock, account: Account, gate: Gate, log: Log) -> Self {
        Self {
            clock,
            readings: Readings::default(),
            account: RwLock::new(account),
            faults: Faults::default(),
            log,
            gate: Mutex::new(gate),
        }
    }

    pub(crate) fn gate(&self) -> MutexGuard<'_, Gate> {
        self.gate.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What the account has left.
    pub(crate) fn left(&self) -> Left {
        self.gate().limits.left(self.clock.moment())
    }
}

impl Expecting for World {
    fn log(&self) -> &Log {
        &self.log
    }
}

impl World {
    /// Chooses a reading, and lets the account follow it where it must.
    pub(crate) fn choose_reading(&self, rule: &str, reading: &str) -> Result<(), ReadingError> {
        if self.readings.choose(rule, reading)? == Rule::ContactKeyCase {
            let sensitive = self.readings.is(Rule::ContactKeyCase, "sensitive");
            self.account
                .write()
                .unwrap_or_else(PoisonError::into_inner)
                .set_case_sensitive(sensitive);
        }
        Ok(())
    }
}

impl World {
    /// How many contacts, structures and lists there are.
    pub(crate) fn sizes(&self) -> (usize, usize, usize) {
        let account = self.account.read().unwrap_or_else(PoisonError::into_inner);
        (
            account.contacts().len(),
            account.structures().len(),
            account.lists().count(),
        )
    }

    /// An account as on the first day: the default structure and nothing else, every rule in its default
    /// reading, no faults, limits unused. API keys and clock stay; so do expectations.
    pub(crate) fn reset(&self) -> io::Result<()> {
        let now = self.clock.moment();
        self.readings.reset();
        self.account
            .write()
            .unwrap_or_else(PoisonError::into_inner)
            .reset(now)?;
        self.faults.clear_all();
        self.log.clear();
        self.gate().reset(now);
        Ok(())
    }
}
