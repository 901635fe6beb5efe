//! Files that break readers.

use super::{Desk, Planned, account};

fn planned(name: &str, bytes: impl AsRef<[u8]>, said: &[&str]) -> Planned {
    let desk = Desk::new(account());
    let path = desk.file(name, bytes);
    desk.planned(&[&[path.as_str()], said].concat())
}

#[test]
fn line_breaks_quotes_and_mixed_line_ends_are_part_of_the_rows_they_are_in() {
    let text = "Email,Notes,Company\r\n\
                a@example.com,\"two\r\nlines, \"\"quoted\"\"\",Acme\n\
                \n\
                b@example.com,\"=cmd()\",\"O'Hara, Inc.\"\r\n\
                c@example.com,last,\"cut o";
    let planned = planned("a.csv", text, &[]);
    assert_eq!(
        planned.steps,
        [
            "create a@example.com Notes: nothing -> \"two\\r\\nlines, \\\"quoted\\\"\"; Company: nothing -> \"Acme\"",
            "create b@example.com Notes: nothing -> \"=cmd()\"; Company: nothing -> \"O'Hara, Inc.\"",
        ]
    );
    assert_eq!(
        planned.rejected,
        ["6  a quote is opened and never closed: is the file whole?"]
    );
    assert_eq!(planned.rows(), [2, 0, 0, 0, 1, 0]);
}

#[test]
fn a_cell_of_ten_megabytes_is_a_row_like_any_other() {
    let cell = "x".repeat(10 << 20);
    let planned = planned(
        "a.csv",
        format!("Email,Notes\na@example.com,{cell}\nb@example.com,B\n"),
        &[],
    );
    assert_eq!(planned.rows(), [2, 0, 0, 0, 0, 0]);
    let long = planned.steps[0].len();
    assert!(long > 10 << 20, "{long}");
}

#[test]
fn a_row_with_nul_or_bytes_that_the_encoding_lacks_is_rejected_alone() {
    let text = b"Email,Notes\na@example.com,A\nb@example.com,b\0b\nc@example.com,\xff\xfe\nd@example.com,D\n";
    let planned = planned("a.csv", text, &["--encoding=utf-8"]);
    assert_eq!(
        planned.rejected,
        [
            "3 Notes it holds a NUL character",
            "4 Notes it holds bytes that the encoding doesn't have; say --encoding if another was meant"
        ]
    );
    assert_eq!(planned.rows(), [2, 0, 0, 0, 2, 0]);
}

#[test]
fn columns_of_one_name_are_two() {
    let desk = Desk::new(account());
    let path = desk.file("a.csv", "Email,Notes,Notes\na@example.com,one,two\n");
    let said = desk.plan(&[&path]);
    assert_eq!(said.code, 5, "{}", said.err);
    assert!(said.err.contains("\"Notes (2)\""), "{}", said.err);
    let planned = desk.planned(&[&path, "--ignore=Notes (2)"]);
    assert_eq!(
        planned.steps,
        ["create a@example.com Notes: nothing -> \"one\"",]
    );
}

#[test]
fn addresses_that_look_like_others_are_rejected_and_odd_ones_taken() {
    let text = "Email,First Name\n\
                j\u{430}ne@example.com,Look\n\
                jane@\u{435}xample.com,Alike\n\
                o'hara@example.com,Pat\n\
                \u{feff} SPACED@Example.COM\u{200b},Spaced\n\
                ADA@EXAMPLE.COM,Ada\n\
                ada@example.com,Ada\n";
    let planned = planned("a.csv", text, &[]);
    assert_eq!(
        planned.steps,
        [
            "create o'hara@example.com First Name: nothing -> \"Pat\"",
            "create SPACED@example.com First Name: nothing -> \"Spaced\"",
        ]
    );
    assert_eq!(
        planned.rejected,
        [
            "2 Email it mixes letters of several scripts, as look-alikes do; --allow-address takes it as it is",
            "3 Email it mixes letters of several scripts, as look-alikes do; --allow-address takes it as it is"
        ]
    );
    assert_eq!(planned.rows(), [2, 1, 0, 1, 2, 0]);
}

#[test]
fn upper_case_twins_are_one_person() {
    let text = "Email,First Name,Status\n\
                TWIN@example.com,Tom,\n\
                twin@example.com,Tim,\n\
                ADA2@example.com,Ada,subscribed\n\
                ada2@EXAMPLE.com,Eve,unsubscribed\n";
    let planned = planned("a.csv", text, &[]);
    assert_eq!(
        planned.steps,
        ["suppress ada2@example.com unsubscribed (Status: unsubscribed)"]
    );
    let why = "the rows of this address (lines 2, 3) say different things of \"First Name\"; --duplicates first or last takes one";
    assert_eq!(planned.rejected, [format!("2  {why}"), format!("3  {why}")]);
    assert_eq!(planned.rows(), [1, 0, 0, 1, 2, 0]);
}

#[test]
fn text_of_japan_is_recognised() {
    let text = "\u{30e1}\u{30fc}\u{30eb}\u{30a2}\u{30c9}\u{30ec}\u{30b9},Company\n\
                a@example.com,\u{682a}\u{5f0f}\u{4f1a}\u{793e}\u{3055}\u{304f}\u{3089}\u{682a}\u{5f0f}\u{4f1a}\u{793e}\n";
    let (cp932, ..) = encoding_rs::SHIFT_JIS.encode(text);
    let mut utf_16 = vec![0xff, 0xfe];
    utf_16.extend(text.encode_utf16().flat_map(u16::to_le_bytes));
    let expected = "create a@example.com Company: nothing -> \"\u{682a}\u{5f0f}\u{4f1a}\u{793e}\u{3055}\u{304f}\u{3089}\u{682a}\u{5f0f}\u{4f1a}\u{793e}\"";
    for bytes in [text.as_bytes(), &cp932, &utf_16] {
        let planned = planned("a.csv", bytes, &[]);
        assert_eq!(planned.steps, [expected]);
    }
}

#[test]
fn a_workbook_gives_dates_and_loses_no_digit_silently() {
    use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};

    let desk = Desk::new(account());
    let mut book = Workbook::new();
    let sheet = book.add_worksheet();
    for (column, name) in (0_u16..).zip(["Email", "Customer Since", "Seats", "Phone"]) {
        sheet.write(0, column, name).unwrap();
    }
    let day = Format::new().set_num_format("yyyy-mm-dd");
    let date = ExcelDateTime::parse_from_str("2021-03-04").unwrap();
    sheet.write(1, 0, "a@example.com").unwrap();
    sheet.write_with_format(1, 1, &date, &day).unwrap();
    sheet.write(1, 2, 12.0).unwrap();
    sheet.write(1, 3, "0049 89").unwrap();
    sheet.write(2, 0, "b@example.com").unwrap();
    sheet.write(2, 3, 4_111_111_111_111_111_111.0).unwrap();
    sheet.write(3, 0, "c@example.com").unwrap();
    sheet.write(3, 3, "3.36E+10").unwrap();
    let path = desk.path("a.xlsx");
    book.save(&path).unwrap();
    let planned = desk.planned(&[path.to_str().unwrap()]);
    assert_eq!(
        planned.steps,
        [
            "create a@example.com Customer Since: nothing -> \"2021-03-04\"; Seats: nothing -> 12; Phone: nothing -> \"0049 89\"",
        ]
    );
    assert_eq!(
        planned.rejected,
        [
            "3 Phone a spreadsheet keeps 15 digits of a number, so its last ones are lost; format the column as text and fill it in again",
            "4 Phone a spreadsheet has shortened this number; export it again with the column formatted as text"
        ]
    );
}

#[test]
fn a_tag_with_an_ampersand_is_one_tag() {
    let planned = planned("a.csv", "Email,Tags\na@example.com,\"R&D,VIP\"\n", &[]);
    assert_eq!(planned.steps, ["create a@example.com + tag R&D; + tag VIP"]);
}
