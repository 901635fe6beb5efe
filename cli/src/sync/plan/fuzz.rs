//! Whatever bytes a source holds, reader and mapping end with a plan or with words, and every record of a plan is
//! accounted for. `PROPTEST_CASES=1000000 cargo test -p benchmark-email-cli --lib sync::plan::fuzz` tries more of them.
#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Write as _;

use benchmark_email::structures::DataType;
use proptest::prelude::*;

use super::tests::{NEWS, contact, planned, structure};
use super::*;
use crate::sync::{
    mapping::{Rules, proposed},
    rows::{AddressRules, Besides, Duplicates, Role},
    source::{self, Options, Origin, Record},
};

const NAMES: [&str; 10] = [
    "a.csv",
    "a.tsv",
    "a.txt",
    "a.jsonl",
    "a.xlsx",
    "a.zip",
    "a.csv.gz",
    "a.jsonl.gz",
    "a",
    ".csv",
];

/// What files are made of.
const PIECES: [&[u8]; 56] = [
    b"Email",
    b"email",
    b"First Name",
    b"Seats",
    b"Tags",
    b"Lists",
    b"Status",
    b"UNSUB_TIME",
    b"LEID",
    b"EMAIL_BLACKLISTED",
    b"\xe3\x83\xa1\xe3\x83\xbc\xe3\x83\xab",
    b",",
    b",",
    b",",
    b";",
    b"\t",
    b"|",
    b"\"",
    b"\"\"",
    b"\n",
    b"\n",
    b"\r",
    b"\r\n",
    b"\0",
    b"\xff",
    b"\xff\xfe",
    b"\xfe\xff",
    b"\xef\xbb\xbf",
    b"\x81\x40",
    b"\xe2\x80\x8b",
    b"a@x.org",
    b"A@X.ORG",
    b"b@x.org",
    b"c@x.org",
    b"j\xd0\xb0ne@x.org",
    b"o'hara@x.org",
    b"@",
    b"=cmd()",
    b"'=1",
    b"1",
    b"-1.5",
    b"1.234",
    b"1,234.5",
    b"3.36E+10",
    b"12345678901234567890",
    b"03/04/2021",
    b"2021-03-04",
    b"VIP",
    b"News",
    b"unsubscribed",
    b"subscribed",
    b"Yes",
    b"{\"email\":\"a@x.org\",\"tags\":[\"VIP\"]}\n",
    b"{",
    b"[\"VIP\"]",
    b" ",
];

const HEADER: &[u8] = b"Email,First Name,Seats,Tags,Lists,Status\n";

/// A whole archive, workbook or compressed file with these bytes in it.
fn packed(inside: &[u8], how: u8) -> Vec<u8> {
    match how {
        0 => {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
            gzip.write_all(inside).unwrap();
            gzip.finish().unwrap()
        }
        1 => {
            let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
            for name in ["a.csv", "b.jsonl"] {
                archive
                    .start_file(name, zip::write::SimpleFileOptions::default())
                    .unwrap();
                archive.write_all(inside).unwrap();
            }
            archive.finish().unwrap().into_inner()
        }
        _ => {
            let mut book = rust_xlsxwriter::Workbook::new();
            let sheet = book.add_worksheet();
            let text = String::from_utf8_lossy(inside);
            for (row, line) in (0_u32..).zip(text.lines().take(50)) {
                for (column, cell) in (0_u16..).zip(line.split(',').take(20)) {
                    let _ = match cell.parse::<f64>() {
                        Ok(number) if number.is_finite() => {
                            sheet.write(row, column, number).map(drop)
                        }
                        _ => sheet.write(row, column, cell).map(drop),
                    };
                }
            }
            book.save_to_buffer().unwrap_or_default()
        }
    }
}

fn bytes() -> impl Strategy<Value = Vec<u8>> {
    let pieces = proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..120)
        .prop_map(|pieces| pieces.concat());
    let rows = pieces.clone().prop_map(|pieces| [HEADER, &pieces].concat());
    let text = prop_oneof![pieces, rows.clone(), rows.clone()];
    let broken = (
        rows,
        0_u8..3,
        proptest::collection::vec((any::<u16>(), any::<u8>()), 0..6),
    )
        .prop_map(|(inside, how, edits)| {
            let mut bytes = packed(&inside, how);
            for (place, byte) in edits {
                let length = bytes.len().max(1);
                if let Some(there) = bytes.get_mut(usize::from(place) % length) {
                    *there = byte;
                }
            }
            bytes
        });
    prop_oneof![
        1 => proptest::collection::vec(any::<u8>(), 0..600),
        6 => text,
        2 => broken,
    ]
}

proptest! {
    #[test]
    fn no_bytes_lose_a_row_or_break_the_reader(
        files in proptest::collection::vec((0..NAMES.len(), bytes(), 0_u8..12), 1..3),
        encoding in proptest::option::of(proptest::sample::select(vec!["utf-8", "windows-1252", "shift_jis", "utf-16le", "iso-2022-jp"])),
        delimiter in proptest::option::of(proptest::sample::select(b",;\t|".to_vec())),
        rules in proptest::collection::vec(proptest::sample::select(PIECES.to_vec()), 0..12),
        left in "(Active|Inactive)",
        duplicates in 0_u8..3,
    ) {
        // What an operator may have written; most of it isn't a map at all.
        let written = String::from_utf8_lossy(&rules.concat()).into_owned();
        let _ = Rules::read(&written);
        let _ = Rules::read(&format!("[columns]\n{written:?} = {{ field = {written:?} }}\n[fields]\n{written:?} = \"text\"\n"));
        let folder = tempfile::tempdir().unwrap();
        let options = Options {
            encoding: encoding.and_then(source::encoding),
            delimiter,
            sheet: None,
        };
        let structure = structure();
        let mut given = Vec::new();
        let mut records = 0;
        for (number, (name, bytes, role)) in files.into_iter().enumerate() {
            let place = folder.path().join(number.to_string());
            std::fs::create_dir(&place).unwrap();
            let path = place.join(NAMES[name]);
            std::fs::write(&path, bytes).unwrap();
            let Ok(sources) = source::open(&Origin::File(path), &options) else {
                continue;
            };
            for source in sources {
                let mut record = Record::default();
                let mut reading = source.records().unwrap();
                let mut read = Vec::new();
                let whole = loop {
                    match reading.next(&mut record) {
                        Ok(true) => read.push((record.span, record.cells().map(str::to_owned).collect::<Vec<_>>())),
                        Ok(false) => break true,
                        Err(_) => break false,
                    }
                };
                drop(reading);
                // A record that is read again is the same.
                let mut lookup = source.lookup();
                for (span, cells) in &read {
                    lookup.read(*span, &mut record).unwrap();
                    prop_assert!(record.cells().eq(cells.iter().map(String::as_str)), "{:?} {:?}", cells, record);
                }
                drop(lookup);
                let Ok(rules) = proposed(&source.columns, &structure, &Rules::default()) else {
                    continue;
                };
                if !whole {
                    continue;
                }
                records += u64::try_from(read.len()).unwrap();
                let role = match role {
                    0 => Role::Left("suppressions".to_owned()),
                    1 => Role::Deletion,
                    _ => Role::Rows,
                };
                let besides = Besides::default();
                given.push(Given {
                    source,
                    rules,
                    role,
                    besides,
                });
            }
        }
        // What has to be asked of the operator is asked in words.
        let prepared = match prepare(given, &structure, AddressRules::default(), drop) {
            Ok(prepared) => prepared,
            Err(Stop::Ambiguous { why, .. }) => {
                prop_assert!(!why.to_string().is_empty());
                return Ok(());
            }
            Err(_) => return Ok(()),
        };
        prop_assert_eq!(prepared.counts.records, records);
        let account = [
            contact(1, "a@x.org", "A", &left, &[NEWS]),
            contact(2, "B@x.org", "B", "Active", &[]),
            contact(3, "b@x.org", "B", &left, &[]),
        ];
        let settings = Settings {
            duplicates: [Duplicates::Reject, Duplicates::First, Duplicates::Last][usize::from(duplicates)],
            ..Settings::default()
        };
        let planned = planned(prepared, &account, &settings);
        prop_assert!(planned.counts.add_up());
        prop_assert_eq!(planned.counts.records, records);
    }

    #[test]
    fn no_text_breaks_the_reading_of_a_value(text in "\\PC{0,12}|[0-9/.,: '-]{0,20}|[0-9]{1,4}[-/. ][0-9a-zA-Z]{1,9}[-/. ][0-9]{1,4}.{0,6}") {
        use crate::sync::values::{DateOrder, DecimalSign, Notation, Survey, read};

        for data_type in [DataType::Text, DataType::Number, DataType::Date, DataType::RecurrentDate, DataType::Boolean] {
            let mut survey = Survey::new(&data_type, Notation::default());
            survey.look(2, &text);
            if let Ok(notation) = survey.decide() {
                let _ = read(&text, &data_type, notation);
            }
            for dates in [DateOrder::DayMonthYear, DateOrder::MonthDayYear, DateOrder::YearMonthDay] {
                for decimal in [DecimalSign::Point, DecimalSign::Comma] {
                    let _ = read(&text, &data_type, Notation { dates: Some(dates), decimal: Some(decimal), json: false });
                }
            }
        }
    }
}
