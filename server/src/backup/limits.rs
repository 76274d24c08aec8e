//! What is taken of an archive before it is trusted: whoever wrote it may not be who it seems.
//!
//! Everything is measured as it comes, so that an archive that is none of ours is refused before it has
//! cost much memory, time, or room on the disk.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, bail};

use super::words;

/// Entries of an archive of any size that `restore` takes unasked. A backup that has more needs
/// [`Growth::Any`].
pub(super) const MOST_ENTRIES: usize = 2_000_000;
/// Entries of one that has hardly begun, and the bytes of the archive that each further one takes at
/// least: files of messages are longer, however well they compress.
const ENTRIES: u64 = 1_000;
const BYTES_AN_ENTRY: u64 = 32;

/// The manifest of an archive without files, in bytes, and what each file adds to it at most.
const MANIFEST: u64 = 64 * 1024;
const MANIFEST_AN_ENTRY: u64 = 256;

/// What an archive of any size may become when it is unpacked, and how many times its size beyond that.
const UNPACKED: u64 = 256 * 1024 * 1024;
const GROWTH: u64 = 100;

/// Zeros after the last entry, in bytes. Ours has 1024.
const PADDING: u64 = 64 * 1024;

/// One row of a table, in bytes. What WhatsApp sends at once is at most a quarter of it.
pub(super) const LONGEST_ROW: u64 = 64 * 1024 * 1024;

/// The head of an age envelope for a passphrase, in bytes. Ours has less than 200.
pub(super) const ENVELOPE_HEAD: usize = 4096;
/// The work factor of a passphrase: 2^20 rounds are 1 GiB of memory and some seconds. Ours takes what is
/// one second where it is made.
pub(super) const MOST_WORK: u8 = 20;

/// The bound on how far an archive may grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// As backups do.
    Usual,
    /// As far as there is room: files that compress well may be in it, and any number of them.
    Any,
}

/// What has been taken of an archive by now.
pub(super) struct Taken {
    growth: Growth,
    /// The size of the file; 0 of a pipe, which has none.
    size: u64,
    read: Rc<Cell<u64>>,
    /// Room on the disk when it began, where that can be known.
    room: Option<u64>,
    entries: u64,
    /// Bytes that the entries said they would have.
    announced: u64,
    /// Bytes that they had.
    unpacked: u64,
}

impl Taken {
    /// `read` counts what is read of the file.
    pub(super) fn nothing(file: &File, read: Rc<Cell<u64>>, into: &Path, growth: Growth) -> Self {
        let size = file.metadata().map_or(0, |found| found.len());
        Self { growth, size, read, room: room(into), entries: 0, announced: 0, unpacked: 0 }
    }

    /// One entry more, that says how large it is.
    ///
    /// # Errors
    /// There are too many, or there is no room for it.
    pub(super) fn entry(&mut self, size: u64) -> anyhow::Result<()> {
        self.entries += 1;
        // What was read counts, not what is there, or a long archive could begin with many.
        let most = ENTRIES + self.read.get() / BYTES_AN_ENTRY;
        if self.growth == Growth::Usual && self.entries > most.min(MOST_ENTRIES as u64) {
            bail!(words::TOO_MANY);
        }
        self.announced = self.announced.saturating_add(size);
        if self.room.is_some_and(|room| self.announced > room) {
            return Err(anyhow::Error::new(io::Error::from(io::ErrorKind::StorageFull)));
        }
        // Nobody knows yet how much there is in a pipe.
        if self.size > 0 && self.growth == Growth::Usual && self.announced > self.most() {
            bail!(words::GROWS);
        }
        Ok(())
    }

    /// So many bytes more were unpacked.
    ///
    /// # Errors
    /// It is more than an archive of this size holds.
    pub(super) fn bytes(&mut self, count: usize) -> anyhow::Result<()> {
        self.unpacked += count as u64;
        if self.growth == Growth::Usual && self.unpacked > self.most() {
            bail!(words::GROWS);
        }
        Ok(())
    }

    /// Whether a manifest can be that large.
    ///
    /// # Errors
    /// No archive with so many entries has one like it.
    pub(super) fn manifest(&self, size: u64) -> anyhow::Result<()> {
        if size > MANIFEST + MANIFEST_AN_ENTRY * self.entries {
            bail!(words::LONG_MANIFEST);
        }
        Ok(())
    }

    fn archive(&self) -> u64 {
        self.size.max(self.read.get())
    }

    fn most(&self) -> u64 {
        self.archive().saturating_mul(GROWTH).saturating_add(UNPACKED)
    }
}

/// Reads what is left after the last entry, which is nothing but zeros, and few.
///
/// # Errors
/// Something else follows, or the archive is damaged at its end.
pub(super) fn only_padding(rest: &mut impl Read) -> anyhow::Result<()> {
    let mut buffer = [0; 4096];
    let mut count = 0;
    loop {
        let read = rest.read(&mut buffer).context(words::DAMAGED)?;
        count += read as u64;
        if buffer[..read].iter().any(|byte| *byte != 0) || count > PADDING {
            bail!(words::DAMAGED);
        }
        if read == 0 {
            return Ok(());
        }
    }
}

/// Makes sure that nothing follows the compressed data.
///
/// # Errors
/// Something follows.
pub(super) fn nothing_more(rest: &mut impl BufRead) -> anyhow::Result<()> {
    match rest.fill_buf().context(words::DAMAGED)? {
        [] => Ok(()),
        _ => bail!(words::DAMAGED),
    }
}

/// Counts what is read through it.
pub(super) struct Counted<R> {
    inner: R,
    count: Rc<Cell<u64>>,
}

impl<R> Counted<R> {
    pub(super) fn new(inner: R) -> (Self, Rc<Cell<u64>>) {
        let count = Rc::new(Cell::new(0));
        (Self { inner, count: Rc::clone(&count) }, count)
    }
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.count.set(self.count.get() + read as u64);
        Ok(read)
    }
}

#[cfg(unix)]
fn room(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn room(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(size: u64, read: u64, growth: Growth) -> Taken {
        let read = Rc::new(Cell::new(read));
        Taken { growth, size, read, room: None, entries: 0, announced: 0, unpacked: 0 }
    }

    #[test]
    fn entries_are_as_many_as_the_bytes_allow() {
        let mut taken = of(u64::MAX, 320, Growth::Usual);
        for _ in 0..ENTRIES + 10 {
            taken.entry(0).unwrap();
        }
        assert_eq!(taken.entry(0).unwrap_err().to_string(), words::TOO_MANY);
        taken.manifest(MANIFEST).unwrap();
        assert!(taken.manifest(MANIFEST + MANIFEST_AN_ENTRY * (ENTRIES + 12)).is_err());
        let most = MOST_ENTRIES as u64;
        let full = |growth| Taken { entries: most, ..of(u64::MAX, u64::MAX, growth) };
        assert_eq!(full(Growth::Usual).entry(0).unwrap_err().to_string(), words::TOO_MANY);
        full(Growth::Any).entry(0).unwrap();
    }

    #[test]
    fn what_is_unpacked_is_bounded_by_what_was_read_and_by_the_disk() {
        let small = || of(1024, 1024, Growth::Usual);
        let most = UNPACKED + 1024 * GROWTH;
        small().entry(most).unwrap();
        assert_eq!(small().entry(most + 1).unwrap_err().to_string(), words::GROWS);
        let mut in_parts = small();
        in_parts.entry(most).unwrap();
        assert!(in_parts.entry(1).is_err());
        // What a pipe brings is noticed while it comes.
        let mut piped = of(0, 1024, Growth::Usual);
        piped.entry(most + 1).unwrap();
        piped.bytes(usize::try_from(most).unwrap()).unwrap();
        assert!(piped.bytes(1).is_err());
        of(1024, 1024, Growth::Any).entry(most * 2).unwrap();
        let mut full = Taken { room: Some(10), ..of(1024, 1024, Growth::Any) };
        full.entry(10).unwrap();
        assert!(full.entry(1).is_err());
        assert!(of(1024, 1024, Growth::Any).entry(u64::MAX).is_ok(), "sizes do not overflow");
    }

    #[test]
    fn only_few_zeros_may_follow() {
        let padding = usize::try_from(PADDING).unwrap();
        only_padding(&mut &vec![0; padding][..]).unwrap();
        assert!(only_padding(&mut &vec![0; padding + 1][..]).is_err());
        assert!(only_padding(&mut &[0, 1][..]).is_err());
    }
}
