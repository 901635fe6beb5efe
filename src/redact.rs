//! Hides e-mail addresses in text that may end up in a log: `Debug` output and error messages.

use std::{
    borrow::Cow,
    fmt::{self, Write as _},
    ops::Range,
};

use http::{HeaderMap, HeaderValue};

/// What stands between the two parts of an address: in text, in a URL, in JSON, in HTML.
const SIGNS: [&str; 4] = ["@", "%40", "\\u0040", "&#64;"];

/// `jane@example.com` -> `j***@example.com`; other text as it is.
pub(crate) fn address(address: &str) -> String {
    match SIGNS.iter().find_map(|sign| address.rsplit_once(sign)) {
        Some((local, domain)) => format!("{}@{domain}", Local(local)),
        None => "***".to_owned(),
    }
}

/// Hides every address within a text. What is hidden already stays as it is.
pub(crate) fn addresses(text: &str) -> Cow<'_, str> {
    let Some(mut found) = next_sign(text) else {
        return Cow::Borrowed(text);
    };
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        // In a run with several signs it is the last one that counts.
        while let Some(further) = further_sign(rest.get(found.end..).unwrap_or_default()) {
            found = found.end + further.start..found.end + further.end;
        }
        let (before, sign, after) = (
            rest.get(..found.start).unwrap_or_default(),
            rest.get(found.clone()).unwrap_or_default(),
            rest.get(found.end..).unwrap_or_default(),
        );
        let (others, local) = before.split_at(local_start(before));
        out.push_str(others);
        if !local.is_empty() && after.starts_with(|c| in_run(c) || c == '[') {
            let _ = write!(out, "{}@", Local(local));
        } else {
            out.push_str(local);
            out.push_str(sign);
        }
        rest = after;
        match next_sign(rest) {
            Some(next) => found = next,
            None => break,
        }
    }
    out.push_str(rest);
    Cow::Owned(out)
}

/// The first part of an address, of which no more than its first character is shown.
struct Local<'a>(&'a str);

impl fmt::Display for Local<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Quotes stay, as they were escaped, so that the text around it is read as before.
        let quote = self.0.find('"').map_or("", |quote| {
            let quote = self.0.get(..=quote).unwrap_or_default();
            if quote.trim_start_matches('\\') == "\"" {
                quote
            } else {
                ""
            }
        });
        let shown = self.0.trim_start_matches(['"', '\\']);
        match shown.chars().next() {
            Some(first) if !shown.starts_with("***") => write!(f, "{quote}{first}***{quote}"),
            _ => write!(f, "{quote}***{quote}"),
        }
    }
}

/// Where the next sign is.
fn next_sign(text: &str) -> Option<Range<usize>> {
    // The cheap look first: most texts hold none.
    if !text.contains(['@', '%', '\\', '&']) {
        return None;
    }
    let places = SIGNS.iter().filter_map(|sign| {
        let start = text.find(sign)?;
        Some(start..start + sign.len())
    });
    places.min_by_key(|place| place.start)
}

/// The longest address that the service could take, in bytes.
const LONGEST: usize = 4 * 320;

/// Where another sign is in the run that a text begins with, or right after quotes that close in it.
fn further_sign(text: &str) -> Option<Range<usize>> {
    let end = run_end(text);
    let within = text.get(..end).and_then(next_sign);
    within.or_else(|| {
        let quotes = text.match_indices('"').map(|(quote, _)| quote);
        for quote in quotes.take_while(|quote| *quote < LONGEST) {
            let (before, after) = (text.get(..quote)?, text.get(quote + 1..)?);
            if let Some(sign) = SIGNS.iter().find(|sign| after.starts_with(**sign)) {
                return Some(quote + 1..quote + 1 + sign.len());
            }
            if !before.ends_with('\\') {
                break;
            }
        }
        None
    })
}

/// Where the run ends that a text begins with; what is escaped, but for quotes, is a part of it.
fn run_end(text: &str) -> usize {
    let mut before = None;
    let end = text.find(|c| {
        let escaped = before.replace(c) == Some('\\') && c != '"';
        !in_run(c) && !escaped
    });
    end.unwrap_or(text.len())
}

/// Where the first part of an address begins that a text ends with.
fn local_start(text: &str) -> usize {
    text.strip_suffix('"')
        .and_then(quoted_start)
        .unwrap_or_else(|| plain_start(text))
}

/// Where the quotes open that close after this text; those within are escaped once more than they are.
fn quoted_start(text: &str) -> Option<usize> {
    let escapes = |text: &str| text.len() - text.trim_end_matches('\\').len();
    let depth = escapes(text);
    let mut end = text.len();
    loop {
        end = text.get(..end)?.rfind('"')?;
        let before = text.get(..end)?;
        if escapes(before) <= depth {
            return Some(end - escapes(before));
        }
    }
}

/// The same without quotes: as far as there is nothing that can't stand in an address, but for what is
/// escaped, and for a comment in parentheses.
fn plain_start(text: &str) -> usize {
    let mut start = text.len();
    let mut comment = 0_usize;
    let mut backwards = text.char_indices().rev().peekable();
    while let Some((place, c)) = backwards.next() {
        match c {
            ')' => comment = comment.saturating_add(1),
            '(' if comment == 0 => break,
            '(' => comment -= 1,
            '"' => break,
            _ if in_run(c) => {}
            _ if backwards.peek().is_some_and(|(_, before)| *before == '\\') => {}
            _ => break,
        }
        start = place;
    }
    start
}

/// Hides in the value of every header what `hide` hides in a text; the others stay as they are.
pub(crate) fn headers(headers: &mut HeaderMap, hide: impl Fn(&str) -> Cow<'_, str>) {
    for value in headers.values_mut() {
        let text = String::from_utf8_lossy(value.as_bytes());
        let hidden = hide(&text);
        if hidden != text {
            *value = HeaderValue::from_str(&hidden).unwrap_or(HeaderValue::from_static("***"));
        }
    }
}

/// What may stand in an address without quotes; generous, so that a piece of one is never left over.
fn in_run(c: char) -> bool {
    !(c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '[' | ']' | ',' | ';' | ':' | '`' | '"'))
}

/// `Debug` output with the addresses hidden, for what may hold one anywhere: whatever `show` writes.
pub(crate) fn debug(
    f: &mut fmt::Formatter<'_>,
    show: impl Fn(&mut fmt::Formatter<'_>) -> fmt::Result,
) -> fmt::Result {
    struct Shown<S>(S);

    impl<S: Fn(&mut fmt::Formatter<'_>) -> fmt::Result> fmt::Debug for Shown<S> {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            (self.0)(f)
        }
    }

    let text = if f.alternate() {
        format!("{:#?}", Shown(show))
    } else {
        format!("{:?}", Shown(show))
    };
    f.write_str(&addresses(&text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_hidden_wherever_they_stand() {
        for (text, told) in [
            ("nothing here", "nothing here"),
            ("jane.smith@example.com", "j***@example.com"),
            (
                "the key \"jane+news@example.com\" exists",
                "the key \"j***@example.com\" exists",
            ),
            ("<a@b.c>, d@e.f", "<a***@b.c>, d***@e.f"),
            ("élan@example.com!", "é***@example.com!"),
            ("a@b@example.com", "a***@example.com"),
            ("@home, at@", "@home, at@"),
            ("jane%40example.com", "j***@example.com"),
            ("jane(work)@example.com", "j***@example.com"),
            ("mailto:x@y.z", "mailto:x***@y.z"),
            ("a@b.c,d@e.f", "a***@b.c,d***@e.f"),
            ("to=jane\\u0040x.y", "t***@x.y"),
            ("jane&#64;x.y", "j***@x.y"),
            ("(jane@x.y)", "(j***@x.y)"),
            ("Address(\"jane@x.y\")", "Address(\"j***@x.y\")"),
            (r#""jane,smith"@x"#, r#""j***"@x"#),
            (r#"the key "jane smith"@x."#, r#"the key "j***"@x."#),
            (r#""a \"jane\" b"@x"#, r#""a***"@x"#),
            (r#""a@b"@example.com"#, r#""a***"@example.com"#),
            (r#"{"key":"\"jane,smith\"@x"}"#, r#"{"key":"\"j***\"@x"}"#),
            (r"jane\@smith@x", "j***@x"),
            (r"jane\ smith\,x@y", "j***@y"),
            ("jane@[127.0.0.1]", "j***@[127.0.0.1]"),
            ("jane@", "jane@"),
            ("say \"@home\"", "say \"@home\""),
        ] {
            assert_eq!(addresses(text), told);
            // Once is enough.
            assert_eq!(addresses(told), told);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_address_is_shown_however_odd_and_masking_twice_is_masking_once(
            local in r#"[a-z]{3}(([a-z+.=/!]|\\[@ ,"])*|\((in )?[a-z]*\))[a-z]{3}"#,
            quoted in r"[a-z]{3}[a-z ,;:<>@\[\]()]*[a-z]{3}",
            domain in r"[a-z]{1,5}\.[a-z]{2}|\[127\.0\.0\.1\]",
            around in "[a-z ]{0,9}[ ({<:=]",
        ) {
            for local in [local, format!("\"{quoted}\"")] {
                let address = format!("{local}@{domain}");
                for text in [format!("{around}{address}"), format!("{address:?}")] {
                    let hidden = addresses(&text);
                    proptest::prop_assert!(!hidden.contains(local.trim_matches('"')), "{hidden}");
                    let inner = local.trim_matches('"');
                    let tail = inner.get(inner.len() - 3..).unwrap();
                    proptest::prop_assert!(!hidden.contains(&format!("{tail}@")), "{hidden}");
                    proptest::prop_assert!(!hidden.contains(&format!("{tail}\"@")), "{hidden}");
                    proptest::prop_assert_eq!(addresses(&hidden), &*hidden);
                }
                proptest::prop_assert!(!super::address(&address).contains(local.trim_matches('"')));
            }
        }
    }

    #[test]
    fn an_odd_address_is_hidden_whole() {
        assert_eq!(address("no at sign"), "***");
        assert_eq!(address("@x"), "***@x");
    }
}
