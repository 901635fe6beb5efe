//! Keys, limits and what a request is at all: mostly what a probe can't ask.

use super::{Finding, Probe};

/// The claims that are never asked, and why.
pub(super) const NOT_ASKED: [(&str, &str); 12] = [
    (
        "api-key-present",
        "bad keys may block this address for every key",
    ),
    (
        "scope-order",
        "it takes a second API key, which may read and not write",
    ),
    (
        "address-block-size",
        "it would block this address for every key",
    ),
    ("hourly-window", "it would use up the account's hour"),
    ("monthly-period", "it would use up the account's month"),
    ("http", "what is no HTTP can't be sent by an HTTP client"),
    (
        "method-known",
        "a method that no text names might do something",
    ),
    ("content-type", "the client declares its bodies as JSON"),
    ("body-size", "a body of a megabyte is no way to ask"),
    (
        "contact-structure-fixed",
        "it takes a second structure, which can't be made by an API key",
    ),
    (
        "structure-tags",
        "were it wrong, it would remove the account's tags",
    ),
    ("state-file", "it is about the sandbox alone"),
];

impl Probe {
    pub(super) fn ask_scopes(&mut self) {
        for (claim, why) in NOT_ASKED {
            self.found(Finding::not_asked(claim, why));
        }
    }
}
