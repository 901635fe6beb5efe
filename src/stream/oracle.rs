//! The truth that the decoder is held to: `serde_json`, given the whole body at once.

use std::fmt::Debug;

use serde::de::{DeserializeOwned, Error as _};
use serde::{Deserialize, Deserializer};

use super::{ArrayDecoder, DecodeError};

/// The wrapper as a struct; one array under either name, other members skipped.
#[derive(Deserialize)]
struct Wrapper<T> {
    #[serde(alias = "contacts")]
    records: Vec<T>,
}

/// What the body holds, if `serde_json` accepts it.
pub(crate) fn expected<T: DeserializeOwned>(body: &[u8]) -> Option<Vec<T>> {
    let body = std::str::from_utf8(body).ok()?;
    // The mark of byte order is passed over.
    let body = body.strip_prefix('\u{feff}').unwrap_or(body);
    if body
        .trim_start_matches([' ', '\n', '\r', '\t'])
        .starts_with('{')
    {
        serde_json::from_str(body)
            .ok()
            .map(|wrapper: Wrapper<T>| wrapper.records)
    } else {
        serde_json::from_str(body).ok()
    }
}

/// What the decoder makes of the body in chunks of these sizes, taken round and round; a size of 0
/// counts as 1.
pub(crate) fn decoded<T: DeserializeOwned>(
    body: &[u8],
    sizes: &[u8],
) -> (Vec<T>, Result<(), DecodeError>) {
    let mut decoder = ArrayDecoder::new();
    let mut elements = Vec::new();
    let mut rest = body;
    let mut sizes = sizes.iter().cycle();
    loop {
        loop {
            match decoder.next_element() {
                Ok(Some(element)) => elements.push(element),
                Ok(None) => break,
                Err(error) => return (elements, Err(error)),
            }
        }
        if rest.is_empty() {
            break;
        }
        let size = sizes
            .next()
            .map_or(rest.len(), |&size| usize::from(size).clamp(1, rest.len()));
        let (chunk, more) = rest.split_at(size);
        decoder.feed(chunk);
        rest = more;
    }
    decoder.finish();
    let end = decoder
        .next_element()
        .map(|element| assert!(element.is_none(), "an element came late"));
    (elements, end)
}

/// Asserts that the decoder agrees with `serde_json` about the body, and with itself however it is
/// cut.
pub(crate) fn assert_agreement<T: DeserializeOwned + PartialEq + Debug>(body: &[u8], sizes: &[u8]) {
    let shown = || String::from_utf8_lossy(body).into_owned();
    let (whole, end) = decoded::<T>(body, &[]);
    match expected::<T>(body) {
        Some(expected) => {
            assert_eq!(end, Ok(()), "refused: {}", shown());
            assert_eq!(whole, expected, "{}", shown());
        }
        None => assert!(end.is_err(), "accepted: {}", shown()),
    }
    let cut = decoded::<T>(body, sizes);
    assert_eq!(cut, (whole, end), "cut into {sizes:?}: {}", shown());
}

/// A contact as the service sends it, with a type for everything.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Contact {
    pub(crate) key: String,
    #[serde(default)]
    fields: Vec<Field>,
    status: Option<Status>,
    #[serde(rename = "__v")]
    version: u8,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
pub(crate) struct Field {
    #[serde(rename = "_id")]
    id: String,
    value: Option<f64>,
}

#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "primary")]
pub(crate) enum Status {
    Active,
    Inactive { secondary: String },
}

/// A number that is refused while only its first digits are there.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct AtLeastHundred(pub(crate) u32);

impl<'de> Deserialize<'de> for AtLeastHundred {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match u32::deserialize(deserializer)? {
            number @ 100.. => Ok(Self(number)),
            _ => Err(D::Error::custom("too small")),
        }
    }
}
