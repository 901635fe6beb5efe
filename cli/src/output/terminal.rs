//! The terminal: how wide it is, whether it shows colour, and what it must not be sent.

use std::{borrow::Cow, io};

use anstream::{AutoStream, ColorChoice};

use super::Colour;

/// How many columns there are; none where stdout is no terminal: then nothing is cut.
pub(super) fn width() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stdout())?;
    Some(usize::from(columns).max(20))
}

/// The same of stderr.
pub(super) fn stderr_width() -> Option<usize> {
    let (terminal_size::Width(columns), _) = terminal_size::terminal_size_of(io::stderr())?;
    Some(usize::from(columns).max(20))
}

pub(super) fn stdout_is_coloured(colour: Colour) -> bool {
    shows(colour, AutoStream::choice(&io::stdout()))
}

pub(super) fn stderr_is_coloured(colour: Colour) -> bool {
    shows(colour, AutoStream::choice(&io::stderr()))
}

fn shows(colour: Colour, found: ColorChoice) -> bool {
    match colour {
        Colour::Auto => found != ColorChoice::Never,
        Colour::Always => true,
        Colour::Never => false,
    }
}

/// The text with control characters made visible: a name may hold a sequence that a terminal obeys. Line breaks
/// stay.
pub(super) fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let shown = text
        .chars()
        .map(|c| if is_control(c) { visible(c) } else { c });
    Cow::Owned(shown.collect())
}

/// The same on one line.
pub(super) fn on_one_line(text: &str) -> Cow<'_, str> {
    if !text.contains(char::is_control) && !text.contains(is_control) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", "⏎").replace('\n', "⏎");
    Cow::Owned(harmless(&text).into_owned())
}

/// What moves the cursor, colours, or turns the direction of what follows.
fn is_control(c: char) -> bool {
    (c.is_control() && c != '\n')
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
}

fn visible(c: char) -> char {
    match u32::from(c) {
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('\u{fffd}'),
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_cannot_speak_to_the_terminal() {
        assert_eq!(harmless("a\x1b[31mb\tc\nd"), "a␛[31mb␉c\nd");
        assert_eq!(on_one_line("a\r\nb\rc"), "a⏎b␍c");
        assert_eq!(harmless("\u{202e}x\u{9b}"), "\u{fffd}x\u{fffd}");
        assert!(matches!(harmless("Jane 佐藤"), Cow::Borrowed(_)));
    }
}
