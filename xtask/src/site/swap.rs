//! Putting a finished folder in the place of an old one, at once.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

/// `next` becomes `place`; what was there is removed. A reader sees the old or the new, never a part.
/// Both must be on one file system.
pub(super) fn replace(next: TempDir, place: &Path) -> Result<()> {
    let complaint = || format!("could not put the new files at {}", place.display());
    if place.exists() {
        // The two change names; the old one then goes away with the temporary folder.
        renameat_with(CWD, next.path(), CWD, place, RenameFlags::EXCHANGE)
            .with_context(complaint)?;
        return next.close().with_context(complaint);
    }
    fs::rename(next.keep(), place).with_context(complaint)
}
