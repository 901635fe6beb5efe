//! JSON lines: an object a line, its members as columns.

use std::{
    fs::File,
    io::{BufRead, BufReader, BufWriter, Seek, SeekFrom, Write},
};

use indexmap::{IndexMap, IndexSet};
use serde_json::value::RawValue;

use super::{Layout, Numbering, SourceError};

/// An object, its values as they were written, so that no number loses a digit.
type Object = IndexMap<String, Box<RawValue>>;

/// Lays the objects out as separated values: the columns are the members of all of them, in the order in which
/// they first occur. A list stays JSON; an object within an object is refused.
pub(super) fn lay_out(name: &str, file: &File, start: u64) -> Result<(File, Layout), SourceError> {
    let broken = |why: std::io::Error| SourceError::io(name, "it can't be read", &why);
    let mut columns = IndexSet::new();
    each(name, file, start, |_, object| {
        for member in object.keys() {
            if !columns.contains(member) {
                columns.insert(member.clone());
            }
        }
        Ok(())
    })?;
    let mut layout = Layout {
        delimiter: b',',
        numbering: Numbering::Rows,
        ..Layout::default()
    };
    let mut output = BufWriter::new(tempfile::tempfile().map_err(broken)?);
    write_record(&mut output, columns.iter().map(String::as_str)).map_err(broken)?;
    each(name, file, start, |line, object| {
        let cells: Vec<_> = columns
            .iter()
            .map(|column| {
                object
                    .get(column)
                    .map(|value| text_of(value))
                    .unwrap_or_default()
            })
            .collect();
        let nested = columns.iter().position(|column| {
            object
                .get(column)
                .is_some_and(|value| value.get().starts_with('{'))
        });
        if let Some(column) = nested {
            let reason = "it is an object within an object, for which there is no field".to_owned();
            layout.damaged.insert(line, (column, reason));
        }
        write_record(&mut output, cells.iter().map(String::as_str))
            .map_err(|why| SourceError::io(name, "it can't be laid out", &why))
    })?;
    let mut file = output
        .into_inner()
        .map_err(|why| broken(why.into_error()))?;
    file.flush().map_err(broken)?;
    Ok((file, layout))
}

/// Hands over each line's object with the number that its record will have, the header being the first.
fn each(
    name: &str,
    file: &File,
    start: u64,
    mut take: impl FnMut(u64, Object) -> Result<(), SourceError>,
) -> Result<(), SourceError> {
    let mut from = file;
    from.seek(SeekFrom::Start(start))
        .map_err(|why| SourceError::io(name, "it can't be read", &why))?;
    let mut record = 1;
    for (line, text) in BufReader::new(from).lines().enumerate() {
        let fails = |why: String| SourceError::new(name, format!("line {}: {why}", line + 1));
        let text = text.map_err(|why| fails(why.to_string()))?;
        if text.trim().is_empty() {
            continue;
        }
        record += 1;
        let object = serde_json::from_str(&text)
            .map_err(|why| fails(format!("it isn't a JSON object: {why}")))?;
        take(record, object)?;
    }
    Ok(())
}

/// A text without its quotes, nothing for null, anything else as it is written.
fn text_of(value: &RawValue) -> String {
    let text = value.get();
    if text.starts_with('"') {
        return serde_json::from_str(text).unwrap_or_default();
    }
    if text == "null" {
        String::new()
    } else {
        text.to_owned()
    }
}

/// Writes one record; a value is quoted where it must be.
pub(super) fn write_record<'c>(
    output: &mut impl Write,
    cells: impl Iterator<Item = &'c str>,
) -> std::io::Result<()> {
    let mut first = true;
    for cell in cells {
        if !first {
            output.write_all(b",")?;
        }
        first = false;
        if cell.is_empty() || cell.contains(['"', ',', '\n', '\r']) {
            write!(output, "\"{}\"", cell.replace('"', "\"\""))?;
        } else {
            output.write_all(cell.as_bytes())?;
        }
    }
    output.write_all(b"\n")
}
