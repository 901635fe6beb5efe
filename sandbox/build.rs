//! Hands the API's document to the crate.
//!
//! In a checkout `openapi.yaml` is a link to the workspace's one; a package has a file of its own. Where git
//! makes no links, as it may be on Windows, it leaves a file that holds the path to follow.

use std::path::{Path, PathBuf};
use std::{env, fs};

fn main() {
    let written = document(Path::new("")).and_then(|(path, text)| {
        println!("cargo::rerun-if-changed=openapi.yaml");
        println!("cargo::rerun-if-changed={}", path.display());
        let folder = env::var_os("OUT_DIR").ok_or("OUT_DIR is not set: run this by cargo")?;
        let copy = Path::new(&folder).join("openapi.yaml");
        fs::write(&copy, text).map_err(|error| said(&copy, "written", &error))
    });
    if let Err(reason) = written {
        println!("cargo::error={reason}");
    }
}

/// The document of the package in this folder, and where it lies.
pub(crate) fn document(package: &Path) -> Result<(PathBuf, String), String> {
    let read = |path: &Path| fs::read_to_string(path).map_err(|error| said(path, "read", &error));
    let own = package.join("openapi.yaml");
    let text = read(&own)?;
    let (path, text) =
        if text.trim_end().ends_with("openapi.yaml") && text.trim_end().lines().count() == 1 {
            let target = package.join(text.trim_end());
            let text = read(&target)?;
            (target, text)
        } else {
            (own, text)
        };
    if text.starts_with("openapi: ") {
        Ok((path, text))
    } else {
        Err(format!("{} is no OpenAPI document", path.display()))
    }
}

fn said(path: &Path, verb: &str, error: &std::io::Error) -> String {
    format!("{} can't be {verb}: {error}", path.display())
}
