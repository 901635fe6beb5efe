//! Times as people read them: by the clock on the wall.

use std::time::SystemTime;

use jiff::{Timestamp, tz::TimeZone};

/// `go on at 14:32 (in 41 min)`.
pub(super) fn go_on_at(at: SystemTime) -> String {
    let left = at.duration_since(SystemTime::now()).unwrap_or_default();
    let seconds = left.as_secs();
    let left = match seconds {
        0..120 => format!("{seconds} s"),
        120..7_200 => format!("{} min", seconds.div_ceil(60)),
        7_200..172_800 => format!("{} h", seconds.div_ceil(3_600)),
        _ => format!("{} days", seconds.div_ceil(86_400)),
    };
    format!("go on at {} (in {left})", clock_on_the_wall(at))
}

/// `14:32` today, and with its date on any other day.
pub(crate) fn clock_on_the_wall(at: SystemTime) -> String {
    let Ok(at) = Timestamp::try_from(at) else {
        return "a time that no calendar has".to_owned();
    };
    let zone = TimeZone::system();
    let at = at.to_zoned(zone.clone());
    let is_today = Timestamp::now().to_zoned(zone).date() == at.date();
    at.strftime(if is_today { "%H:%M" } else { "%Y-%m-%d %H:%M" })
        .to_string()
}

/// `2026-03-28T14:30:00Z`.
pub(super) fn iso(at: SystemTime) -> String {
    Timestamp::try_from(at).map_or_else(
        |_| String::new(),
        |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}
