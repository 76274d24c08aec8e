//! Files that have to be gone from the disk.

use std::{collections::HashSet, fs, io, path::Path};

use anyhow::{Context, Result};
use walkdir::WalkDir;

use super::files;

/// Counts the files below a folder whose SHA-256, in hex, is one of these. It does not matter under
/// which name a file is there.
pub(super) fn count(folder: &Path, gone: &HashSet<&str>) -> Result<usize> {
    let mut left = 0;
    for entry in WalkDir::new(folder) {
        // The server removes files, and their folders, meanwhile.
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) if error.io_error().is_some_and(is_missing) => continue,
            Err(error) => return Err(error.into()),
        };
        if !entry.file_type().is_file() {
            continue;
        }
        match fs::read(entry.path()) {
            Ok(file) => left += usize::from(gone.contains(&*files::sha256(&file))),
            Err(error) if is_missing(&error) => {}
            Err(error) => return Err(error).context(entry.path().display().to_string()),
        }
    }
    Ok(left)
}

fn is_missing(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::NotFound
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_found_under_any_name() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let number = folder.path().join("1");
        fs::create_dir(&number)?;
        fs::write(number.join(".part"), b"some")?;
        fs::write(number.join("7"), b"fica")?;
        let sha256 = files::sha256(b"some");
        assert_eq!(count(folder.path(), &HashSet::from([&*sha256]))?, 1);
        assert_eq!(count(folder.path(), &HashSet::new())?, 0);
        assert_eq!(count(&folder.path().join("nada"), &HashSet::from([&*sha256]))?, 0);
        Ok(())
    }
}
