//! Replaces a folder by a finished one atomically.

use std::{fs, path::Path};

use anyhow::{Context, Result};
use rustix::fs::{CWD, RenameFlags, renameat_with};
use tempfile::TempDir;

/// `next` becomes `place`; the old folder is removed. A reader sees the old or the new, never a mixture.
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
