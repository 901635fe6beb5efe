//! bme.
fn main() {}
