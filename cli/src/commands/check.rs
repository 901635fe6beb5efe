//! `bme check`: whether everything is in order, in two requests, or three if the network fails.

use std::time::SystemTime;

use benchmark_email::{Error, ErrorKind, budget::BudgetState, retry::RetryPolicy};
use http::Method;
use serde_json::json;

use crate::{
    context::Context,
    output::{Column, Exit, Failure, clock_on_the_wall},
    records::{CheckRecord, Left},
};

/// Two requests: one that reads, and one that would write if there were what it names.
///
/// Whether the API key may write is learned by unsubscribing a contact with an id that none has, which changes nothing
/// however the service reads it. A key that may not write hears which scope it lacks, another one that there is no
/// such contact. A service that looks for the contact before it judges the scope answers both alike; a creation would
/// tell them apart, but one that is refused here may be carried out by a service more lenient than its texts.
#[derive(clap::Args, Debug)]
pub(crate) struct Args {}

const READ: &str = "contacts:read";
const WRITE: &str = "contacts:write";

/// A contact whose id none has: the service makes ids of the time.
const NOBODY: &str = "/api/contact/000000000000000000000000";

impl Args {
    pub(super) async fn run(self, context: &Context) -> Result<Exit, Failure> {
        let account = context.account().await?;
        let once = account.client.with_retry(RetryPolicy::none());
        // By hand, as the library looks for the contact itself where the answer is none.
        let unsubscribe =
            json!({ "status": { "primary": "Inactive", "secondary": "Unsubscribe" } });
        let answer = once.request(Method::PATCH, NOBODY, Some(&unsubscribe));
        let refusal = answer.await.err();
        let refusal = match refusal {
            Some(failure) if says_nothing_of_writing(&failure) => return Err(failure.into()),
            refusal => refusal,
        };
        let clock = refusal.as_ref().and_then(clock_ahead);
        // Assumed: the scope is judged before the contact is looked for.
        let may_write = match refusal.as_ref().map(Error::kind) {
            Some(ErrorKind::MissingScope) => Some(false),
            Some(ErrorKind::NotFound) => Some(true),
            _ => None,
        };
        // A read comes last, as only its answer surely tells what is left.
        let brief = account
            .client
            .with_retry(RetryPolicy::default().max_attempts(2));
        let structures = brief.structures().all().await?;
        let budget = account.client.budget();
        let mut scopes = vec![READ];
        scopes.extend((may_write == Some(true)).then_some(WRITE));
        let record = CheckRecord {
            account: account.name().to_owned(),
            base_url: account.base_url().to_owned(),
            scopes,
            structures: structures
                .iter()
                .map(|structure| structure.label().to_owned())
                .collect(),
            hour: hour(&budget),
            month: Left {
                limit: budget.quota_limit,
                remaining: budget.quota_remaining,
                resets_at: None,
            },
            clock_ahead_seconds: clock,
        };
        let writes = match may_write {
            Some(true) => format!("{READ}, {WRITE} as far as can be told"),
            Some(false) => format!(
                "{READ}; to write, widen the key's scopes by {WRITE} in Settings > API Keys"
            ),
            None => format!("{READ}; may write: can't be told"),
        };
        let cells = vec![
            record.account.clone(),
            record.base_url.clone(),
            "accepted".to_owned(),
            writes,
            "in order".to_owned(),
            record.structures.join(", "),
            hour_text(&budget),
            left_text(budget.quota_remaining, budget.quota_limit),
            clock_text(clock),
        ];
        let columns = [
            ("account", "Account"),
            ("baseUrl", "Base URL"),
            ("key", "API key"),
            ("scopes", "Scopes"),
            ("standing", "Standing"),
            ("structures", "Structures"),
            ("hour", "Hour"),
            ("month", "Month"),
            ("clock", "Clock"),
        ];
        let columns = columns
            .map(|(name, heading)| Column::new(name, heading))
            .into();
        context.output.record(columns, &record, cells)?;
        Ok(Exit::Done)
    }
}

/// Whether nothing else can be asked either: the key, the account or the way to it is not in order.
fn says_nothing_of_writing(failure: &Error) -> bool {
    let is_refused = failure.is_access() && failure.kind() != ErrorKind::MissingScope;
    is_refused || failure.is_rate_limited() || failure.status().is_none()
}

/// How far this machine's clock is ahead of the service's.
fn clock_ahead(refusal: &Error) -> Option<i64> {
    let date = jiff::fmt::rfc2822::parse(refusal.header("date")?).ok()?;
    let now = jiff::Timestamp::try_from(SystemTime::now()).ok()?;
    Some(now.as_second() - date.timestamp().as_second())
}

fn clock_text(ahead: Option<i64>) -> String {
    match ahead {
        None => "the service tells no time".to_owned(),
        Some(seconds @ -5..=5) => format!("right ({seconds} s apart)"),
        Some(seconds @ 0..) => format!("{seconds} s ahead of the service's: set it"),
        Some(seconds) => format!("{} s behind the service's: set it", -seconds),
    }
}

fn hour(budget: &BudgetState) -> Left {
    let resets_at = budget
        .resets_at
        .and_then(|at| jiff::Timestamp::try_from(at).ok());
    Left {
        limit: budget.limit,
        remaining: budget.remaining,
        resets_at: resets_at.map(|at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string()),
    }
}

fn hour_text(budget: &BudgetState) -> String {
    let left = left_text(budget.remaining, budget.limit);
    match budget.resets_at {
        Some(at) => format!("{left}, renewed at {}", clock_on_the_wall(at)),
        None => left,
    }
}

fn left_text(remaining: Option<u32>, limit: Option<u32>) -> String {
    match (remaining, limit) {
        (Some(remaining), Some(limit)) => format!("{remaining} of {limit} requests left"),
        (Some(remaining), None) => format!("{remaining} requests left"),
        _ => "the service doesn't tell".to_owned(),
    }
}
