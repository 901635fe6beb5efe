//! Hides e-mail addresses in text that may end up in a log: `Debug` output and error messages.

use std::{borrow::Cow, fmt};

use http::{HeaderMap, HeaderValue};

/// `jane@example.com` -> `j***@example.com`; other text as it is.
pub(crate) fn address(address: &str) -> String {
    match address
        .rsplit_once('@')
        .or_else(|| address.rsplit_once("%40"))
    {
        Some((local, domain)) => {
            let first: String = local.chars().take(1).collect();
            format!("{first}***@{domain}")
        }
        None => "***".to_owned(),
    }
}

/// Hides every address within a text.
pub(crate) fn addresses(text: &str) -> Cow<'_, str> {
    if !text.contains('@') && !text.contains("%40") {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len());
    for piece in text.split_inclusive(|c: char| !in_address(c)) {
        let word = piece.trim_end_matches(|c: char| !in_address(c));
        let rest = piece.get(word.len()..).unwrap_or_default();
        match word.split_once('@').or_else(|| word.split_once("%40")) {
            Some((local, domain)) if !local.is_empty() && !domain.is_empty() => {
                out.push_str(&address(word));
            }
            _ => out.push_str(word),
        }
        out.push_str(rest);
    }
    Cow::Owned(out)
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

/// What may stand in an address; generous, so that a piece of one is never left over.
fn in_address(c: char) -> bool {
    !(c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '[' | ']' | ',' | ';' | ':' | '`' | '\\'))
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
                "the key \"***@example.com\" exists",
            ),
            ("<a@b.c>, d@e.f", "<a***@b.c>, d***@e.f"),
            ("élan@example.com!", "é***@example.com!"),
            ("a@b@example.com", "a***@example.com"),
            ("@home, at@", "@home, at@"),
            ("jane%40example.com", "j***@example.com"),
            ("jane(work)@example.com", "j***@example.com"),
            ("mailto:x@y.z", "mailto:x***@y.z"),
        ] {
            assert_eq!(addresses(text), told);
        }
    }

    #[test]
    fn an_odd_address_is_hidden_whole() {
        assert_eq!(address("no at sign"), "***");
        assert_eq!(address("@x"), "***@x");
    }
}
