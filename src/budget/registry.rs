//! The budgets of this process, by account. What was learned of an account
//! outlives its last client for as long as it matters, so that a program that
//! makes a client for each request doesn't start anew each time.

use std::{
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use super::line::Shared;
use super::names::AccountName;

#[derive(Default)]
pub(super) struct Registry {
    budgets: HashMap<AccountName, Arc<Shared>>,
    /// When as many are known, those that no longer matter go.
    full: usize,
}

/// However few matter, so many are kept before another look is worth its time.
const FEW: usize = 16;

impl Registry {
    /// The budget of this account: the same one, as long as it matters.
    pub(super) fn budget_of(&mut self, account: AccountName) -> Arc<Shared> {
        if let Some(shared) = self.budgets.get(&account) {
            return Arc::clone(shared);
        }
        if self.budgets.len() >= self.full {
            self.budgets
                .retain(|_, shared| Arc::strong_count(shared) > 1 || shared.matters());
            self.full = self.budgets.len().saturating_mul(2).max(FEW);
        }
        let shared = Arc::<Shared>::default();
        self.budgets.insert(account, Arc::clone(&shared));
        shared
    }
}

/// The budget of this account in this process.
pub(super) fn shared(account: AccountName) -> Arc<Shared> {
    static KNOWN: LazyLock<Mutex<Registry>> = LazyLock::new(Mutex::default);
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    known.budget_of(account)
}

#[cfg(test)]
impl Registry {
    pub(super) fn len(&self) -> usize {
        self.budgets.len()
    }

    pub(super) fn knows(&self, account: AccountName) -> bool {
        self.budgets.contains_key(&account)
    }
}
