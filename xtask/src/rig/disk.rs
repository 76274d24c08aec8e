//! The disk of a data folder, and filling it.

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

/// What is free beyond the reserve when a server starts. Others write on the disk too, and shall not
/// fill it for us.
const ROOM: u64 = 4 * GIB;

/// How far below the reserve a full disk is. Others remove files too, and shall not give the room back.
const BELOW: u64 = 3 * GIB;

/// What a full disk leaves to everybody else.
const OTHERS: u64 = 4 * GIB;

/// A disk as a server found it when it started.
pub(crate) struct Disk {
    folder: PathBuf,
    /// Bytes that the server was told to keep free, or why the disk cannot be filled.
    reserve: Result<u64, &'static str>,
}

/// What came of filling a disk.
pub(crate) enum Filled {
    /// The room is taken until this is dropped. The file has no name, so that nothing stays however we
    /// end.
    Full(File),
    /// It could not be done, for this reason.
    Not(&'static str),
}

impl Disk {
    /// Looks at the disk of `folder` for a server that is about to start.
    pub(crate) fn look(folder: &Path) -> Result<Self> {
        // `TMPFS_MAGIC` of linux/magic.h.
        let in_memory = statfs(folder)?.f_type == 0x0102_1994;
        let reserve = match in_memory {
            true => Err("it is in memory"),
            false => reserve(free(folder)?),
        };
        Ok(Self { folder: folder.to_owned(), reserve })
    }

    /// What the server has to be told as its `--disk-reserve`, in bytes, so that the disk can be filled.
    pub(crate) fn reserve(&self) -> Option<u64> {
        self.reserve.ok()
    }

    /// Takes so much room, without writing it, that less than the reserve is left.
    pub(crate) fn fill(&self) -> Result<Filled> {
        let reserve = match self.reserve {
            Ok(reserve) => reserve,
            Err(why) => return Ok(Filled::Not(why)),
        };
        let spare = free(&self.folder)?.saturating_sub(reserve);
        if spare == 0 {
            return Ok(Filled::Not("others have filled it"));
        }
        let file = tempfile::tempfile_in(&self.folder)?;
        match fallocate(&file, FallocateFlags::empty(), 0, spare + BELOW) {
            Ok(()) => Ok(Filled::Full(file)),
            Err(Errno::OPNOTSUPP) => Ok(Filled::Not("its file system takes no room unwritten")),
            Err(error) => Err(error).context("the disk could not be filled"),
        }
    }
}

/// What to keep free of a disk with `free` bytes, or why it cannot be filled.
fn reserve(free: u64) -> Result<u64, &'static str> {
    match free.checked_sub(ROOM) {
        Some(reserve) if reserve >= BELOW + OTHERS => Ok(reserve),
        _ => Err("less than 11 GiB are free"),
    }
}

/// Bytes that we may still write, as the server counts them.
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
        assert_eq!(reserve(11 * GIB), Ok(BELOW + OTHERS));
        for small in [0, 3 * GIB, 11 * GIB - 1] {
            assert!(reserve(small).is_err(), "{small}");
        }
    }

    #[test]
    fn a_disk_that_cannot_be_filled_says_why() -> Result<()> {
        let folder = tempfile::tempdir()?;
        let disk = Disk { folder: folder.path().to_owned(), reserve: reserve(GIB) };
        assert_eq!(disk.reserve(), None);
        assert!(matches!(disk.fill()?, Filled::Not("less than 11 GiB are free")));
        Ok(())
    }
}
