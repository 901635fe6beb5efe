//! A plan in a few lines: what would be done, what it costs, and a sample of what would be different.

use std::{
    path::Path,
    time::{Duration, SystemTime},
};

use serde_json::Value;

use crate::{
    context::Context,
    output::{Column, Failure, Format, Output, clock_on_the_wall, iso},
    records::PlanRecord,
    sync::{About, Kind, PlanFile, Prerequisite, Rejected, StoredStep},
};

/// How many differences of a kind are shown.
pub(super) const SAMPLE: u64 = 5;

/// Prints it.
pub(super) fn print(context: &Context, path: &Path) -> Result<(), Failure> {
    let plan = PlanFile::open(path)?;
    let about = &plan.about;
    if context.output.format() != Format::Table {
        let record = PlanRecord {
            account: &about.account,
            base_url: &about.base_url,
            sources: &about.sources,
            counts: &about.counts,
            requests: about.counts.all_requests(),
            hours: hours(about),
            ends_at: end(about).map(iso),
            month_left: about.budget.month_left,
        };
        let mut columns = vec![Column::new("account", "account")];
        columns.extend(count_columns());
        let mut cells = vec![about.account.clone()];
        cells.extend(count_cells(about));
        return context.output.record(columns, &record, cells);
    }
    let mut lines = numbers(&plan)?;
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
    Output::text(&lines.join("\n"))
}

/// How many there are of each, and nothing of anybody.
pub(super) fn counts_alone(context: &Context, plan: &PlanFile) -> Result<(), Failure> {
    let cells = count_cells(&plan.about);
    let counts = &plan.about.counts;
    context.output.record(count_columns(), counts, cells)
}

fn count_columns() -> Vec<Column> {
    [
        "records",
        "planned",
        "unchanged",
        "protected",
        "merged",
        "rejected",
        "blank",
        "suppress",
        "update",
        "create",
        "delete",
        "requests",
        "contacts",
        "untouched",
    ]
    .map(|name| Column::new(name, name))
    .into()
}

/// One cell for each of [`count_columns`].
fn count_cells(about: &About) -> Vec<String> {
    let counts = &about.counts;
    [
        counts.records,
        counts.planned,
        counts.unchanged,
        counts.protected,
        counts.merged,
        counts.rejected,
        counts.blank,
        counts.of(Kind::Suppress),
        counts.of(Kind::Update),
        counts.of(Kind::Create),
        counts.of(Kind::Delete),
        counts.all_requests(),
        counts.contacts,
        counts.untouched,
    ]
    .map(|number| number.to_string())
    .into()
}

/// The plan in numbers.
pub(super) fn numbers(plan: &PlanFile) -> Result<Vec<String>, Failure> {
    let about = &plan.about;
    let mut lines = vec![
        format!("account    {}", about.account),
        format!("sources    {}", about.sources.join(", ")),
    ];
    let new = plan.prerequisites()?;
    if !new.is_empty() {
        let new: Vec<_> = new.iter().map(Prerequisite::to_string).collect();
        lines.push(format!("first      {} created", new.join(", ")));
    }
    lines.extend(counts(about));
    lines.extend(cost(about));
    Ok(lines)
}

fn counts(about: &About) -> Vec<String> {
    let counts = &about.counts;
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
            let requests = counts.requests.get(&kind).copied().unwrap_or(0);
            let tells = format!("{tells} (requests: {requests})");
            lines.push(format!("  {}", line(&name, counts.of(kind), &tells)));
        }
    }
    lines.push(line(
        "untouched",
        counts.untouched,
        &format!("of {} contacts on the account", counts.contacts),
    ));
    lines
}

fn line(what: &str, number: u64, tells: &str) -> String {
    let line = format!("{what:<10} {number:>9}  {tells}");
    line.trim_end().to_owned()
}

fn cost(about: &About) -> Vec<String> {
    let counts = &about.counts;
    let requests = counts.all_requests();
    let mut tells = Vec::new();
    tells.extend(hours(about).map(duration));
    tells.extend(end(about).map(|end| format!("until {}", clock_on_the_wall(end))));
    if let Some(left) = about.budget.month_left.filter(|left| *left > 0) {
        let share = (requests * 1000).div_ceil(left);
        let (whole, tenth) = (share / 10, share % 10);
        tells.push(format!("{whole}.{tenth} % of the {left} left in the month"));
    }
    let mut lines = vec![line("requests", requests, &tells.join(", "))];
    for (what, number, tells) in [
        ("first", counts.preparation, "before any contact is touched"),
        ("read back", counts.read_back, "look at the first steps"),
    ] {
        if number > 0 {
            lines.push(format!("  {}", line(what, number, tells)));
        }
    }
    lines
}

/// How long so many requests take, in words.
pub(super) fn takes(about: &About, requests: u64) -> Option<String> {
    hours_for(about, requests).map(duration)
}

fn hours(about: &About) -> Option<f64> {
    hours_for(about, about.counts.all_requests())
}

/// How long it takes at the account's own rate, a tenth left to others.
#[allow(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn hours_for(about: &About, requests: u64) -> Option<f64> {
    let hour = about.budget.hour.filter(|hour| *hour > 0)?;
    let now = about.budget.hour_left.unwrap_or(0);
    let at_once = now - now / 10;
    Some(if requests <= at_once {
        0.0
    } else {
        requests as f64 / hour as f64
    })
}

/// When it would end if it began when it was made; none where it takes no more than what is left of the hour.
fn end(about: &About) -> Option<SystemTime> {
    let hours = hours(about).filter(|hours| *hours > 0.0)?;
    let length = Duration::try_from_secs_f64(hours * 3600.0).ok()?;
    let made = Duration::from_secs(about.made_at);
    SystemTime::UNIX_EPOCH
        .checked_add(made)?
        .checked_add(length)
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

pub(super) fn sample(plan: &PlanFile, kind: &str, lines: &mut Vec<String>) -> Result<(), Failure> {
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
                    Some(why) => format!("unsubscribed ({why})"),
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
        lines.push(rejection(&row));
        Ok::<_, Failure>(())
    })
}

/// The first rows that can't be taken, where there is no plan to show them.
pub(super) fn tell_rejected(context: &Context, rejected: &[Rejected]) {
    for (_, row) in (0..SAMPLE).zip(rejected) {
        context.output.note(&rejection(row));
    }
}

fn rejection(row: &Rejected) -> String {
    let column = row
        .column
        .as_ref()
        .map(|column| format!(", column {column:?}"))
        .unwrap_or_default();
    format!(
        "rejected {} line {}{column}: {}",
        row.place.source, row.place.line, row.reason
    )
}
