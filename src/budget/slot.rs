//! What a call that left must be remembered by until it is over.

use super::moment::Moment;
use super::names::KeyName;

/// A call that leaves: what its answer, or its end without one, must undo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Slot {
    pub(super) sent: Moment,
    /// It leaves to find something out.
    pub(super) unseen: bool,
    /// When it was due, if it was paced.
    pub(super) due: Option<Moment>,
    /// The API key that it carries.
    pub(super) key: KeyName,
    /// It finds out whether a key is good again.
    pub(super) probes_key: bool,
}
