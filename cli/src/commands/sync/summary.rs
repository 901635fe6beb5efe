//! A plan in a few lines: what would be done, what it costs, and a sample of what would be different.

use std::path::Path;

use serde::Serialize;
use serde_json::Value;

use crate::{
    context::Context,
    output::{Failure, Format, Output},
    sync::{About, Kind, PlanFile, StoredStep},
};

/// How many differences of a kind are shown.
const SAMPLE: u64 = 5;

/// What `-o json` prints of a plan.
#[derive(Serialize)]
struct Report<'a> {
    account: &'a str,
    base_url: &'a str,
    sources: &'a [String],
    counts: &'a crate::sync::Counts,
    requests: u64,
    hours: Option<f64>,
    month_left: Option<u64>,
}

/// Prints it.
pub(super) fn print(context: &Context, path: &Path) -> Result<(), Failure> {
    let plan = PlanFile::open(path)?;
    let about = &plan.about;
    if context.output.format() != Format::Table {
        let report = Report {
            account: &about.account,
            base_url: &about.base_url,
            sources: &about.sources,
            counts: &about.counts,
            requests: about.counts.all_requests(),
            hours: hours(about),
            month_left: about.budget.month_left,
        };
        return Output::plain(
            &serde_json::to_string_pretty(&report)
                .map_err(|why| Failure::failed(why.to_string()))?,
        );
    }
    let mut lines = vec![
        format!("account    {}", about.account),
        format!("sources    {}", about.sources.join(", ")),
    ];
    lines.extend(counts(about));
    lines.push(cost(about));
    for kind in ["suppress", "update", "create", "delete"] {
        sample(&plan, kind, &mut lines)?;
    }
    rejected(&plan, &mut lines)?;
    lines.push(String::new());
    lines.push(format!(
        "{} holds the plan; nothing was changed. Look at all of it with: bme sync show {}",
        path.display(),
        path.display()
    ));
    Output::plain(&lines.join("\n"))
}

fn counts(about: &About) -> Vec<String> {
    let counts = &about.counts;
    let line = |what: &str, number: u64, tells: &str| format!("{what:<10} {number:>9}  {tells}");
    let mut lines = vec![line("rows", counts.records, "")];
    for (what, number, tells) in [
        ("planned", counts.planned, "give a step"),
        ("unchanged", counts.unchanged, "are so already"),
        (
            "protected",
            counts.protected,
            "have left, and stay as they are",
        ),
        ("merged", counts.merged, "are one with another row"),
        ("rejected", counts.rejected, "can't be taken"),
        ("blank", counts.blank, "say nothing"),
    ] {
        if number > 0 {
            lines.push(format!("  {}", line(what, number, tells)));
        }
    }
    lines.push(line("steps", counts.steps.values().sum(), ""));
    for (kind, tells) in [
        (Kind::Suppress, "people who have left, unsubscribed"),
        (Kind::Update, "contacts updated"),
        (Kind::Create, "contacts created"),
        (Kind::Delete, "contacts deleted"),
    ] {
        if counts.of(kind) > 0 {
            let name = format!("{kind:?}").to_lowercase();
            lines.push(format!("  {}", line(&name, counts.of(kind), tells)));
        }
    }
    lines.push(line(
        "untouched",
        counts.untouched,
        &format!("of {} contacts on the account", counts.contacts),
    ));
    lines
}

fn cost(about: &About) -> String {
    let requests = about.counts.all_requests();
    let mut line = format!("requests   {requests:>9}");
    if let Some(hours) = hours(about) {
        line.extend(["  ", &duration(hours)]);
    }
    if let Some(left) = about.budget.month_left.filter(|left| *left > 0) {
        let share = (requests * 1000).div_ceil(left);
        let (whole, tenth) = (share / 10, share % 10);
        line.extend([format!(", {whole}.{tenth} % of the {left} left in the month").as_str()]);
    }
    line
}

/// How long it takes at the account's own rate, a tenth left to others.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn hours(about: &About) -> Option<f64> {
    let hour = about.budget.hour.filter(|hour| *hour > 0)?;
    let requests = about.counts.all_requests();
    let now = about.budget.hour_left.unwrap_or(0);
    let at_once = now - now / 10;
    Some(if requests <= at_once {
        0.0
    } else {
        requests as f64 / hour as f64
    })
}

fn duration(hours: f64) -> String {
    if hours == 0.0 {
        return "within what is left of this hour".to_owned();
    }
    #[allow(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "minutes of a positive number of hours"
    )]
    let minutes = (hours * 60.0).ceil() as u64;
    match (minutes / 60, minutes % 60) {
        (0, minutes) => format!("about {minutes} min"),
        (hours, minutes) => format!("about {hours} h {minutes} min"),
    }
}

fn sample(plan: &PlanFile, kind: &str, lines: &mut Vec<String>) -> Result<(), Failure> {
    let mut steps = Vec::new();
    plan.steps(Some(kind), Some(SAMPLE), |step| {
        steps.push(step);
        Ok::<_, Failure>(())
    })?;
    if steps.is_empty() {
        return Ok(());
    }
    lines.push(String::new());
    for step in steps {
        lines.push(format!("{kind} {}", step.address));
        lines.extend(
            differences(&step, plan)
                .into_iter()
                .map(|line| format!("  {line}")),
        );
    }
    Ok(())
}

/// What a step makes different, a line each.
pub(super) fn differences(step: &StoredStep, plan: &PlanFile) -> Vec<String> {
    let list = |change: &Value| {
        let id = change.get("id").and_then(Value::as_str).unwrap_or_default();
        let name = plan.about.lists.get(id);
        name.cloned().unwrap_or_else(|| id.to_owned())
    };
    let text = |change: &Value, name: &str| match change.get(name) {
        None | Some(Value::Null) => "nothing".to_owned(),
        Some(value) => value.to_string(),
    };
    let label = |change: &Value| {
        let label = change.get("label").and_then(Value::as_str);
        label.unwrap_or_default().to_owned()
    };
    let changes = step
        .changes
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default();
    changes
        .iter()
        .map(
            |change| match change.get("change").and_then(Value::as_str) {
                Some("field") => format!(
                    "{}: {} -> {}",
                    label(change),
                    text(change, "from"),
                    text(change, "to")
                ),
                Some("list_added") => format!("+ list {}", list(change)),
                Some("list_removed") => format!("- list {}", list(change)),
                Some("tag_added") => format!("+ tag {}", label(change)),
                Some("tag_removed") => format!("- tag {}", label(change)),
                Some("status") => match &step.why {
                    Some(why) => format!("unsubscribed, as the source says {why:?}"),
                    None => "unsubscribed".to_owned(),
                },
                other => format!("{}: {}", other.unwrap_or("change"), text(change, "to")),
            },
        )
        .collect()
}

fn rejected(plan: &PlanFile, lines: &mut Vec<String>) -> Result<(), Failure> {
    if plan.about.counts.rejected == 0 {
        return Ok(());
    }
    lines.push(String::new());
    plan.rejected(Some(SAMPLE), |row| {
        let column = row
            .column
            .map(|column| format!(", column {column:?}"))
            .unwrap_or_default();
        lines.push(format!(
            "rejected {} line {}{column}: {}",
            row.place.source, row.place.line, row.reason
        ));
        Ok::<_, Failure>(())
    })
}
