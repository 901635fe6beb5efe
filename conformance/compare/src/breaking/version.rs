//! The step between two versions, as Semantic Versioning reads it: below 1.0.0 the second number is the
//! one that announces a break.

use semver::Version;

use crate::Error;

/// The step from one version to another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Bump {
    /// To a lower version.
    Back,
    /// To the same version, or one that promises that nothing breaks.
    Compatible,
    /// To a version that announces a break.
    Breaking,
}

/// The step from the released version to ours.
///
/// # Errors
/// When one of them is no version.
pub fn bump(released: &str, ours: &str) -> Result<Bump, Error> {
    let parse = |version: &str| {
        Version::parse(version).map_err(|why| {
            Error::at(
                "#/info/version",
                format!("`{version}` is no version: {why}"),
            )
        })
    };
    let (released, ours) = (parse(released)?, parse(ours)?);
    let leading = |version: &Version| match version.major {
        0 => (0, version.minor),
        major => (major, 0),
    };
    Ok(if ours < released {
        Bump::Back
    } else if leading(&ours) == leading(&released) {
        Bump::Compatible
    } else {
        Bump::Breaking
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_leading_number_announces_a_break() {
        let cases = [
            ("0.1.0", "0.1.0", Bump::Compatible),
            ("0.1.0", "0.1.1", Bump::Compatible),
            ("0.1.9", "0.2.0", Bump::Breaking),
            ("0.2.0", "0.1.9", Bump::Back),
            ("0.9.0", "1.0.0", Bump::Breaking),
            ("1.0.0", "1.9.0", Bump::Compatible),
            ("1.9.0", "2.0.0", Bump::Breaking),
            ("2.0.0", "1.9.0", Bump::Back),
        ];
        for (released, ours, expected) in cases {
            assert_eq!(
                bump(released, ours).unwrap(),
                expected,
                "{released} -> {ours}"
            );
        }
    }

    #[test]
    fn what_is_no_version_is_refused() {
        let why = bump("0.1.0", "next").unwrap_err().to_string();
        assert!(
            why.starts_with("#/info/version: `next` is no version"),
            "{why}"
        );
    }
}
