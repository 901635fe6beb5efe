//! Cells of CSV that a spreadsheet would run: guarded when they are written, freed when they are read.

use std::borrow::Cow;

/// The cell with a `'` before it if a spreadsheet would run it, or take that `'` for ours.
pub(crate) fn guard(cell: &str) -> Cow<'_, str> {
    if runs(cell) {
        Cow::Owned(format!("'{cell}"))
    } else {
        Cow::Borrowed(cell)
    }
}

/// Takes away what [`guard`] put before a cell.
pub(crate) fn unguard(cell: &str) -> &str {
    match cell.strip_prefix('\'') {
        Some(rest) if runs(rest) => rest,
        _ => cell,
    }
}

/// Whether a spreadsheet would take the cell, or what follows its leading `'`s, for a formula.
fn runs(cell: &str) -> bool {
    let text = cell.trim_start_matches('\'');
    match text.chars().next() {
        Some('=' | '@' | '\t' | '\r') => true,
        Some('+' | '-') => text
            .parse::<f64>()
            .map_or(true, |number| !number.is_finite()),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formulas_are_guarded_and_numbers_are_not() {
        for formula in [
            "=1+1",
            "@SUM(A1)",
            "\tx",
            "\rx",
            "+cmd|' /C calc'!A0",
            "-2+3",
            "-",
            "+inf",
        ] {
            assert_eq!(guard(formula), format!("'{formula}"));
        }
        for harmless in ["-5", "+12.5", "-1e3", "Jane", "'tis", "", "a=b"] {
            assert_eq!(guard(harmless), harmless);
        }
    }

    #[test]
    fn what_was_guarded_reads_back_as_it_was() {
        for cell in [
            "=1", "'=1", "''=1", "'", "''", "'x", "-5", "'-5", "-x", "'+", "", "\t", "'\r\n",
        ] {
            assert_eq!(unguard(&guard(cell)), cell);
        }
    }
}
