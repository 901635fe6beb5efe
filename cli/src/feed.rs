//! New events, told apart from those that were seen: events have no id, and in which order the service lists them is
//! not stated.
//!
//! What was seen is remembered by a fingerprint of the event for a day behind the newest one, since an event may be
//! listed later than one that happened after it. What is older than that day and comes for the first time is taken for
//! seen.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    time::Duration,
};

use benchmark_email::{Client, Event, contacts::EventType};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use crate::{
    fingerprint::Fingerprint,
    output::{Failure, replace_file},
};

/// How far behind the newest event a late one is looked for.
const OVERLAP: SignedDuration = SignedDuration::from_hours(24);
/// How far the service can be asked to look back.
const DAYS_KEPT: i64 = 90;

/// From when on events count.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Since {
    Ago(Duration),
    Moment(Timestamp),
}

/// Where a reading of events stands.
#[derive(Debug, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Stand {
    /// Which types were asked for.
    types: Vec<String>,
    /// Events before this don't count.
    from: Timestamp,
    /// The newest event that was seen.
    newest: Option<Timestamp>,
    /// Fingerprints of the events seen within a day before the newest, by their time.
    seen: BTreeMap<String, Timestamp>,
}

/// New events.
#[derive(Debug)]
pub(crate) struct Feed {
    file: Option<PathBuf>,
    types: Vec<EventType>,
    stand: Stand,
}

impl Feed {
    /// Goes on where the file stands, if there is one; else begins with `since`.
    pub(crate) fn open(
        file: Option<PathBuf>,
        types: &[EventType],
        since: Since,
    ) -> Result<Self, Failure> {
        let mut names: Vec<String> = types.iter().map(ToString::to_string).collect();
        names.sort();
        let from = match since {
            Since::Moment(moment) => moment,
            Since::Ago(length) => Timestamp::now()
                .checked_sub(length)
                .unwrap_or(Timestamp::MIN),
        };
        let fresh = Stand {
            types: names.clone(),
            from,
            ..Stand::default()
        };
        let stand = match file.as_deref().filter(|file| file.exists()) {
            Some(file) => read(file)?,
            None => fresh,
        };
        if stand.types != names {
            let what = if stand.types.is_empty() {
                "all types".to_owned()
            } else {
                stand.types.join(",")
            };
            return Err(Failure::command_line(format!(
                "the cursor {} is of other events: it was begun with {what}",
                file.unwrap_or_default().display()
            ))
            .next("use a file of its own for each choice of --types"));
        }
        Ok(Self {
            file,
            types: types.to_vec(),
            stand,
        })
    }

    /// The events that weren't seen yet, the oldest first. They count as seen from now on.
    pub(crate) async fn news(&mut self, client: &Client) -> Result<Vec<Event>, Failure> {
        let from = self.stand.newest.map_or(self.stand.from, |newest| {
            newest
                .checked_sub(OVERLAP)
                .unwrap_or(Timestamp::MIN)
                .max(self.stand.from)
        });
        let back = Timestamp::now().duration_since(from);
        // One day more, as nobody said when a day begins.
        let days = back
            .as_hours()
            .div_euclid(24)
            .saturating_add(2)
            .clamp(1, DAYS_KEPT);
        let query = client.contacts().all_events().types(self.types.clone());
        let mut pages = query.past_days(u32::try_from(days).unwrap_or(90)).pages();

        let mut news = BTreeMap::new();
        while let Some(page) = pages.next().await {
            let page = page?.rows;
            let times: Vec<_> = page.iter().map(moment).collect();
            for (event, at) in page.into_iter().zip(&times) {
                let fingerprint = fingerprint(&event);
                let counts = at.is_none_or(|at| at >= from);
                if counts && !self.stand.seen.contains_key(&fingerprint) {
                    let place = news.len();
                    news.entry(fingerprint).or_insert((*at, place, event));
                }
            }
            // Where the newest come first, nothing behind an old page counts.
            let falls = times.is_sorted_by(|one, next| one >= next);
            let is_old = times.iter().all(|at| at.is_some_and(|at| at < from));
            if falls && is_old && !times.is_empty() {
                break;
            }
        }
        Ok(self.remember(news))
    }

    fn remember(
        &mut self,
        news: BTreeMap<String, (Option<Timestamp>, usize, Event)>,
    ) -> Vec<Event> {
        let newest = news.values().filter_map(|(at, ..)| *at).max();
        self.stand.newest = self.stand.newest.max(newest);
        let mut sorted = Vec::with_capacity(news.len());
        for (fingerprint, (at, place, event)) in news {
            self.stand
                .seen
                .insert(fingerprint, at.or(newest).unwrap_or(self.stand.from));
            // The service lists the newest first, as far as anybody knows.
            sorted.push(((at, std::cmp::Reverse(place)), event));
        }
        if let Some(edge) = self
            .stand
            .newest
            .and_then(|newest| newest.checked_sub(OVERLAP).ok())
        {
            self.stand.seen.retain(|_, at| *at >= edge);
        }
        sorted.sort_by_key(|(key, _)| *key);
        sorted.into_iter().map(|(_, event)| event).collect()
    }

    /// Writes the file, if there is one.
    pub(crate) fn save(&self) -> Result<(), Failure> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let text = serde_json::to_string(&self.stand).unwrap_or_default();
        replace_file(file, text.as_bytes()).map_err(|error| {
            Failure::io(
                &format!("the cursor {} can't be written", file.display()),
                &error,
            )
        })
    }
}

fn read(file: &Path) -> Result<Stand, Failure> {
    let wrong = |why: &dyn std::fmt::Display| {
        Failure::failed(format!(
            "the cursor {} can't be read: {why}",
            file.display()
        ))
        .next("without the file all events since --since come again")
    };
    let text = fs::read(file).map_err(|error| wrong(&error))?;
    serde_json::from_slice(&text).map_err(|error| wrong(&error))
}

fn moment(event: &Event) -> Option<Timestamp> {
    event.timestamp.as_ref()?.as_str().parse().ok()
}

/// Of the event as it came, so that the file holds no address.
fn fingerprint(event: &Event) -> String {
    let mut fingerprint = Fingerprint::new();
    fingerprint.add(&serde_json::to_vec(event).unwrap_or_default());
    fingerprint.hex()
}
