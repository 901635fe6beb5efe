//! A sheet of a workbook as separated values: dates as dates, whole numbers without a fraction, and whatever a
//! spreadsheet has rounded marked as damaged.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Seek, Write},
};

use calamine::{DataRef, ExcelDateTime, Reader, Xlsx, XlsxError};

use super::{Layout, Numbering, Options, SourceError, json_lines::write_record};

/// The largest whole number of which a spreadsheet keeps every digit.
const FIFTEEN_DIGITS: f64 = 999_999_999_999_999.0;

pub(super) fn lay_out(
    name: &str,
    mut file: File,
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<(File, Layout), SourceError> {
    let broken =
        |why: XlsxError| SourceError::new(name, format!("the workbook can't be read: {why}"));
    let unwritten = |why: std::io::Error| SourceError::io(name, "it can't be laid out", &why);
    file.rewind().map_err(unwritten)?;
    let mut workbook = Xlsx::new(BufReader::new(file)).map_err(broken)?;
    let sheets = workbook.sheet_names();
    let sheet = choose(name, &sheets, options)?;
    if sheets.len() > 1 && options.sheet.is_none() {
        notes.push(format!(
            "{name} has {} sheets; \"{sheet}\" is read. If that is wrong, say --sheet",
            sheets.len()
        ));
    }
    let mut layout = Layout {
        delimiter: b',',
        numbering: Numbering::Rows,
        ..Layout::default()
    };
    let mut output = BufWriter::new(tempfile::tempfile().map_err(unwritten)?);
    let mut cells = workbook.worksheet_cells_reader(&sheet).map_err(broken)?;
    let width = usize::try_from(cells.dimensions().end.1).unwrap_or(0) + 1;
    let mut row: Vec<String> = vec![String::new(); width];
    let mut at = 0;
    while let Some(cell) = cells.next_cell().map_err(broken)? {
        let (line, column) = cell.get_position();
        let (line, column) = (u64::from(line), usize::try_from(column).unwrap_or(0));
        while at < line {
            write_row(&mut output, &mut row).map_err(unwritten)?;
            at += 1;
        }
        if column >= row.len() {
            row.resize(column + 1, String::new());
        }
        let (text, damage) = text_of(cell.get_value());
        if let Some(reason) = damage {
            layout.damaged.insert(line + 1, (column, reason));
        }
        if let Some(place) = row.get_mut(column) {
            *place = text;
        }
    }
    if row.iter().any(|cell| !cell.is_empty()) {
        write_row(&mut output, &mut row).map_err(unwritten)?;
    }
    let mut file = output
        .into_inner()
        .map_err(|why| unwritten(why.into_error()))?;
    file.flush().map_err(unwritten)?;
    Ok((file, layout))
}

fn choose(name: &str, sheets: &[String], options: &Options) -> Result<String, SourceError> {
    let found = match &options.sheet {
        Some(wanted) => sheets.iter().find(|sheet| *sheet == wanted),
        None => sheets.first(),
    };
    found.cloned().ok_or_else(|| {
        SourceError::new(
            name,
            format!("it has no such sheet; it has {}", sheets.join(", ")),
        )
    })
}

fn write_row(output: &mut impl Write, row: &mut [String]) -> std::io::Result<()> {
    write_record(output, row.iter().map(String::as_str))?;
    row.iter_mut().for_each(String::clear);
    Ok(())
}

/// A cell's text, and what a spreadsheet did to it.
fn text_of(cell: &DataRef<'_>) -> (String, Option<String>) {
    match cell {
        DataRef::Empty => (String::new(), None),
        DataRef::String(text) => (text.clone(), damage_of(text)),
        DataRef::SharedString(text) => ((*text).to_owned(), damage_of(text)),
        DataRef::Bool(yes) => (yes.to_string(), None),
        DataRef::Int(number) => (number.to_string(), None),
        DataRef::Float(number) => {
            let damage = (number.abs() > FIFTEEN_DIGITS).then(|| {
                "a spreadsheet keeps 15 digits of a number, so its last ones are lost; format the column as text and fill it in again".to_owned()
            });
            (number.to_string(), damage)
        }
        DataRef::DateTime(moment) => (date_of(*moment), None),
        DataRef::DateTimeIso(text) | DataRef::DurationIso(text) => (text.clone(), None),
        DataRef::Error(error) => (
            String::new(),
            Some(format!("the spreadsheet shows the error {error} here")),
        ),
    }
}

/// `3.36E+10` typed out is what a spreadsheet showed of a longer number.
fn damage_of(text: &str) -> Option<String> {
    let (digits, exponent) = text.split_once("E+")?;
    let number = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let mantissa = digits.split_once('.').map_or_else(
        || number(digits),
        |(whole, rest)| number(whole) && number(rest),
    );
    (mantissa && number(exponent)).then(|| {
        "a spreadsheet has shortened this number; export it again with the column formatted as text".to_owned()
    })
}

/// A date, with its time where it has one.
fn date_of(moment: ExcelDateTime) -> String {
    let (year, month, day, hour, minute, second, _) = moment.to_ymd_hms_milli();
    if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")
    }
}
