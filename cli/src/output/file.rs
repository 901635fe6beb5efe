//! Files that are there as a whole or not at all.

use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
};

/// Writes a file beside its place, readable by its owner only, and puts it there.
pub(crate) fn replace_file(path: &Path, text: &[u8]) -> io::Result<()> {
    if let Some(folder) = path
        .parent()
        .filter(|folder| !folder.as_os_str().is_empty())
    {
        fs::create_dir_all(folder)?;
    }
    // A link stays a link: what it leads to is replaced.
    let target = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
    let beside = beside(&target);
    let written = (|| {
        let mut file = new_private_file(&beside)?;
        file.write_all(text)?;
        file.sync_all()?;
        fs::rename(&beside, &target)
    })();
    written.inspect_err(|_| {
        let _ = fs::remove_file(&beside);
    })
}

/// Opens a file that wasn't there, readable by its owner only from its first byte.
pub(crate) fn new_private_file(path: &Path) -> io::Result<fs::File> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

/// Where a file is written before it is whole.
pub(super) fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(format!(".{}.part", std::process::id()));
    name.into()
}
