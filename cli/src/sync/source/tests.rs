#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use std::io::Write;

use flate2::{Compression, write::GzEncoder};
use tempfile::TempDir;

use super::*;

struct Folder(TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self, name: &str, bytes: impl AsRef<[u8]>) -> Origin {
        let path = self.0.path().join(name);
        std::fs::write(&path, bytes).unwrap();
        Origin::File(path)
    }
}

fn one(origin: &Origin, options: &Options) -> Source {
    let mut sources = open(origin, options).unwrap();
    assert_eq!(sources.len(), 1);
    sources.remove(0)
}

/// Line, cells and damage of every record.
fn rows(source: &Source) -> Vec<(u64, Vec<String>, Option<String>)> {
    let mut records = source.records().unwrap();
    let mut record = Record::default();
    let mut rows = Vec::new();
    while records.next(&mut record).unwrap() {
        let cells = record.cells().map(str::to_owned).collect();
        let damage = record.damage.clone().map(|damage| damage.reason);
        rows.push((record.line, cells, damage));
    }
    rows
}

fn read(name: &str, bytes: impl AsRef<[u8]>) -> Vec<(u64, Vec<String>, Option<String>)> {
    let folder = Folder::new();
    rows(&one(&folder.file(name, bytes), &Options::default()))
}

fn cells(row: &(u64, Vec<String>, Option<String>)) -> Vec<&str> {
    row.1.iter().map(String::as_str).collect()
}

#[test]
fn quotes_line_breaks_and_mixed_line_ends_are_read() {
    let text = "Email,Notes\r\nj@x.org,\"two\r\nlines, \"\"quoted\"\"\"\n\nk@x.org,=cmd()\r\nl@x.org,\u{e9}";
    let rows = read("a.csv", text);
    assert_eq!(rows.len(), 3);
    assert_eq!(cells(&rows[0]), ["j@x.org", "two\r\nlines, \"quoted\""]);
    assert_eq!(cells(&rows[1]), ["k@x.org", "=cmd()"]);
    assert_eq!(cells(&rows[2]), ["l@x.org", "\u{e9}"]);
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 5, 6]);
    assert!(rows.iter().all(|row| row.2.is_none()));
}

#[test]
fn lines_are_counted_where_a_carriage_return_alone_ends_them() {
    let rows = read("a.csv", "Email,Name\ra@x.org,A\rb@x.org,B\r");
    assert_eq!(rows.iter().map(|row| row.0).collect::<Vec<_>>(), [2, 3]);
}

#[test]
fn the_delimiter_is_the_one_under_which_records_are_alike() {
    let folder = Folder::new();
    for (text, columns) in [
        ("Email;Name\na@x.org;\"Smith, A\"\nb@x.org;B,C,D\n", 2),
        ("Email\tName\na@x.org\tSmith, A\n", 2),
        ("Email|Name|City\na@x.org|A;B|C\n", 3),
        ("Email\na@x.org\n", 1),
    ] {
        let source = one(&folder.file("a.txt", text), &Options::default());
        assert_eq!(source.columns.len(), columns, "{text}");
    }
    let given = Options {
        delimiter: Some(b','),
        ..Options::default()
    };
    let source = one(&folder.file("b.csv", "a;b;c,d\n1;2;3,4\n"), &given);
    assert_eq!(source.columns, ["a;b;c", "d"]);
}

#[test]
fn columns_of_one_name_are_told_apart_and_blank_ones_named() {
    let folder = Folder::new();
    let text = "\u{feff}Email, Last Name,Date 1,,Date 1\na@x.org,A,1,2,3\n";
    let source = one(&folder.file("a.csv", text), &Options::default());
    assert_eq!(
        source.columns,
        ["Email", "Last Name", "Date 1", "column 4", "Date 1 (2)"]
    );
}

#[test]
fn a_file_without_records_has_none() {
    assert!(read("a.csv", "").is_empty());
    assert!(read("a.csv", "Email,Name\n").is_empty());
    assert!(read("a.csv", "Email,Name").is_empty());
}

#[test]
fn a_record_that_is_cut_or_holds_no_text_is_damaged_and_costs_no_other() {
    let folder = Folder::new();
    let origin = folder.file(
        "a.csv",
        b"Email,Name\na@x.org\nb@x.org,\xff\nc@x.org,a\0b\nd@x.org,D,,\ne@x.org,E,x\nf@x.org,\"cut o",
    );
    let given = Options {
        encoding: Some(encoding_rs::UTF_8),
        ..Options::default()
    };
    let rows = rows(&one(&origin, &given));
    let damage: Vec<_> = rows.iter().map(|row| row.2.as_deref()).collect();
    assert!(damage[0].unwrap().contains("1 values, the header 2"));
    assert!(damage[1].unwrap().contains("--encoding"));
    assert!(damage[2].unwrap().contains("NUL"));
    assert_eq!(damage[3], None);
    assert!(damage[4].unwrap().contains("3 values"));
    assert!(damage[5].unwrap().contains("never closed"));
    assert_eq!(rows.len(), 6);
}

#[test]
fn a_cell_of_ten_megabytes_is_read() {
    let cell = "x".repeat(10 << 20);
    let rows = read("a.csv", format!("Email,Notes\na@x.org,{cell}\n"));
    assert_eq!(rows[0].1[1].len(), 10 << 20);
}

#[test]
fn a_missing_quote_does_not_fill_the_memory() {
    let folder = Folder::new();
    let text = format!(
        "Email,Notes\na@x.org,\"open\n{}",
        "b@x.org,B\n".repeat(4 << 20)
    );
    let source = one(&folder.file("a.csv", text), &Options::default());
    let mut records = source.records().unwrap();
    let error = records
        .next(&mut Record::default())
        .unwrap_err()
        .to_string();
    assert!(
        error.contains("begins on line 2 is longer than 32 MiB"),
        "{error}"
    );
}

#[test]
fn text_in_other_encodings_is_recognised_and_told() {
    let folder = Folder::new();
    let (latin, _, _) =
        encoding_rs::WINDOWS_1252.encode("Email;Name\na@x.org;Jos\u{e9} Mu\u{f1}oz\n");
    let source = one(&folder.file("a.csv", &latin), &Options::default());
    assert_eq!(rows(&source)[0].1[1], "Jos\u{e9} Mu\u{f1}oz");
    assert!(
        source.notes[0].contains("windows-1252"),
        "{:?}",
        source.notes
    );
    assert!(source.notes[0].contains("Mu\u{f1}oz"), "{:?}", source.notes);

    let name = "\u{5c71}\u{7530}\u{592a}\u{90ce}\u{3055}\u{3093}\u{306e}\u{30e1}\u{30fc}\u{30eb}";
    let (cp932, _, _) = encoding_rs::SHIFT_JIS.encode(
        "\u{30e1}\u{30fc}\u{30eb}\u{30a2}\u{30c9}\u{30ec}\u{30b9},\u{540d}\u{524d}\na@x.org,NAME\n",
    );
    let (name_bytes, _, _) = encoding_rs::SHIFT_JIS.encode(name);
    let mut bytes = cp932.into_owned();
    let at = bytes.len() - 5;
    bytes.splice(at..at + 4, name_bytes.iter().copied());
    let source = one(&folder.file("b.csv", &bytes), &Options::default());
    assert_eq!(rows(&source)[0].1[1], name);
    assert!(source.notes[0].contains("shift_jis"), "{:?}", source.notes);

    for (mark, big) in [([0xff, 0xfe], false), ([0xfe, 0xff], true)] {
        let mut bytes = mark.to_vec();
        for unit in "Email,Name\na@x.org,\u{5c71}\n".encode_utf16() {
            bytes.extend(if big {
                unit.to_be_bytes()
            } else {
                unit.to_le_bytes()
            });
        }
        let source = one(&folder.file("c.csv", &bytes), &Options::default());
        assert_eq!(source.columns, ["Email", "Name"]);
        assert_eq!(rows(&source)[0].1[1], "\u{5c71}");
    }
    let unmarked: Vec<u8> = "Email,Name\n"
        .encode_utf16()
        .flat_map(u16::to_le_bytes)
        .collect();
    let origin = folder.file("d.csv", &unmarked);
    let error = open(&origin, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("utf-16le"), "{error}");
    let given = Options {
        encoding: text::encoding("UTF-16LE"),
        ..Options::default()
    };
    assert_eq!(one(&origin, &given).columns, ["Email", "Name"]);
}

#[test]
fn compressed_files_and_archives_are_unpacked() {
    let folder = Folder::new();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::fast());
    gzip.write_all(b"Email\tName\na@x.org\tA,B;C\n").unwrap();
    let source = one(
        &folder.file("a.tsv.gz", gzip.finish().unwrap()),
        &Options::default(),
    );
    assert_eq!(rows(&source)[0].1, ["a@x.org", "A,B;C"]);

    let mut archive = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let settings = zip::write::SimpleFileOptions::default();
    for (name, text) in [
        ("unsubscribed.csv", "Email\nb@x.org\n"),
        ("members/subscribed.csv", "Email\na@x.org\n"),
        ("__MACOSX/subscribed.csv", "junk"),
        ("readme.pdf", "junk"),
    ] {
        archive.start_file(name, settings).unwrap();
        archive.write_all(text.as_bytes()).unwrap();
    }
    let origin = folder.file("all.zip", archive.finish().unwrap().into_inner());
    let sources = open(&origin, &Options::default()).unwrap();
    let names: Vec<_> = sources.iter().map(|source| source.name.clone()).collect();
    assert!(
        names[0].ends_with("all.zip:members/subscribed.csv"),
        "{names:?}"
    );
    assert!(names[1].ends_with("all.zip:unsubscribed.csv"), "{names:?}");
    assert_eq!(names.len(), 2);

    let broken = folder.file("b.zip", "Email\n");
    let error = open(&broken, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("isn't one"), "{error}");
}

#[test]
fn json_lines_are_records_and_keep_every_digit() {
    let folder = Folder::new();
    let text = concat!(
        "{\"email\":\"a@x.org\",\"id\":12345678901234567890123,\"tags\":[\"R&D\",\"VIP\"]}\n",
        "\n",
        "{\"email\":\"b@x.org\",\"vip\":true,\"id\":null}\n",
        "{\"email\":\"c@x.org\",\"address\":{\"city\":\"X\"}}\n",
    );
    let source = one(&folder.file("a.jsonl", text), &Options::default());
    assert_eq!(source.columns, ["email", "id", "tags", "vip", "address"]);
    let rows = rows(&source);
    assert_eq!(
        rows[0].1[..4],
        [
            "a@x.org",
            "12345678901234567890123",
            "[\"R&D\",\"VIP\"]",
            ""
        ]
    );
    assert_eq!(rows[1].1[..4], ["b@x.org", "", "", "true"]);
    assert_eq!((rows[1].0, rows[2].0), (3, 4));
    assert!(
        rows[2]
            .2
            .as_deref()
            .unwrap()
            .contains("object within an object")
    );

    let broken = folder.file("b.jsonl", "{\"email\":\"a@x.org\"}\n[1]\n");
    let error = open(&broken, &Options::default()).unwrap_err().to_string();
    assert!(error.contains("line 2"), "{error}");
}

#[test]
fn a_workbook_gives_dates_whole_numbers_and_what_it_rounded() {
    use rust_xlsxwriter::{ExcelDateTime, Format as Look, Workbook};
    let folder = Folder::new();
    let path = folder.0.path().join("a.xlsx");
    let mut book = Workbook::new();
    let sheet = book.add_worksheet().set_name("People").unwrap();
    for (column, name) in ["Email", "Seats", "Since", "Card", "Phone"]
        .iter()
        .enumerate()
    {
        sheet
            .write(0, u16::try_from(column).unwrap(), *name)
            .unwrap();
    }
    let day = Look::new().set_num_format("yyyy-mm-dd");
    let date = ExcelDateTime::parse_from_str("2021-03-04").unwrap();
    sheet.write(1, 0, "a@x.org").unwrap();
    sheet.write(1, 1, 12.0).unwrap();
    sheet.write_with_format(1, 2, &date, &day).unwrap();
    sheet.write(1, 3, "0049").unwrap();
    sheet.write(3, 0, "b@x.org").unwrap();
    sheet.write(3, 3, 4_111_111_111_111_111_111.0).unwrap();
    sheet.write(4, 0, "c@x.org").unwrap();
    sheet.write(4, 4, "3.36E+10").unwrap();
    book.add_worksheet()
        .set_name("Other")
        .unwrap()
        .write(0, 0, "Name")
        .unwrap();
    book.save(&path).unwrap();

    let origin = Origin::File(path);
    let source = one(&origin, &Options::default());
    assert_eq!(source.columns, ["Email", "Seats", "Since", "Card", "Phone"]);
    assert!(
        source.notes[0].contains("\"People\" is read"),
        "{:?}",
        source.notes
    );
    let rows = rows(&source);
    assert_eq!(rows[0].1, ["a@x.org", "12", "2021-03-04", "0049", ""]);
    let lines: Vec<_> = rows.iter().map(|row| row.0).collect();
    assert_eq!(lines, [2, 3, 4, 5]);
    assert!(rows[2].2.as_deref().unwrap().contains("15 digits"));
    assert!(rows[3].2.as_deref().unwrap().contains("shortened"));

    let other = Options {
        sheet: Some("Other".to_owned()),
        ..Options::default()
    };
    assert_eq!(one(&origin, &other).columns, ["Name"]);
    let none = Options {
        sheet: Some("people".to_owned()),
        ..Options::default()
    };
    let error = open(&origin, &none).unwrap_err().to_string();
    assert!(error.contains("People, Other"), "{error}");
}

#[cfg(unix)]
#[test]
fn a_command_that_fails_gives_no_source_though_it_printed_rows() {
    let good = Origin::Command("printf 'Email,Name\\na@x.org,A\\n'".to_owned());
    assert_eq!(rows(&one(&good, &Options::default())).len(), 1);
    let bad = Origin::Command("printf 'Email,Name\\na@x.org,A\\n'; exit 3".to_owned());
    let error = open(&bad, &Options::default()).unwrap_err().to_string();
    assert!(
        error.contains('3') && error.contains("no plan was written"),
        "{error}"
    );
}

#[test]
fn a_record_is_read_again_where_it_stands() {
    let folder = Folder::new();
    let text =
        "\u{feff}Email,Notes\r\n\r\n\u{feff}a@x.org,\"one\r\ntwo\"\r\nb@x.org,B\r\nc@x.org,\"C\"";
    let source = one(&folder.file("a.csv", text), &Options::default());
    let mut spans = Vec::new();
    let mut record = Record::default();
    let mut records = source.records().unwrap();
    while records.next(&mut record).unwrap() {
        spans.push((
            record.span,
            record.cells().map(str::to_owned).collect::<Vec<_>>(),
        ));
    }
    assert_eq!(spans.len(), 3);
    let mut lookup = source.lookup();
    for (span, cells) in spans.iter().rev().chain(&spans) {
        lookup.read(*span, &mut record).unwrap();
        assert_eq!(&record.cells().collect::<Vec<_>>(), cells);
    }
}
