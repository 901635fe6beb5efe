//! Times as people read them: by the clock on the wall.

use std::time::{Duration, SystemTime};

use jiff::{SignedDuration, Timestamp, tz::TimeZone};

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
pub(crate) fn iso(at: SystemTime) -> String {
    Timestamp::try_from(at).map_or_else(
        |_| String::new(),
        |at| at.strftime("%Y-%m-%dT%H:%M:%SZ").to_string(),
    )
}

/// A length of time such as `2s`, `500ms`, `1m 30s` or `30d`; a day is 24 hours.
pub(crate) fn length(text: &str) -> Result<Duration, String> {
    let parsed = match text.trim().strip_suffix('d') {
        Some(days) => {
            let hours = days
                .trim()
                .parse::<i64>()
                .ok()
                .and_then(|days| days.checked_mul(24));
            hours.and_then(SignedDuration::try_from_hours)
        }
        None => text.parse().ok(),
    };
    parsed
        .and_then(|length| Duration::try_from(length).ok())
        .ok_or_else(|| {
            "give a length of time such as 2s, 500ms or 1m 30s; 30d is 30 days".to_owned()
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_of_time_has_a_unit() {
        for (text, seconds) in [
            ("2s", 2),
            ("1m 30s", 90),
            ("30d", 2_592_000),
            ("0s", 0),
            ("12h", 43_200),
        ] {
            assert_eq!(length(text), Ok(Duration::from_secs(seconds)), "{text}");
        }
        for wrong in ["2", "-1s", "soon", "", "d", "99999999999999999d", "-3d"] {
            assert!(length(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_left_is_told_in_a_unit_that_fits() {
        let said = |seconds| go_on_at(SystemTime::now() + Duration::from_secs(seconds));
        assert!(said(90).contains(" s)"));
        assert!(said(2_450).ends_with("(in 41 min)"));
        assert!(said(90_000).ends_with("(in 25 h)"));
        assert!(said(1_000_000).ends_with("(in 12 days)"));
    }
}
