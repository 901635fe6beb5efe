//! The edges of the decoder, one by one.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::unwrap_in_result
)]

use std::collections::BTreeMap;

use proptest::prelude::*;
use serde::de::IgnoredAny;
use serde_json::Value;

use super::oracle::{AtLeastHundred, Contact, assert_agreement, decoded};
use super::{ArrayDecoder, DecodeError, DecodeErrorKind};

fn all(body: &str) -> Result<Vec<Value>, DecodeError> {
    each_way(body)
}

/// Decodes in one chunk, after checking that single bytes give the same.
fn each_way<T: serde::de::DeserializeOwned + PartialEq + std::fmt::Debug>(
    body: &str,
) -> Result<Vec<T>, DecodeError> {
    assert_agreement::<T>(body.as_bytes(), &[1]);
    let (elements, end) = decoded(body.as_bytes(), &[]);
    end.map(|()| elements)
}

fn kind(body: &str) -> DecodeErrorKind {
    all(body).unwrap_err().kind()
}

mod accepted {
    use super::*;

    #[test]
    fn an_array_of_anything() {
        let body = concat!(
            " [1, -2.5e3 ,\"a\\\"]\\u00e9\\ud83d\\ude00\",true,false,null,{},",
            "[],{\"a\":[{\"b\":\"}\"}]}]\r\n\t "
        );
        assert_eq!(
            all(body).unwrap(),
            serde_json::from_str::<Vec<Value>>(body).unwrap()
        );
        assert_eq!(all(body).unwrap().len(), 9);
    }

    #[test]
    fn an_empty_array() {
        for body in ["[]", " [ ] ", "{\"records\":[]}", "{\"contacts\": [ ] }"] {
            assert_eq!(all(body).unwrap(), Vec::<Value>::new(), "{body}");
        }
    }

    #[test]
    fn a_wrapper_with_its_array_anywhere() {
        for body in [
            r#"{"records":[1,2]}"#,
            r#"{"contacts":[1,2]}"#,
            r#"{"total":2,"records":[1,2]}"#,
            r#" { "contacts" : [ 1 , 2 ] , "next" : null , "total" : 2 } "#,
            r#"{"a":{"records":["]}",{"b":[]}]},"records":[1,2]}"#,
            r#"{"b\"\\":"[{\"records\":[","c":[[]],"d":-1e5,"records":[1,2],"e":"]"}"#,
            r#"{"total":1,"total":2,"rec\u006frds":[1,2]}"#,
        ] {
            assert_eq!(all(body).unwrap(), [1, 2], "{body}");
        }
    }

    #[test]
    fn numbers_are_left_to_the_type() {
        let body = "[9007199254740993,18446744073709551615]";
        assert_eq!(
            each_way::<u64>(body).unwrap(),
            [9_007_199_254_740_993, u64::MAX]
        );
    }

    #[test]
    fn a_number_whose_first_digits_alone_would_be_refused() {
        assert_eq!(
            each_way::<AtLeastHundred>("[123,456]").unwrap(),
            [AtLeastHundred(123), AtLeastHundred(456)]
        );
        let nested: Vec<BTreeMap<String, AtLeastHundred>> =
            each_way(r#"[{"a":123,"b":456}]"#).unwrap();
        assert_eq!(nested[0]["b"], AtLeastHundred(456));
        // The digits alone exceed the range; the exponent brings it back.
        let long = format!("[1{}e-395,2]", "0".repeat(400));
        assert_eq!(each_way::<f64>(&long).unwrap().len(), 2);
    }

    #[test]
    fn nesting_up_to_the_depth_of_the_parser() {
        // One level more is refused: see `refused::nesting_beyond_the_depth_of_the_parser`.
        assert!(all(&nested(126, "[", "]")).is_ok());
        assert!(all(&nested(125, "{\"records\":[", "]}")).is_ok());
    }

    #[test]
    fn any_depth_in_what_the_type_skips() {
        let deep = format!("{}{}", "[".repeat(500), "]".repeat(500));
        assert_eq!(
            each_way::<IgnoredAny>(&format!("[{deep}]")).unwrap().len(),
            1
        );
        let body =
            format!(r#"{{"skipped":{deep},"records":[{{"key":"a","skipped":{deep},"__v":1}}]}}"#);
        assert_eq!(each_way::<Contact>(&body).unwrap()[0].key, "a");
    }
}

/// Brackets `depth` deep between the body's own.
fn nested(depth: usize, open: &str, close: &str) -> String {
    format!("{open}{}{}{close}", "[".repeat(depth), "]".repeat(depth))
}

mod refused {
    use super::*;

    #[test]
    fn faults_of_syntax() {
        for body in [
            "[1,]",
            "[,1]",
            "[,]",
            "[1 2]",
            "[1,,2]",
            "[1}",
            "[tru]",
            "[nul,1]",
            "[NaN]",
            "[Infinity]",
            "[-]",
            "[01]",
            "[1.]",
            "[+1]",
            "[.5]",
            "[1e]",
            "['a']",
            "[\"a\nb\"]",
            "[\"\u{0}\"]",
            r#"["\x"]"#,
            r#"["\u12g4"]"#,
            r#"["\ud800"]"#,
            r#"["\ud800\n"]"#,
            r#"["\ud800\ud800"]"#,
            r#"["\udc00"]"#,
            "[{]}",
            "[{\"a\"}]",
            "[{\"a\":}]",
            "[{\"a\":1,}]",
            "[{1:2}]",
            "[{\"a\" 1}]",
            "[1]]",
            "[1],",
            "[1] x",
            "[][]",
            "[1:2]",
            "[\u{feff}1]",
            "{\"records\":[1,]}",
            "{\"records\":[1],}",
            "{\"records\":[1] \"a\":1}",
            "{,\"records\":[1]}",
            "{\"records\" [1]}",
            "{records:[1]}",
            "{\"a\":tru,\"records\":[1]}",
            "{\"a\":[1,],\"records\":[1]}",
            "{\"records\":[1]}}",
            "{\"records\":[1]]",
            "{\"a\":,\"records\":[]}",
            "{\"\\ud800\":1,\"records\":[]}",
        ] {
            assert_eq!(kind(body), DecodeErrorKind::Syntax, "{body}");
        }
    }

    #[test]
    fn no_byte_order_mark_but_one_before_the_body() {
        assert_eq!(all("\u{feff}[1]").unwrap(), [1]);
        assert_eq!(all("\u{feff} {\"records\":[1]}").unwrap(), [1]);
        assert_eq!(kind("[1]\u{feff}"), DecodeErrorKind::Syntax);
    }

    #[test]
    fn a_body_without_its_one_array() {
        for body in [
            "{}",
            "{\"total\":2}",
            "{\"data\":[1]}",
            "{\"records\":null}",
            "{\"records\":{}}",
            "{\"contacts\":\"[]\"}",
            "12",
            "\"[1]\"",
            "null",
            "<html>",
            "\u{feff}\u{feff}[1]",
            " \u{feff}[1]",
            "{\"records\":[1],\"records\":[2]}",
            "{\"records\":[1],\"contacts\":[]}",
            "{\"a\":{\"records\":[1]}}",
        ] {
            assert_eq!(kind(body), DecodeErrorKind::NotAnArray, "{body}");
        }
        assert!(
            all("{\"data\":[1]}")
                .unwrap_err()
                .reason()
                .contains("without an array `records` or `contacts`")
        );
    }

    #[test]
    fn every_body_that_stops_early() {
        let body = r#" {"total":12,"records":[{"a":"é\n\ud83d\ude00"},12.5e3,true,[[]]],"z":null}"#;
        assert_eq!(all(body).unwrap().len(), 4);
        for end in (0..body.len()).filter(|&end| body.is_char_boundary(end)) {
            assert_eq!(
                kind(&body[..end]),
                DecodeErrorKind::Incomplete,
                "{}",
                &body[..end]
            );
        }
    }

    #[test]
    fn a_body_that_is_not_utf8() {
        for body in [
            &b"[\"\xFF\"]"[..],
            b"[1,\"a\xE2\x82\"]",
            b"\xFF[]",
            b"[]\xC3",
            b"[1]\x80",
            b"[\"\xED\xA0\x80\"]",
        ] {
            assert_agreement::<Value>(body, &[1]);
            let (_, end) = decoded::<Value>(body, &[]);
            assert_eq!(end.unwrap_err().kind(), DecodeErrorKind::Utf8, "{body:?}");
        }
    }

    #[test]
    fn nesting_beyond_the_depth_of_the_parser() {
        for body in [
            nested(127, "[", "]"),
            nested(128, "[", "]"),
            nested(5000, "[", "]"),
            nested(126, "{\"records\":[", "]}"),
        ] {
            assert_eq!(kind(&body), DecodeErrorKind::TooDeep, "{body}");
        }
        let many_brackets = format!("[[{}[]]]", "[],".repeat(300));
        assert_eq!(all(&many_brackets).unwrap().len(), 1);
    }

    #[test]
    fn an_element_larger_than_the_limit_however_it_is_cut() {
        let refused = |body: &str, chunk: usize| {
            let mut decoder = ArrayDecoder::<Value>::new().max_element_bytes(10);
            for chunk in body.as_bytes().chunks(chunk) {
                decoder.feed(chunk);
                while let Some(_element) = decoder.next_element()? {}
            }
            decoder.finish();
            decoder.next_element().map(|_| ())
        };
        for chunk in [1, 2, 3, 7, 100] {
            refused(r#"["12345678",1234567890,{"k": 456}  ]"#, chunk).unwrap();
            refused(&format!("[1,{} 2]", " ".repeat(50)), chunk).unwrap();
            for (body, offset) in [
                (r#"[1,"123456789"]"#, 3),
                ("[12345678901]", 1),
                ("[[1,2,3,4,5]]", 1),
                (r#"[1,"12345678901234"#, 3),
                (r#"{"123456789":1,"records":[]}"#, 1),
                (r#"{"a":"123456789","records":[]}"#, 5),
            ] {
                let error = refused(body, chunk).unwrap_err();
                assert_eq!(
                    (error.kind(), error.offset()),
                    (DecodeErrorKind::TooLarge, offset),
                    "{body} in {chunk}s"
                );
            }
        }
    }

    #[test]
    fn an_element_larger_than_the_limit_before_it_ends() {
        for chunk in [1, 7, 100] {
            let mut decoder = ArrayDecoder::<Value>::new().max_element_bytes(1000);
            decoder.feed(b"[\"");
            let fed = (0..2000).step_by(chunk).find(|_| {
                decoder.feed(&vec![b'x'; chunk]);
                decoder.next_element().is_err()
            });
            assert!(fed.unwrap() <= 1000, "in chunks of {chunk}");
            let error = decoder.next_element().unwrap_err();
            assert_eq!(error.kind(), DecodeErrorKind::TooLarge);
        }
    }
}

mod errors {
    use super::*;

    #[test]
    fn name_the_element_and_its_place() {
        let body = concat!(
            "{\"total\":3,\n\"records\": [{\"key\":\"a\",\"__v\":1},\n",
            " {\"key\":\"b\",\n\"__v\":\"jane\"}]}"
        );
        let error = each_way::<Contact>(body).unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::Data);
        assert_eq!(error.element(), Some(1));
        assert_eq!(error.offset(), body.find(r#"{"key":"b""#).unwrap() as u64);
        assert_eq!(
            error.fault_offset(),
            Some(body.find("jane").unwrap() as u64 + 5)
        );
        assert_eq!(error.reason(), "invalid type: string, expected u8");
    }

    #[test]
    fn outside_the_elements_name_the_place_alone() {
        let error = all("[1,2 3]").unwrap_err();
        assert_eq!(
            (error.element(), error.offset(), error.fault_offset()),
            (None, 5, None)
        );
        let error = all("[1] [").unwrap_err();
        assert_eq!((error.element(), error.offset()), (None, 4));
    }

    #[test]
    fn of_a_body_that_stops_say_where() {
        let error = all("[1,{\"a\":").unwrap_err();
        assert_eq!(
            (error.element(), error.offset(), error.fault_offset()),
            (Some(1), 3, Some(8))
        );
        assert_eq!(all("").unwrap_err().reason(), "the body is empty");
    }

    #[test]
    fn come_after_the_elements_before_them_and_again_at_every_call() {
        let mut decoder = ArrayDecoder::<u8>::new();
        decoder.feed(b"[1,2,x");
        assert_eq!(decoder.next_element().unwrap(), Some(1));
        assert_eq!(decoder.next_element().unwrap(), Some(2));
        decoder.feed(b"]");
        let error = decoder.next_element().unwrap_err();
        assert_eq!(error.kind(), DecodeErrorKind::Syntax);
        decoder.feed(b"[3]");
        assert_eq!(
            decoder.unconsumed(),
            0,
            "text is kept that nobody will read"
        );
        decoder.finish();
        assert_eq!(decoder.next_element().unwrap_err(), error);
    }

    #[test]
    fn are_found_before_the_body_ends() {
        let mut decoder = ArrayDecoder::<Contact>::new();
        decoder.feed(br#"[{"key":12, "#);
        assert_eq!(
            decoder.next_element().unwrap_err().kind(),
            DecodeErrorKind::Data
        );
    }

    proptest! {
        #[test]
        fn never_repeat_the_document(
            secret in "[a-z`\", :\\\\]{0,8}jane[a-z`\", :\\\\]{0,8}",
            shape in 0_usize..10,
            size: u8,
        ) {
            let quoted = serde_json::to_string(&secret).unwrap();
            let body = match shape {
                0 => format!("[{quoted}]"),
                1 => format!(r#"[{{"key":{{{quoted}:1}}}}]"#),
                2 => format!(r#"[{{"key":"a","__v":{quoted}}}]"#),
                3 => format!(r#"[{{"key":"a","status":{{"primary":{quoted}}},"__v":1}}]"#),
                4 => format!(r#"[{{"key":"a","status":{quoted},"__v":1}}]"#),
                5 => format!(r#"[{{"key":{quoted} jane}}]"#),
                6 => format!("{{{quoted}:1}}"),
                7 => format!("jane{quoted}"),
                8 => format!("[{{{quoted}:"),
                _ => format!(r#"[{{"fields":[{{"_id":"1","value":{quoted}}}]}}]"#),
            };
            let (_, end) = decoded::<Contact>(body.as_bytes(), &[size]);
            let error = end.unwrap_err();
            prop_assert!(!error.to_string().contains("jane"), "{error}");
            prop_assert!(!format!("{error:?}").contains("jane"), "{error:?}");
        }
    }
}
