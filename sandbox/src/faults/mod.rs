//! Faults on demand: what may go wrong, on which requests, and which are armed.
//!
//! A fault says *what* (a status, a cut connection, …) and *when* (operation, method, how often). This
//! module decides and counts; `pipeline` and `wire` carry it out. Delays and stalls take real time,
//! whatever the sandbox's clock shows.

mod board;
mod fault;

pub use board::{ArmedFault, FaultId};
pub(crate) use board::{Faults, Strike};
pub(crate) use fault::What;
pub use fault::{Fault, FaultError};
