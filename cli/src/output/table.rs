//! Tables for people: columns as wide as their cells, made narrower where the terminal is.

use std::{
    fmt::Write as _,
    io::{self, Write},
};

use anstyle::Style;
use unicode_segmentation::UnicodeSegmentation as _;
use unicode_width::UnicodeWidthStr as _;

use super::terminal;

/// Between two columns.
const GAP: usize = 2;
/// No column gets narrower than this, so that what is left of a cell says something.
const NARROWEST: usize = 10;

/// The widths of a table's columns.
#[derive(Debug)]
pub(super) struct Layout {
    widths: Vec<usize>,
    /// Whether a cell that is wider than its column is cut; only a terminal has an edge.
    cuts: bool,
}

impl Layout {
    /// Widths for these rows, and those that come after them.
    pub(super) fn new(header: &[String], rows: &[Vec<String>], width: Option<usize>) -> Self {
        let widest = |column: usize| {
            let cells = rows.iter().filter_map(|row| row.get(column));
            cells
                .chain(header.get(column))
                .map(|cell| cell.width())
                .max()
                .unwrap_or(0)
                .max(1)
        };
        let mut widths: Vec<usize> = (0..header.len()).map(widest).collect();
        if let Some(width) = width {
            narrow(&mut widths, width);
        }
        Self {
            widths,
            cuts: width.is_some(),
        }
    }

    /// How many columns found no room.
    pub(super) fn left_out(&self) -> usize {
        self.widths.iter().filter(|width| **width == 0).count()
    }

    pub(super) fn header(
        &self,
        out: &mut impl Write,
        cells: &[String],
        style: Style,
    ) -> io::Result<()> {
        writeln!(out, "{style}{}{style:#}", self.line(cells))
    }

    pub(super) fn row(&self, out: &mut impl Write, cells: &[String]) -> io::Result<()> {
        writeln!(out, "{}", self.line(cells))
    }

    fn line(&self, cells: &[String]) -> String {
        let mut line = String::new();
        let mut edge: usize = 0;
        for (cell, width) in cells.iter().zip(&self.widths) {
            // A column that got no room at all isn't there.
            if *width == 0 {
                continue;
            }
            // Spaces come before a cell, not after it: none stands at the end of a line.
            if !cell.is_empty() {
                let behind = line.width();
                let gap = if edge == 0 {
                    0
                } else {
                    edge.saturating_sub(behind).max(GAP)
                };
                let _ = write!(line, "{:gap$}", "");
                if self.cuts {
                    cut(&mut line, cell, *width);
                } else {
                    line.push_str(cell);
                }
            }
            edge += width + GAP;
        }
        line
    }
}

/// Leaves out the last columns until the others have room, and takes from the widest until all fit.
fn narrow(widths: &mut [usize], width: usize) {
    let least = |widths: &[usize]| {
        let shown = widths.iter().filter(|width| **width > 0);
        shown
            .map(|width| (*width).min(NARROWEST) + GAP)
            .sum::<usize>()
            .saturating_sub(GAP)
    };
    for last in (1..widths.len()).rev() {
        if least(widths) <= width {
            break;
        }
        if let Some(last) = widths.get_mut(last) {
            *last = 0;
        }
    }
    let shown = widths.iter().filter(|width| **width > 0).count();
    let room = width.saturating_sub(shown.saturating_sub(1) * GAP);
    while widths.iter().sum::<usize>() > room {
        let Some(widest) = widths.iter_mut().max().filter(|widest| **widest > 1) else {
            return;
        };
        *widest -= 1;
    }
}

/// Adds as much of the cell as fits into the width; `…` tells that there is more.
fn cut(line: &mut String, cell: &str, width: usize) {
    if cell.width() <= width {
        line.push_str(cell);
        return;
    }
    let mut used = 0;
    for grapheme in cell.graphemes(true) {
        if used + grapheme.width() > width.saturating_sub(1) {
            break;
        }
        used += grapheme.width();
        line.push_str(grapheme);
    }
    line.push('…');
}

/// Names and values, one pair below the other; a long value goes on below itself.
pub(super) fn properties(
    out: &mut dyn Write,
    pairs: &[(&str, &str)],
    width: Option<usize>,
    style: Style,
) -> io::Result<()> {
    let longest = pairs
        .iter()
        .map(|(name, _)| name.width())
        .max()
        .unwrap_or(0);
    let most = width.map_or(longest, |width| longest.min(width / 3));
    let indent = most + GAP;
    let room = width.map(|width| width.saturating_sub(indent).max(1));
    for (name, value) in pairs {
        let mut label = String::new();
        cut(&mut label, &terminal::on_one_line(name), most);
        let pad = indent - label.width();
        write!(out, "{style}{label}{style:#}{:pad$}", "")?;
        let value = terminal::harmless(value);
        for (number, line) in value
            .lines()
            .flat_map(|line| wrapped(line, room))
            .enumerate()
        {
            if number > 0 {
                write!(out, "{:indent$}", "")?;
            }
            writeln!(out, "{line}")?;
        }
    }
    Ok(())
}

/// Text for people: nothing in it that a terminal would obey, and no line wider than the terminal.
pub(super) fn fitted(text: &str, width: Option<usize>) -> String {
    let text = terminal::harmless(text);
    let lines = text.lines().flat_map(|line| wrapped(line, width));
    lines.collect::<Vec<_>>().join("\n")
}

/// A line in pieces that fit, cut between words where it can be.
fn wrapped(line: &str, room: Option<usize>) -> Vec<String> {
    let Some(room) = room.filter(|room| line.width() > *room) else {
        return vec![line.to_owned()];
    };
    let mut pieces = vec![String::new()];
    for word in line.split_word_bounds() {
        let full = pieces.last().map_or(0, |piece| piece.width()) + word.width() > room;
        if full && word.width() <= room {
            pieces.push(word.trim_start().to_owned());
            continue;
        }
        for grapheme in word.graphemes(true) {
            let full = pieces.last().map_or(0, |piece| piece.width()) + grapheme.width() > room;
            match pieces.last_mut() {
                Some(piece) if !full => piece.push_str(grapheme),
                _ => pieces.push(grapheme.to_owned()),
            }
        }
    }
    pieces
        .iter()
        .map(|piece| piece.trim_end().to_owned())
        .collect()
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used)]
    use super::*;

    const NAMES: [&str; 8] = [
        "jane.smith@example.com",
        "佐藤 美咲",
        "👩‍👩‍👧‍👦 family 👩🏽‍🚀",
        "फ़ातिमा अनन्या",
        "ﷺﷺﷺﷺﷺﷺﷺﷺ",
        "",
        "a",
        "Ｗｉｄｅ ｌｅｔｔｅｒｓ ａｎｄ ｍｏｒｅ ｏｆ ｔｈｅｍ",
    ];

    fn rows() -> Vec<Vec<String>> {
        let long = "x".repeat(500);
        let row = |name: &str| {
            vec![
                name.to_owned(),
                long.clone(),
                name.repeat(9),
                name.to_owned(),
            ]
        };
        NAMES.iter().map(|name| row(name)).collect()
    }

    #[test]
    fn no_line_is_wider_than_the_terminal() {
        let header: Vec<String> = ["ADDRESS", "NOTES", "NAME", "LAST"]
            .map(str::to_owned)
            .into();
        for width in 20..100 {
            let layout = Layout::new(&header, &rows(), Some(width));
            let mut out = Vec::new();
            layout.header(&mut out, &header, Style::new()).unwrap();
            for row in rows() {
                layout.row(&mut out, &row).unwrap();
            }
            let pairs: Vec<_> = NAMES.iter().map(|name| (*name, *name)).collect();
            properties(&mut out, &pairs, Some(width), Style::new()).unwrap();
            for line in String::from_utf8(out).unwrap().lines() {
                assert!(line.width() <= width, "{width}: {line}");
            }
        }
    }

    #[test]
    fn columns_that_find_no_room_are_left_out() {
        let header: Vec<String> = (0..40).map(|number| format!("COLUMN {number}")).collect();
        let layout = Layout::new(&header, &[], Some(80));
        let line = layout.line(&header);
        assert!(line.width() <= 80, "{line}");
        assert!(line.starts_with("COLUMN 0  COLUMN 1"), "{line}");
        assert_eq!(layout.left_out(), 40 - 8);
    }

    #[test]
    fn without_a_terminal_nothing_is_cut() {
        let header = vec!["NAME".to_owned(), "NOTE".to_owned()];
        let rows = vec![
            vec!["佐藤".to_owned(), "x".repeat(300)],
            vec!["Jo".to_owned(), "y".to_owned()],
        ];
        let layout = Layout::new(&header, &rows, None);
        assert_eq!(layout.line(rows.first().unwrap()).width(), 6 + 300);
        assert_eq!(layout.line(rows.last().unwrap()), "Jo    y");
        assert_eq!(layout.line(&["Jo".to_owned(), String::new()]), "Jo");
    }
}
