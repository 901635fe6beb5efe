//! One line of a state file: a checksum and the JSON that it is of, `1c291ca3 {"sandbox-state":1}`.
//!
//! The first line names the format, each further one holds changes that belong together. The checksum
//! (CRC-32) finds every single flipped bit, that of a line end included.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::account::Change;

/// What the first line holds. Another format gets another number.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    #[serde(rename = "sandbox-state")]
    format: u32,
}

const FORMAT: u32 = 1;

/// What is stored may nest so deep. The reader of a line or of a snapshot gives up at 128 levels, of which
/// some are theirs.
pub(crate) const DEEPEST: usize = 100;

/// Whether a value nests too deep to be stored.
pub(crate) fn is_too_deep(value: &Value) -> bool {
    fn nests_beyond(value: &Value, levels: usize) -> bool {
        let inside = |inner: &Value| match levels.checked_sub(1) {
            Some(levels) => nests_beyond(inner, levels),
            None => false,
        };
        match value {
            Value::Array(items) => levels == 0 || items.iter().any(inside),
            Value::Object(members) => levels == 0 || members.values().any(inside),
            _ => false,
        }
    }
    nests_beyond(value, DEEPEST)
}

pub(super) fn head() -> serde_json::Result<Vec<u8>> {
    encoded(&Head { format: FORMAT })
}

/// The line that holds these changes, with its end.
pub(super) fn encoded(content: &(impl Serialize + ?Sized)) -> serde_json::Result<Vec<u8>> {
    let json = serde_json::to_vec(content)?;
    let mut line = format!("{} ", checksum(&json)).into_bytes();
    line.extend_from_slice(&json);
    line.push(b'\n');
    Ok(line)
}

/// A line that was read, judged by itself.
pub(super) enum Line {
    Head,
    Changes(Vec<Change>),
    /// Whole, but of another format than this one.
    OfFormat(u32),
    /// Whole, but of a kind that is not known here.
    Unknown,
    Damaged,
    /// A kill cut it short while it was written. Only the last line can be.
    CutShort,
}

/// Reads a line as it stands in the file.
pub(super) fn read(line: &[u8]) -> Line {
    let Some(content) = line.strip_suffix(b"\n") else {
        // All but what should be its end: that was written, and became something else.
        let whole = line
            .split_last()
            .is_some_and(|(_, rest)| json_of(rest).is_some());
        return if whole { Line::Damaged } else { Line::CutShort };
    };
    let Some(json) = json_of(content) else {
        return Line::Damaged;
    };
    if let Ok(changes) = serde_json::from_slice(json) {
        return Line::Changes(changes);
    }
    match serde_json::from_slice(json) {
        Ok(Head { format: FORMAT }) => Line::Head,
        Ok(Head { format }) => Line::OfFormat(format),
        Err(_) => Line::Unknown,
    }
}

/// The JSON of a line whose checksum fits.
fn json_of(content: &[u8]) -> Option<&[u8]> {
    let (sum, rest) = content.split_at_checked(8)?;
    let json = rest.strip_prefix(b" ")?;
    (sum == checksum(json).as_bytes()).then_some(json)
}

fn checksum(json: &[u8]) -> String {
    format!("{:08x}", crc32fast::hash(json))
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use serde_json::json;

    use super::*;

    fn nested(levels: usize) -> Value {
        (0..levels).fold(json!(1), |inner, level| {
            if level % 2 == 0 {
                json!([inner])
            } else {
                json!({ "in": inner })
            }
        })
    }

    #[test]
    fn depth_is_counted_in_arrays_and_objects() {
        assert!(!is_too_deep(&json!(1)));
        assert!(!is_too_deep(&nested(DEEPEST)));
        assert!(is_too_deep(&nested(DEEPEST + 1)));
        assert!(is_too_deep(&json!([1, nested(DEEPEST)])));
    }

    #[test]
    fn a_line_reads_back() {
        assert!(matches!(read(&head().unwrap()), Line::Head));
        let line = encoded(&[Value::Null; 0]).unwrap();
        assert!(matches!(read(&line), Line::Changes(changes) if changes.is_empty()));
        let other = encoded(&Head { format: 7 }).unwrap();
        assert!(matches!(read(&other), Line::OfFormat(7)));
        let unknown = encoded(&json!([{ "novelty": 1 }])).unwrap();
        assert!(matches!(read(&unknown), Line::Unknown));
    }
}
