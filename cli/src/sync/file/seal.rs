//! Whether a plan is what was planned: a fingerprint of all that it says.

use rusqlite::{Connection, types::ValueRef};

use crate::fingerprint::Fingerprint;

/// All that a plan says, in order. What is noted while it is applied isn't part of it.
const SAYS: [&str; 6] = [
    "SELECT key, value FROM plan WHERE key <> 'seal' ORDER BY key",
    "SELECT id, kind, name, stand_in, data_type FROM prerequisite ORDER BY id",
    "SELECT id, rank, kind, address, contact, version, places, before, after, changes, why, requests
     FROM step ORDER BY id",
    "SELECT id, source, line, col, reason FROM rejected ORDER BY id",
    "SELECT id, name, columns FROM source ORDER BY id",
    "SELECT source, line, cells FROM original ORDER BY source, line",
];

/// The fingerprint of the plan in this file.
pub(super) fn seal(database: &Connection) -> rusqlite::Result<String> {
    let mut fingerprint = Fingerprint::new();
    for says in SAYS {
        let mut query = database.prepare(says)?;
        let columns = query.column_count();
        let mut rows = query.query([])?;
        while let Some(row) = rows.next()? {
            for column in 0..columns {
                let mut add = |kind: u8, bytes: &[u8]| {
                    fingerprint.add(&[kind]);
                    fingerprint.add(&bytes.len().to_le_bytes());
                    fingerprint.add(bytes);
                };
                match row.get_ref(column)? {
                    ValueRef::Null => add(0, &[]),
                    ValueRef::Integer(number) => add(1, &number.to_le_bytes()),
                    ValueRef::Real(number) => add(2, &number.to_le_bytes()),
                    ValueRef::Text(bytes) => add(3, bytes),
                    ValueRef::Blob(bytes) => add(4, bytes),
                }
            }
        }
        fingerprint.add(b"\n");
    }
    Ok(fingerprint.hex())
}
