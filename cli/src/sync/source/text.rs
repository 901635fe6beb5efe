//! Text in whatever encoding, as UTF-8.

use std::{
    fs::File,
    io::{BufReader, BufWriter, Read, Seek, SeekFrom, Write},
};

use chardetng::{EncodingDetector, Iso2022JpDetection, Utf8Detection};
use encoding_rs::{CoderResult, Encoding, UTF_8, UTF_16BE, UTF_16LE};

use super::{Options, SourceError};

/// How much of a file is looked at to guess its encoding.
const LOOKED_AT: usize = 1 << 20;

/// The file as UTF-8, and where its text begins. Bytes that its encoding doesn't have become U+FFFD, which
/// the reader of records notices.
pub(super) fn decode(
    name: &str,
    mut file: File,
    options: &Options,
    notes: &mut Vec<String>,
) -> Result<(File, u64), SourceError> {
    let broken = |why: std::io::Error| SourceError::io(name, "it can't be read", &why);
    let mut head = Vec::new();
    file.rewind().map_err(broken)?;
    (&mut file)
        .take(u64::try_from(LOOKED_AT).unwrap_or(u64::MAX))
        .read_to_end(&mut head)
        .map_err(broken)?;
    let (encoding, mark) = match (Encoding::for_bom(&head), options.encoding) {
        (Some((encoding, mark)), _) => (encoding, mark),
        (None, Some(given)) => (given, 0),
        (None, None) => (guess(name, &head, notes)?, 0),
    };
    let start = u64::try_from(mark).unwrap_or(u64::MAX);
    if encoding == UTF_8 {
        return Ok((file, start));
    }
    file.seek(SeekFrom::Start(start)).map_err(broken)?;
    let decoded = transcode(encoding, file).map_err(broken)?;
    Ok((decoded, 0))
}

/// The encoding of text that has no mark: UTF-8 where it is valid, what it looks like otherwise, told with
/// the first line that shows it.
fn guess(
    name: &str,
    head: &[u8],
    notes: &mut Vec<String>,
) -> Result<&'static Encoding, SourceError> {
    let whole = head.len() < LOOKED_AT;
    let valid = match std::str::from_utf8(head) {
        Ok(_) => true,
        // The last character may be cut by the end of what was looked at.
        Err(why) => !whole && why.error_len().is_none(),
    };
    if valid && !zeros_in_every_other_byte(head) {
        return Ok(UTF_8);
    }
    if zeros_in_every_other_byte(head) {
        return Err(SourceError::new(
            name,
            "it looks like UTF-16 without a mark; say --encoding utf-16le or utf-16be",
        ));
    }
    let mut detector = EncodingDetector::new(Iso2022JpDetection::Allow);
    detector.feed(head, whole);
    let encoding = detector.guess(None, Utf8Detection::Deny);
    let odd = head
        .split(|byte| *byte == b'\n')
        .find(|line| !line.is_ascii())
        .unwrap_or_default();
    let (sample, _, _) = encoding.decode(odd);
    let sample: String = sample.trim().chars().take(60).collect();
    notes.push(format!(
        "{name} isn't UTF-8; read as {} (\"{sample}\"). If that is wrong, say --encoding",
        encoding.name().to_ascii_lowercase()
    ));
    Ok(encoding)
}

fn zeros_in_every_other_byte(head: &[u8]) -> bool {
    let head = head.get(..1024).unwrap_or(head);
    let zeros = |odd: usize| {
        head.iter()
            .skip(odd)
            .step_by(2)
            .filter(|byte| **byte == 0)
            .count()
    };
    head.len() >= 4 && zeros(0).max(zeros(1)) > head.len() / 4
}

fn transcode(encoding: &'static Encoding, file: File) -> std::io::Result<File> {
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut output = BufWriter::with_capacity(1 << 16, tempfile::tempfile()?);
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let mut bytes = vec![0; 1 << 14];
    let mut text = String::with_capacity(1 << 16);
    loop {
        let read = reader.read(&mut bytes)?;
        let last = read == 0;
        let mut rest = bytes.get(..read).unwrap_or_default();
        loop {
            let (result, used, _) = decoder.decode_to_string(rest, &mut text, last);
            rest = rest.get(used..).unwrap_or_default();
            output.write_all(text.as_bytes())?;
            text.clear();
            if result == CoderResult::InputEmpty {
                break;
            }
        }
        if last {
            break;
        }
    }
    let mut file = output
        .into_inner()
        .map_err(std::io::IntoInnerError::into_error)?;
    file.rewind()?;
    Ok(file)
}

/// An encoding by the name that people give it.
pub(crate) fn encoding(label: &str) -> Option<&'static Encoding> {
    match label.to_ascii_lowercase().as_str() {
        "utf-16le" => Some(UTF_16LE),
        "utf-16be" => Some(UTF_16BE),
        "cp932" => Some(encoding_rs::SHIFT_JIS),
        other => Encoding::for_label(other.as_bytes()),
    }
}
