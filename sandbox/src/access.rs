//! Who may ask: API keys with their scopes and states, the account's standing, blocked addresses.

use std::collections::HashMap;
use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};

use crate::answer::Refusal;
use crate::clock::Moment;
use crate::limits::{Left, Limits};
use crate::rules::Rule;

const BAD_KEYS: u32 = 10;
const BLOCK_SECONDS: i64 = 15 * 60;

/// Whether an API key works.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum KeyState {
    /// It works.
    #[default]
    Active,
    /// Switched off by the owner: 401 `Invalid API key`.
    Inactive,
    /// Past its date: 401 `API key expired`.
    Expired,
}

/// Whether the account may use the API.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Standing {
    /// In order.
    #[default]
    Open,
    /// Cancelled, but not yet closed: still in order.
    PendingCancel,
    /// 403.
    Suspended,
    /// 403.
    PastDue,
    /// 403.
    Terminated,
}

/// What an operation needs of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Needs {
    Read,
    Write,
}

impl Needs {
    pub(crate) fn scope(self) -> &'static str {
        match self {
            Self::Read => "contacts:read",
            Self::Write => "contacts:write",
        }
    }

    fn met_by(self, scope: &str) -> bool {
        scope == Self::Write.scope() || scope == self.scope()
    }
}

/// An API key of the account.
#[derive(Clone)]
pub(crate) struct Key {
    pub(crate) secret: String,
    pub(crate) scopes: Vec<String>,
    pub(crate) state: KeyState,
}

impl Key {
    pub(crate) fn new(secret: String, scopes: &[&str]) -> Self {
        let scopes = scopes.iter().map(|scope| (*scope).to_owned()).collect();
        Self {
            secret,
            scopes,
            state: KeyState::Active,
        }
    }

    /// Whether a request's header can carry this secret.
    pub(crate) fn can_be_sent(secret: &str) -> bool {
        !secret.is_empty() && secret.bytes().all(|byte| byte.is_ascii_graphic())
    }

    /// A key in the service's newest format.
    pub(crate) fn random_secret() -> String {
        let tail = std::iter::repeat_with(fastrand::alphanumeric).take(43);
        format!("bme_us_{}", tail.collect::<String>())
    }

    /// How logs name the key.
    pub(crate) fn shown(&self) -> String {
        shorten(&self.secret)
    }
}

/// The secret stays out of debug output.
impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Key")
            .field("key", &self.shown())
            .field("scopes", &self.scopes)
            .field("state", &self.state)
            .finish_non_exhaustive()
    }
}

/// The last four characters of a key, which is how an owner tells keys apart.
fn shorten(secret: &str) -> String {
    let count = secret.chars().count();
    let tail: String = secret
        .chars()
        .skip(count.saturating_sub(4).max(count / 2))
        .collect();
    format!("…{tail}")
}

/// The gate that each request passes before anything is done.
#[derive(Debug)]
pub(crate) struct Gate {
    pub(crate) keys: Vec<Key>,
    pub(crate) standing: Standing,
    pub(crate) limits: Limits,
    failures: HashMap<IpAddr, Failures>,
}

#[derive(Debug)]
struct Failures {
    count: u32,
    since: Moment,
}

/// What the gate found out about a request.
pub(crate) struct Seen {
    /// The key, shortened, if it is one of the account's.
    pub(crate) key: Option<String>,
    /// What the account has left, if the key is good.
    pub(crate) left: Option<Left>,
    /// The refusal, if there is one.
    pub(crate) verdict: Result<(), Refusal>,
}

impl Gate {
    pub(crate) fn new(keys: Vec<Key>, limits: Limits) -> Self {
        Self {
            keys,
            standing: Standing::Open,
            limits,
            failures: HashMap::new(),
        }
    }

    /// Judges a request in the order: blocked address, key, standing, scope, limits.
    pub(crate) fn judge(
        &mut self,
        secret: Option<&str>,
        from: IpAddr,
        needs: Needs,
        now: Moment,
    ) -> Seen {
        let refused = |key, left, refusal| Seen {
            key,
            left,
            verdict: Err(refusal),
        };
        if let Some(refusal) = self.blocked(from, now) {
            return refused(None, None, refusal);
        }
        let key = match self.key(secret) {
            Ok(key) => key,
            Err(refusal) => {
                self.count_failure(from, now);
                return refused(None, None, refusal);
            }
        };
        let shown = Some(key.shown());
        let has_scope = key.scopes.iter().any(|scope| needs.met_by(scope));
        self.failures.remove(&from);
        if !matches!(self.standing, Standing::Open | Standing::PendingCancel) {
            let message = "Account does not have API access";
            return refused(shown, None, Refusal::forbidden(Rule::Standing, message));
        }
        if !has_scope {
            let message = format!("API key missing required scope: {}", needs.scope());
            let left = Some(self.limits.left(now));
            return refused(shown, left, Refusal::forbidden(Rule::Scope, message));
        }
        match self.limits.take(now) {
            Ok(left) => Seen {
                key: shown,
                left: Some(left),
                verdict: Ok(()),
            },
            Err(refusal) => refused(shown, Some(self.limits.left(now)), refusal),
        }
    }

    /// As on the first day, but for the keys.
    pub(crate) fn reset(&mut self, now: Moment) {
        self.failures.clear();
        self.limits.reset(now);
        self.standing = Standing::Open;
    }

    fn key(&self, secret: Option<&str>) -> Result<&Key, Refusal> {
        let invalid = |rule| Refusal::unauthorized(rule, "Invalid API key");
        let secret = secret.ok_or_else(|| invalid(Rule::KeyPresent))?;
        let key = self
            .keys
            .iter()
            .find(|key| key.secret == secret)
            .ok_or_else(|| invalid(Rule::KeyKnown))?;
        match key.state {
            KeyState::Active => Ok(key),
            KeyState::Inactive => Err(invalid(Rule::KeyKnown)),
            KeyState::Expired => Err(Refusal::unauthorized(Rule::KeyExpired, "API key expired")),
        }
    }

    fn blocked(&mut self, from: IpAddr, now: Moment) -> Option<Refusal> {
        let failures = self.failures.get(&from)?;
        let ends = failures.since.plus_seconds(BLOCK_SECONDS);
        // Failures of the future were seen before the clock was set back.
        if ends <= now || now < failures.since {
            self.failures.remove(&from);
            return None;
        }
        (failures.count >= BAD_KEYS).then(|| {
            let message = "Too many failed authentication attempts. Please try again later.";
            Refusal::too_many(Rule::AddressBlock, message, now.seconds_until(ends))
        })
    }

    fn count_failure(&mut self, from: IpAddr, now: Moment) {
        let failures = self.failures.entry(from).or_insert(Failures {
            count: 0,
            since: now,
        });
        failures.count += 1;
        if failures.count == BAD_KEYS {
            failures.since = now;
        }
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use std::net::Ipv4Addr;

    use super::*;

    const HOME: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);
    const AWAY: IpAddr = IpAddr::V4(Ipv4Addr::BROADCAST);

    fn gate() -> (Gate, Moment) {
        let now = Moment::from_unix_seconds(1_000_000);
        let keys = vec![
            Key::new("writer".into(), &["contacts:write"]),
            Key::new("reader".into(), &["contacts:read"]),
        ];
        (Gate::new(keys, Limits::new(3600, 100_000, now)), now)
    }

    fn rule(seen: Seen) -> Rule {
        seen.verdict.unwrap_err().rule
    }

    #[test]
    fn write_implies_read_and_not_the_reverse() {
        let (mut gate, now) = gate();
        assert!(
            gate.judge(Some("writer"), HOME, Needs::Read, now)
                .verdict
                .is_ok()
        );
        assert_eq!(
            rule(gate.judge(Some("reader"), HOME, Needs::Write, now)),
            Rule::Scope
        );
    }

    #[test]
    fn many_bad_keys_block_the_address_and_no_other_until_the_block_ends() {
        let (mut gate, now) = gate();
        for _ in 0..BAD_KEYS {
            assert_eq!(
                rule(gate.judge(Some("wrong"), HOME, Needs::Read, now)),
                Rule::KeyKnown
            );
        }
        let blocked = gate
            .judge(Some("writer"), HOME, Needs::Read, now)
            .verdict
            .unwrap_err();
        assert_eq!(
            (blocked.rule, blocked.retry_after),
            (Rule::AddressBlock, Some(900))
        );
        assert!(
            gate.judge(Some("writer"), AWAY, Needs::Read, now)
                .verdict
                .is_ok()
        );
        assert!(
            gate.judge(Some("writer"), HOME, Needs::Read, now.plus_seconds(900))
                .verdict
                .is_ok()
        );
    }

    #[test]
    fn a_good_key_forgives_the_bad_ones_before_it() {
        let (mut gate, now) = gate();
        for _ in 1..BAD_KEYS {
            gate.judge(None, HOME, Needs::Read, now);
        }
        assert!(
            gate.judge(Some("reader"), HOME, Needs::Read, now)
                .verdict
                .is_ok()
        );
        assert_eq!(
            rule(gate.judge(None, HOME, Needs::Read, now)),
            Rule::KeyPresent
        );
    }

    #[test]
    fn a_block_does_not_outlast_a_clock_set_back() {
        let (mut gate, now) = gate();
        for _ in 0..BAD_KEYS {
            gate.judge(None, HOME, Needs::Read, now);
        }
        let back = now.plus_seconds(-3600);
        assert!(
            gate.judge(Some("reader"), HOME, Needs::Read, back)
                .verdict
                .is_ok()
        );
    }

    #[test]
    fn a_key_is_shown_by_its_end_only() {
        let key = Key::new(Key::random_secret(), &[]);
        assert_eq!(key.secret.len(), 50);
        assert_eq!(key.shown().chars().count(), 5);
        assert!(!format!("{key:?}").contains(&key.secret));
        assert_eq!(shorten("abcd"), "…cd");
    }
}
