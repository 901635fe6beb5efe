//! Tables of `docs/reliability.md` that tests make.

/// Holds a table against the one between its marks in the document; writes it there where `UPDATE_DOCS` is
/// set.
pub fn compare(name: &str, table: &str) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/docs/reliability.md");
    let document = std::fs::read_to_string(path).unwrap();
    let (begin, end) = (
        format!("<!-- {name} -->\n\n"),
        format!("\n<!-- end of {name} -->"),
    );
    let (before, rest) = document
        .split_once(&begin)
        .unwrap_or_else(|| panic!("no mark where the table begins: {begin}"));
    let (written, after) = rest
        .split_once(&end)
        .unwrap_or_else(|| panic!("no mark where the table ends: {end}"));
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(path, format!("{before}{begin}{table}{end}{after}")).unwrap();
        return;
    }
    for (now, then) in table.lines().zip(written.lines()) {
        assert_eq!(now, then, "docs/reliability.md says otherwise");
    }
    assert_eq!(table.lines().count(), written.lines().count());
}
