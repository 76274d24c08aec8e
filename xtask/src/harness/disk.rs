//! Fills the disk of a data folder.

use std::{
    fs::File,
    path::{Path, PathBuf},
};

use anyhow::{Context, Result};
use rustix::{
    fs::{FallocateFlags, fallocate, statfs, statvfs},
    io::Errno,
};

const GIB: u64 = 1024 * 1024 * 1024;

/// Free space beyond the reserve when a server starts, so that other programs that write to the
/// disk do not fill it.
const HEADROOM: u64 = 4 * GIB;

/// Distance of a full disk below the reserve, so that other programs that remove files do not end
/// the fault.
const BELOW_RESERVE: u64 = 3 * GIB;

/// Free space that a full disk leaves to other programs.
const LEFT_FREE: u64 = 4 * GIB;

/// State of a disk when a server started.
pub(crate) struct Disk {
    folder: PathBuf,
    /// The server's `--disk-reserve` in bytes, or the reason why the disk cannot be filled.
    reserve: Result<u64, &'static str>,
}

/// Result of filling a disk.
pub(crate) enum FillResult {
    /// The space is taken until this file is dropped. The file has no name, so that it does not
    /// outlive the process.
    Full(File),
    /// The disk could not be filled, for this reason.
    Unavailable(&'static str),
}

impl Disk {
    /// Measures the disk of `folder` for a server that is about to start.
    pub(crate) fn inspect(folder: &Path) -> Result<Self> {
        // `TMPFS_MAGIC` of linux/magic.h.
        let in_memory = statfs(folder)?.f_type == 0x0102_1994;
        let reserve = match in_memory {
            true => Err("it is in memory"),
            false => reserve(free(folder)?),
        };
        Ok(Self { folder: folder.to_owned(), reserve })
    }

    /// Returns the value for `--disk-reserve`, in bytes, with which the disk can be filled.
    pub(crate) fn reserve(&self) -> Option<u64> {
        self.reserve.ok()
    }

    /// Allocates space without writing it until less than the reserve is left.
    pub(crate) fn fill(&self) -> Result<FillResult> {
        let reserve = match self.reserve {
            Ok(reserve) => reserve,
            Err(why) => return Ok(FillResult::Unavailable(why)),
        };
        let spare = free(&self.folder)?.saturating_sub(reserve);
        if spare == 0 {
            return Ok(FillResult::Unavailable("others have filled it"));
        }
        let file = tempfile::tempfile_in(&self.folder)?;
        match fallocate(&file, FallocateFlags::empty(), 0, spare + BELOW_RESERVE) {
            Ok(()) => Ok(FillResult::Full(file)),
            Err(Errno::OPNOTSUPP) => {
                Ok(FillResult::Unavailable("its file system takes no room unwritten"))
            }
            Err(error) => Err(error).context("the disk could not be filled"),
        }
    }
}

/// Returns the reserve for a disk with `free` bytes, or the reason why it cannot be filled.
fn reserve(free: u64) -> Result<u64, &'static str> {
    match free.checked_sub(HEADROOM) {
        Some(reserve) if reserve >= BELOW_RESERVE + LEFT_FREE => Ok(reserve),
        _ => Err("less than 11 GiB are free"),
    }
}

/// Bytes that may still be written, counted as the server counts them.
fn free(folder: &Path) -> Result<u64> {
    let disk = statvfs(folder)?;
    Ok(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_full_disk_leaves_room_to_others() {
        assert_eq!(reserve(40 * GIB), Ok(36 * GIB));
        assert_eq!(reserve(11 * GIB), Ok(BELOW_RESERVE + LEFT_FREE));
        for small in [0, 3 * GIB, 11 * GIB - 1] {
            assert!(reserve(small).is_err(), "{small}");
        }
    }

    #[test]
    fn a_disk_that_cannot_be_filled_says_why() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let disk = Disk { folder: folder.path().to_owned(), reserve: reserve(GIB) };
        assert_eq!(disk.reserve(), None);
        assert!(matches!(disk.fill()?, FillResult::Unavailable("less than 11 GiB are free")));
        Ok(())
    }
}
