//! A plan as one page for whoever must say yes: no scripts, nothing to load, addresses masked unless all is asked for.

use std::{
    borrow::Cow,
    fmt::Write as _,
    io::{self, BufWriter, Write as _},
    path::Path,
};

use super::summary;
use crate::{
    output::Failure,
    sync::{PlanFile, StoredStep},
};

const STYLE: &str = "body{font:15px/1.5 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem}\
    pre{background:#f4f4f4;padding:1rem;overflow-x:auto}table{border-collapse:collapse;width:100%}\
    th,td{text-align:left;vertical-align:top;padding:.3rem .6rem;border-bottom:1px solid #ddd;overflow-wrap:anywhere}";

/// Writes the page, readable by its owner alone; one that was there is replaced.
pub(super) fn write(plan: &PlanFile, to: &Path, full: bool) -> Result<(), Failure> {
    let fails = |why: &dyn std::fmt::Display| {
        Failure::failed(format!("{} can't be written: {why}", to.display()))
    };
    let folder = match to.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut file = tempfile::Builder::new()
        .prefix(".bme-html-")
        .tempfile_in(folder)
        .map_err(|why| fails(&why))?;
    let mut page = Page {
        out: BufWriter::new(file.as_file_mut()),
        full,
    };
    page.write(plan)?;
    page.out.flush().map_err(|why| fails(&why))?;
    drop(page);
    file.as_file().sync_all().map_err(|why| fails(&why))?;
    file.persist(to).map(drop).map_err(|why| fails(&why.error))
}

struct Page<'f> {
    out: BufWriter<&'f mut std::fs::File>,
    full: bool,
}

impl Page<'_> {
    fn write(&mut self, plan: &PlanFile) -> Result<(), Failure> {
        let account = self.text(&plan.about.account).into_owned();
        let title = format!("Plan for {account}");
        self.put(&format!(
            "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">\
             <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">\
             <title>{title}</title><style>{STYLE}</style></head><body>\n<h1>{title}</h1>\n"
        ))?;
        let numbers = summary::numbers(plan)?.join("\n");
        let numbers = self.text(&numbers).into_owned();
        self.put(&format!("<pre>{numbers}</pre>\n"))?;
        for (kind, heading) in [
            ("suppress", "People who have left, to be unsubscribed"),
            ("update", "Contacts to be updated"),
            ("create", "Contacts to be created"),
            ("delete", "Contacts to be deleted"),
        ] {
            self.steps(plan, kind, heading)?;
        }
        self.rejected(plan)?;
        self.put("</body></html>\n")
    }

    fn steps(&mut self, plan: &PlanFile, kind: &str, heading: &str) -> Result<(), Failure> {
        let mut any = false;
        plan.steps(Some(kind), None, |step: StoredStep| {
            if !any {
                any = true;
                self.put(&format!(
                    "<h2>{heading}</h2>\n<table><tr><th>Address</th><th>What is different</th></tr>\n"
                ))?;
            }
            let address = self.text(&step.address).into_owned();
            let mut changes = String::new();
            for line in summary::differences(&step, plan) {
                let _ = write!(changes, "<div>{}</div>", self.text(&line));
            }
            self.put(&format!("<tr><td>{address}</td><td>{changes}</td></tr>\n"))
        })?;
        if any {
            self.put("</table>\n")?;
        }
        Ok(())
    }

    fn rejected(&mut self, plan: &PlanFile) -> Result<(), Failure> {
        let mut any = false;
        plan.rejected(None, |row| {
            if !any {
                any = true;
                self.put(
                    "<h2>Rows that can't be taken</h2>\n\
                     <table><tr><th>Source</th><th>Line</th><th>Column</th><th>Why</th></tr>\n",
                )?;
            }
            let column = row.column.unwrap_or_default();
            let cells = [
                &row.place.source,
                &row.place.line.to_string(),
                &column,
                &row.reason,
            ]
            .map(|cell| format!("<td>{}</td>", self.text(cell)));
            self.put(&format!("<tr>{}</tr>\n", cells.concat()))
        })?;
        if any {
            self.put("</table>\n")?;
        }
        Ok(())
    }

    fn put(&mut self, html: &str) -> Result<(), Failure> {
        let written = self.out.write_all(html.as_bytes());
        written.map_err(|why: io::Error| Failure::io("the page can't be written", &why))
    }

    /// Text as it may stand in a page.
    fn text<'t>(&self, text: &'t str) -> Cow<'t, str> {
        let shown = if self.full {
            Cow::Borrowed(text)
        } else {
            masked(text)
        };
        if shown.contains(['&', '<', '>', '"', '\'']) {
            let escaped = shown
                .replace('&', "&amp;")
                .replace('<', "&lt;")
                .replace('>', "&gt;")
                .replace('"', "&quot;")
                .replace('\'', "&#39;");
            return Cow::Owned(escaped);
        }
        shown
    }
}

/// The text with nothing left of each address but its first letter and its domain.
fn masked(text: &str) -> Cow<'_, str> {
    if !text.contains('@') {
        return Cow::Borrowed(text);
    }
    let ends = |letter: char| {
        letter.is_whitespace() || matches!(letter, '"' | '<' | '>' | ',' | ';' | '(' | ')')
    };
    let mut shown = String::with_capacity(text.len());
    for word in text.split_inclusive(ends) {
        match word.rsplit_once('@') {
            Some((local, domain)) => {
                shown.extend(local.chars().next());
                shown.push_str("***@");
                shown.push_str(domain);
            }
            None => shown.push_str(word),
        }
    }
    Cow::Owned(shown)
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn nothing_is_left_of_an_address_but_its_first_letter_and_its_domain() {
        for (text, shown) in [
            ("jane.smith@example.com", "j***@example.com"),
            (
                "\"jane@example.com\" -> \"o'hara+x@example.org\"",
                "\"j***@example.com\" -> \"o***@example.org\"",
            ),
            (
                "Notes: <a@b@example.com>;c@example.com",
                "Notes: <a***@example.com>;c***@example.com",
            ),
            ("no address", "no address"),
        ] {
            assert_eq!(masked(text), shown);
        }
    }
}
