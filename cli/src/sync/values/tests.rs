#![allow(clippy::unwrap_used)]

use super::*;

fn decided(data_type: &DataType, texts: &[&str]) -> Result<Notation, Ambiguity> {
    let mut survey = Survey::new(data_type, Notation::default());
    for (line, text) in (2..).zip(texts) {
        survey.look(line, text);
    }
    survey.decide()
}

fn dates(texts: &[&str]) -> Result<Option<DateOrder>, Ambiguity> {
    decided(&DataType::Date, texts).map(|notation| notation.dates)
}

fn decimal(texts: &[&str]) -> Result<Option<DecimalSign>, Ambiguity> {
    decided(&DataType::Number, texts).map(|notation| notation.decimal)
}

#[test]
fn one_date_decides_for_its_column() {
    use DateOrder::{DayMonthYear, MonthDayYear, YearMonthDay};
    assert_eq!(dates(&["03/04/2021", "25/12/2020"]), Ok(Some(DayMonthYear)));
    assert_eq!(dates(&["12/25/2020", "03/04/2021"]), Ok(Some(MonthDayYear)));
    assert_eq!(dates(&["3.4.2021", "31.1.2021"]), Ok(Some(DayMonthYear)));
    assert_eq!(dates(&["Oct 14, 2017"]), Ok(Some(MonthDayYear)));
    assert_eq!(dates(&["2021-03-04", "2021-12-25"]), Ok(Some(YearMonthDay)));
    assert_eq!(dates(&["04/04/2021"]), Ok(Some(DayMonthYear)));
    assert_eq!(dates(&["", "soon"]), Ok(None));
}

#[test]
fn a_date_that_nothing_decides_is_told_with_both_readings() {
    for texts in [
        &["04/04/2021", "03/04/2021"][..],
        &["25/12/2020", "03/04/2021", "12/25/2020"][..],
    ] {
        let why = dates(texts).unwrap_err();
        assert_eq!(why.text, "03/04/2021");
        assert_eq!(why.readings, ["2021-04-03", "2021-03-04"]);
        assert_eq!(
            why.to_string(),
            "line 3: 03/04/2021 may be 2021-04-03 or 2021-03-04"
        );
    }
}

#[test]
fn one_number_decides_for_its_column() {
    use DecimalSign::{Comma, Point};
    assert_eq!(decimal(&["1.234", "1.5"]), Ok(Some(Point)));
    assert_eq!(decimal(&["1.234", "1,5"]), Ok(Some(Comma)));
    assert_eq!(decimal(&["1,234.50"]), Ok(Some(Point)));
    assert_eq!(decimal(&["1.234,50"]), Ok(Some(Comma)));
    assert_eq!(decimal(&["12", "-7", ""]), Ok(Some(Point)));
    let why = decimal(&["12", "1.234"]).unwrap_err();
    assert_eq!((why.line, why.option), (3, "--decimal"));
    assert_eq!(why.readings, ["1.234", "1234"]);
    assert!(decimal(&["1,234"]).is_err());
}

#[test]
fn a_value_is_read_as_its_column_writes_it() {
    let day_first = Notation {
        dates: Some(DateOrder::DayMonthYear),
        decimal: Some(DecimalSign::Comma),
        ..Notation::default()
    };
    let text = |text: &str, data_type: DataType| {
        read(text, &data_type, day_first).map(|value| value.to_string())
    };
    assert_eq!(text("3/4/2021", DataType::Date).unwrap(), "2021-04-03");
    assert_eq!(text("3 Apr 2021", DataType::Date).unwrap(), "2021-04-03");
    assert_eq!(text("2021-04-03", DataType::Date).unwrap(), "2021-04-03");
    assert_eq!(
        text("3.4.2021 00:00:00", DataType::Date).unwrap(),
        "2021-04-03"
    );
    assert!(text("31.2.2021", DataType::Date).is_err());
    assert!(text("12/25/2021", DataType::Date).is_err());
    assert!(text("0/0/00", DataType::Date).is_err());
    assert_eq!(text("1.234,5", DataType::Number).unwrap(), "1234.5");
    assert_eq!(text("1 234 567", DataType::Number).unwrap(), "1234567");
    assert_eq!(text("-12", DataType::Number).unwrap(), "-12");
    assert!(text("1.23.4", DataType::Number).is_err());
    assert_eq!(text("007", DataType::Text).unwrap(), "007");
}

#[test]
fn a_pattern_shows_an_order() {
    for (pattern, order) in [
        ("DD/MM/YYYY", Some(DateOrder::DayMonthYear)),
        ("mm-dd-yyyy", Some(DateOrder::MonthDayYear)),
        ("YYYY.MM.DD", Some(DateOrder::YearMonthDay)),
        ("MMM D, YYYY", Some(DateOrder::MonthDayYear)),
        ("YYYY", None),
        ("DD/MM/YYYY HH:MM", None),
        ("YYYY-DD-MM", None),
    ] {
        assert_eq!(DateOrder::of(pattern), order, "{pattern}");
    }
}

#[test]
fn what_the_operator_says_needs_no_survey() {
    let given = Notation {
        dates: Some(DateOrder::MonthDayYear),
        decimal: None,
        ..Notation::default()
    };
    let mut survey = Survey::new(&DataType::Date, given);
    survey.look(2, "03/04/2021");
    assert_eq!(survey.decide(), Ok(given));
}

#[test]
fn a_day_without_a_year_is_read_as_its_column_writes_days() {
    let column = |days: &[&str]| {
        let mut survey = Survey::new(&DataType::RecurrentDate, Notation::default());
        for (line, day) in days.iter().enumerate() {
            survey.look(line as u64, day);
        }
        survey.decide()
    };
    for (days, day, reads) in [
        (["05/17", "3/4"], "3/4", "03-04"),
        (["17/05", "3/4"], "3/4", "04-03"),
        (["29.2.", "3.4."], "29.2.", "02-29"),
        (["--05-17", "05-16"], "05-16", "05-16"),
    ] {
        let notation = column(&days).unwrap();
        let value = read(day, &DataType::RecurrentDate, notation).unwrap();
        assert_eq!(value, Value::from(reads), "{days:?}");
    }
    assert!(column(&["3/4"]).is_err(), "nothing decides");
    let notation = column(&["05/17"]).unwrap();
    assert!(read("02/30", &DataType::RecurrentDate, notation).is_err());
}
