//! Valid bodies of any shape: every element comes out, however the body is cut.
#![no_main]

use arbitrary::{Result, Unstructured};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut input = Unstructured::new(input);
    if let Ok((body, sizes)) = draw(&mut input) {
        benchmark_email_fuzz::assert_valid(body.as_bytes());
        benchmark_email_fuzz::assert_agrees(body.as_bytes(), &sizes);
    }
});

fn draw(input: &mut Unstructured<'_>) -> Result<(String, [u8; 4])> {
    let sizes = input.arbitrary()?;
    let mut body = String::new();
    space(input, &mut body)?;
    if input.arbitrary()? {
        array(input, &mut body, 0)?;
    } else {
        let name = *input.choose(&["\"records\"", "\"contacts\"", "\"rec\\u006frds\""])?;
        body.push('{');
        skipped(input, &mut body, true)?;
        body.push_str(name);
        space(input, &mut body)?;
        body.push(':');
        space(input, &mut body)?;
        array(input, &mut body, 0)?;
        skipped(input, &mut body, false)?;
        body.push('}');
    }
    space(input, &mut body)?;
    Ok((body, sizes))
}

/// Members of the wrapper beside its array, with their comma.
fn skipped(input: &mut Unstructured<'_>, body: &mut String, before: bool) -> Result<()> {
    for _ in 0..input.int_in_range(0..=2)? {
        if !before {
            body.push(',');
        }
        // No name of an array begins with `~`.
        body.push_str("\"~");
        text(input, body)?;
        body.push_str("\":");
        value(input, body, 0)?;
        space(input, body)?;
        if before {
            body.push(',');
        }
    }
    Ok(())
}

fn value(input: &mut Unstructured<'_>, body: &mut String, depth: u8) -> Result<()> {
    space(input, body)?;
    match input.int_in_range(0..=if depth < 100 { 9 } else { 7 })? {
        0 => body.push_str(input.choose(&["true", "false", "null"])?),
        1..=3 => number(input, body)?,
        4 | 5 => {
            body.push('"');
            text(input, body)?;
            body.push('"');
        }
        6 => body.push_str("{}"),
        7 => contact(input, body)?,
        8 => array(input, body, depth + 1)?,
        _ => object(input, body, depth + 1)?,
    }
    space(input, body)
}

fn array(input: &mut Unstructured<'_>, body: &mut String, depth: u8) -> Result<()> {
    body.push('[');
    for number in 0..input.int_in_range(0..=6)? {
        if number > 0 {
            body.push(',');
        }
        value(input, body, depth)?;
    }
    space(input, body)?;
    body.push(']');
    Ok(())
}

fn object(input: &mut Unstructured<'_>, body: &mut String, depth: u8) -> Result<()> {
    body.push('{');
    for number in 0..input.int_in_range(0..=4)? {
        if number > 0 {
            body.push(',');
        }
        space(input, body)?;
        body.push('"');
        text(input, body)?;
        body.push('"');
        space(input, body)?;
        body.push(':');
        value(input, body, depth)?;
    }
    space(input, body)?;
    body.push('}');
    Ok(())
}

/// What decodes as a contact, but for its field's value.
fn contact(input: &mut Unstructured<'_>, body: &mut String) -> Result<()> {
    body.push_str(r#"{"key":""#);
    text(input, body)?;
    body.push_str(r#"","fields":[{"_id":"","value":"#);
    number(input, body)?;
    body.push_str(r#"}],"status":{"primary":""#);
    body.push_str(input.choose(&["Active", "Inactive\",\"secondary\":\"Bounce"])?);
    body.push_str(r#""},"__v":"#);
    body.push_str(&input.arbitrary::<u8>()?.to_string());
    body.push('}');
    Ok(())
}

fn number(input: &mut Unstructured<'_>, body: &mut String) -> Result<()> {
    match input.int_in_range(0..=3)? {
        0 => body.push_str(&input.arbitrary::<u8>()?.to_string()),
        1 => body.push_str(&input.arbitrary::<i64>()?.to_string()),
        2 => body.push_str(&format!(
            "{}e{}",
            input.arbitrary::<i16>()?,
            input.arbitrary::<i8>()?
        )),
        _ => body.push_str(&format!(
            "-{}.{}E+1",
            input.arbitrary::<u8>()?,
            input.arbitrary::<u64>()?
        )),
    }
    Ok(())
}

/// The inside of a string.
fn text(input: &mut Unstructured<'_>, body: &mut String) -> Result<()> {
    for _ in 0..input.int_in_range(0..=5)? {
        match input.int_in_range(0..=3)? {
            0 => body.push_str(input.choose(&[
                "\\\"",
                "\\\\",
                "\\/",
                "\\n",
                "\\u0000",
                "\\u00e9",
                "\\ud83d\\ude00",
                "]",
                "}",
                "[",
                "{",
                ",",
                ":",
            ])?),
            1 => body.push_str(input.choose(&["a", "é", "€", "😀", "\u{7f}", "\u{2028}"])?),
            _ => match input.arbitrary::<char>()? {
                '"' | '\\' | '\0'..='\x1f' => body.push('x'),
                char => body.push(char),
            },
        }
    }
    Ok(())
}

fn space(input: &mut Unstructured<'_>, body: &mut String) -> Result<()> {
    if input.ratio(1, 6)? {
        body.push_str(input.choose(&[" ", "\n", "\r\n", "\t", "  "])?);
    }
    Ok(())
}
