//! The breaks as text. One change in a component shows in many places, and is told once.

use std::{collections::BTreeMap, fmt};

use super::{Break, Bump};

/// The breaks and what they ask of the version.
#[derive(Debug)]
pub struct Report<'a> {
    /// The breaks since the release.
    pub breaks: &'a [Break],
    /// The released version.
    pub released: &'a str,
    /// The version of our document.
    pub ours: &'a str,
    /// The step between them.
    pub bump: Bump,
}

impl Report<'_> {
    /// Whether our document may be released under its version.
    #[must_use]
    pub fn is_fine(&self) -> bool {
        match self.bump {
            Bump::Back => false,
            Bump::Compatible => self.breaks.is_empty(),
            Bump::Breaking => true,
        }
    }
}

impl fmt::Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut told: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
        for Break {
            place,
            what,
            written_in,
        } in self.breaks
        {
            let subject = written_in.as_deref().unwrap_or(place);
            told.entry((subject, what)).or_default().push(place);
        }
        let Self { released, ours, .. } = self;
        writeln!(f, "Breaks between {released} and {ours}: {}", told.len())?;
        for ((subject, what), places) in &told {
            writeln!(f, "  {subject}: {what}")?;
            if let Some(first) = places.iter().find(|place| *place != subject) {
                match places.len() {
                    1 => writeln!(f, "    in {first}")?,
                    count => writeln!(f, "    in {count} places, such as {first}")?,
                }
            }
        }
        match self.bump {
            Bump::Back => writeln!(
                f,
                "The version goes back: {ours} is lower than the released {released}."
            ),
            Bump::Compatible if !self.breaks.is_empty() => writeln!(
                f,
                "{ours} promises that nothing breaks. Take the breaks back, or raise `info.version`: the \
                 second number below 1.0.0, the first one from there on."
            ),
            _ => Ok(()),
        }
    }
}
