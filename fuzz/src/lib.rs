//! What the fuzz targets share: the decoder's own source, held to `serde_json`, and the budget's.
//!
//! The source is taken in as it is, without the client around it, so that a build takes seconds
//! and every counted edge is the decoder's or the budget's.

#[path = "../../src/stream/mod.rs"]
pub mod stream;

// The decoder's errors are worded there.
#[allow(dead_code, reason = "the client uses more of it")]
#[path = "../../src/parse_message.rs"]
mod parse_message;

#[allow(dead_code, reason = "the decoder's tests use more of it")]
#[path = "../../src/stream/oracle.rs"]
mod oracle;

#[cfg(feature = "budget")]
#[allow(dead_code, unused_imports, reason = "the client uses more of it")]
#[path = "../../src/budget/mod.rs"]
mod budget;

#[cfg(feature = "budget")]
#[allow(dead_code, reason = "the client uses more of it")]
#[path = "../../src/clock.rs"]
mod clock;

#[cfg(feature = "budget")]
#[path = "../../src/budget/story.rs"]
mod story;

#[cfg(feature = "budget")]
mod error {
    //! In place of the client's error, of which the budget keeps one and asks nothing.

    #[derive(Debug)]
    pub struct Error;

    #[derive(Debug)]
    pub enum ErrorKind {
        Unauthorized,
    }

    impl Error {
        pub fn new(_: ErrorKind, _: &'static str) -> Self {
            Self
        }
    }
}

#[cfg(feature = "budget")]
use error::{Error, ErrorKind};

use oracle::{AtLeastHundred, Contact, assert_agreement, expected};
use serde::de::IgnoredAny;
use serde_json::Value;
// The oracle looks for these beside itself.
use stream::{ArrayDecoder, DecodeError};

/// Panics unless the decoder judges and decodes the body as `serde_json` does, for elements of
/// several types, in one chunk and in chunks of these sizes.
pub fn assert_agrees(body: &[u8], sizes: &[u8]) {
    assert_agreement::<Value>(body, sizes);
    assert_agreement::<Contact>(body, sizes);
    assert_agreement::<AtLeastHundred>(body, sizes);
    assert_agreement::<f64>(body, sizes);
    assert_agreement::<String>(body, sizes);
    assert_agreement::<IgnoredAny>(body, sizes);
    assert_agreement::<Vec<Option<u8>>>(body, sizes);
}

/// Panics unless `serde_json` accepts the body.
pub fn assert_valid(body: &[u8]) {
    assert!(
        expected::<IgnoredAny>(body).is_some(),
        "{}",
        String::from_utf8_lossy(body)
    );
}

/// Panics unless a limit on the size of elements is kept, whatever the cut.
pub fn assert_bounded(body: &[u8], limit: u8, size: u8) {
    let kinds = [usize::MAX, usize::from(size).max(1)].map(|size| {
        let mut decoder = ArrayDecoder::<Value>::new().max_element_bytes(usize::from(limit));
        body.chunks(size).try_for_each(|chunk| {
            decoder.feed(chunk);
            while decoder.next_element()?.is_some() {}
            Ok::<_, DecodeError>(())
        })?;
        decoder.finish();
        decoder.next_element().map(|_| ())
    });
    // Which of two faults is met first may depend on the cut; whether there is one may not.
    if let [Ok(()), Err(error)] | [Err(error), Ok(())] = &kinds {
        panic!("{error} in one cut only: {}", String::from_utf8_lossy(body));
    }
}

/// Panics unless the story of a budget that these bytes are ends well.
#[cfg(feature = "budget")]
pub fn assert_ends_well(story: &[u8]) {
    story::tell(story);
}
