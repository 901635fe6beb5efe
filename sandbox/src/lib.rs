//! A stateful stand-in.
