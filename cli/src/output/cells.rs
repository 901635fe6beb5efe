//! Cells that hold several values.

use std::borrow::Cow;

/// Several names in one cell, by commas; a name with a comma or a quote stands in quotes, as in CSV itself.
pub(crate) fn joined<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let quoted = names.into_iter().map(|name| {
        if name.contains([',', '"']) || name.trim() != name {
            Cow::Owned(format!("\"{}\"", name.replace('"', "\"\"")))
        } else {
            Cow::Borrowed(name)
        }
    });
    quoted.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_a_comma_stands_in_quotes() {
        assert_eq!(
            joined(["VIP", "R&D", "a, b", "say \"hi\""]),
            r#"VIP, R&D, "a, b", "say ""hi""""#
        );
        assert_eq!(joined([]), "");
    }
}
