//! Limits on an archive that is not trusted yet: its author is unknown.
//!
//! Everything is measured while it is read, so that a foreign archive is refused before it has cost
//! much memory, time or disk space.

use std::cell::Cell;
use std::fs::File;
use std::io::{self, BufRead, Read};
use std::path::Path;
use std::rc::Rc;

use anyhow::{Context as _, bail};

use super::labels;

/// Most entries of an archive of any size that `restore` accepts by default. A backup that has more
/// needs [`Growth::Any`].
pub(super) const MOST_ENTRIES: usize = 2_000_000;
/// Entries that are accepted at the beginning of an archive, and the fewest bytes of the archive
/// for each further one: files of messages are longer, however well they compress.
const ENTRIES: u64 = 1_000;
const BYTES_AN_ENTRY: u64 = 32;

/// Largest manifest of an archive without files, in bytes, and the most that each file adds to it.
const MANIFEST: u64 = 64 * 1024;
const MANIFEST_AN_ENTRY: u64 = 256;

/// Unpacked bytes that an archive of any size may have, and the factor of its size that it may have
/// beyond that.
const UNPACKED: u64 = 256 * 1024 * 1024;
const GROWTH: u64 = 100;

/// Most zeros after the last entry, in bytes. This program writes 1024.
const PADDING: u64 = 64 * 1024;

/// Largest row of a table, in bytes. The most that WhatsApp sends at once is a quarter of it.
pub(super) const LONGEST_ROW: u64 = 64 * 1024 * 1024;

/// Largest head of an age envelope for a passphrase, in bytes. This program's has less than 200.
pub(super) const ENVELOPE_HEAD: usize = 4096;
/// Largest work factor of a passphrase: 2^20 rounds take 1 GiB of memory and some seconds. This
/// program's backups use the factor that takes one second on the machine that makes them.
pub(super) const MOST_WORK: u8 = 20;

/// The bound on how far an archive may grow.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Growth {
    /// As far as backups usually grow.
    Usual,
    /// As far as there is disk space: it may hold files that compress well, and any number of them.
    Any,
}

/// The resources that an archive has used so far.
pub(super) struct Usage {
    growth: Growth,
    /// The size of the file; 0 for a pipe, which has none.
    size: u64,
    read: Rc<Cell<u64>>,
    /// Free disk space at the start, if it can be determined.
    free_space: Option<u64>,
    entries: u64,
    /// Sum of the sizes that the entries declared.
    announced: u64,
    /// Bytes that were unpacked.
    unpacked: u64,
}

impl Usage {
    /// `read` counts the bytes that are read of the file.
    pub(super) fn new(file: &File, read: Rc<Cell<u64>>, into: &Path, growth: Growth) -> Self {
        let size = file.metadata().map_or(0, |found| found.len());
        Self {
            growth,
            size,
            read,
            free_space: free_space(into),
            entries: 0,
            announced: 0,
            unpacked: 0,
        }
    }

    /// Counts one more entry of the declared size.
    ///
    /// # Errors
    /// Fails if there are too many entries, or no disk space for it.
    pub(super) fn add_entry(&mut self, size: u64) -> anyhow::Result<()> {
        self.entries += 1;
        // The limit depends on the bytes read, not on the file's size, or a long archive could
        // begin with many entries.
        let most = ENTRIES + self.read.get() / BYTES_AN_ENTRY;
        if self.growth == Growth::Usual && self.entries > most.min(MOST_ENTRIES as u64) {
            bail!(labels::TOO_MANY);
        }
        self.announced = self.announced.saturating_add(size);
        if self.free_space.is_some_and(|free_space| self.announced > free_space) {
            return Err(anyhow::Error::new(io::Error::from(io::ErrorKind::StorageFull)));
        }
        // The size of a pipe is not known yet.
        if self.size > 0 && self.growth == Growth::Usual && self.announced > self.limit() {
            bail!(labels::GROWS);
        }
        Ok(())
    }

    /// Counts more unpacked bytes.
    ///
    /// # Errors
    /// Fails if an archive of this size cannot hold that much.
    pub(super) fn add_bytes(&mut self, count: usize) -> anyhow::Result<()> {
        self.unpacked += count as u64;
        if self.growth == Growth::Usual && self.unpacked > self.limit() {
            bail!(labels::GROWS);
        }
        Ok(())
    }

    /// Checks the size of the manifest.
    ///
    /// # Errors
    /// Fails if the manifest is too large for the number of entries.
    pub(super) fn check_manifest(&self, size: u64) -> anyhow::Result<()> {
        if size > MANIFEST + MANIFEST_AN_ENTRY * self.entries {
            bail!(labels::LONG_MANIFEST);
        }
        Ok(())
    }

    fn archive_size(&self) -> u64 {
        self.size.max(self.read.get())
    }

    fn limit(&self) -> u64 {
        self.archive_size().saturating_mul(GROWTH).saturating_add(UNPACKED)
    }
}

/// Reads the rest after the last entry, which must be few zeros.
///
/// # Errors
/// Fails if something else follows, or if the archive is damaged at its end.
pub(super) fn only_padding(rest: &mut impl Read) -> anyhow::Result<()> {
    let mut buffer = [0; 4096];
    let mut count = 0;
    loop {
        let read = rest.read(&mut buffer).context(labels::DAMAGED)?;
        count += read as u64;
        if buffer[..read].iter().any(|byte| *byte != 0) || count > PADDING {
            bail!(labels::DAMAGED);
        }
        if read == 0 {
            return Ok(());
        }
    }
}

/// Ensures that nothing follows the compressed data.
///
/// # Errors
/// Fails if something follows.
pub(super) fn nothing_more(rest: &mut impl BufRead) -> anyhow::Result<()> {
    match rest.fill_buf().context(labels::DAMAGED)? {
        [] => Ok(()),
        _ => bail!(labels::DAMAGED),
    }
}

/// Counts the bytes read through it.
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
fn free_space(folder: &Path) -> Option<u64> {
    let disk = rustix::fs::statvfs(folder).ok()?;
    Some(disk.f_bavail.saturating_mul(disk.f_frsize))
}

#[cfg(not(unix))]
fn free_space(_folder: &Path) -> Option<u64> {
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(size: u64, read: u64, growth: Growth) -> Usage {
        let read = Rc::new(Cell::new(read));
        Usage { growth, size, read, free_space: None, entries: 0, announced: 0, unpacked: 0 }
    }

    #[test]
    fn entries_are_as_many_as_the_bytes_allow() {
        let mut usage = of(u64::MAX, 320, Growth::Usual);
        for _ in 0..ENTRIES + 10 {
            usage.add_entry(0).unwrap();
        }
        assert_eq!(usage.add_entry(0).unwrap_err().to_string(), labels::TOO_MANY);
        usage.check_manifest(MANIFEST).unwrap();
        assert!(usage.check_manifest(MANIFEST + MANIFEST_AN_ENTRY * (ENTRIES + 12)).is_err());
        let most = MOST_ENTRIES as u64;
        let full = |growth| Usage { entries: most, ..of(u64::MAX, u64::MAX, growth) };
        assert_eq!(full(Growth::Usual).add_entry(0).unwrap_err().to_string(), labels::TOO_MANY);
        full(Growth::Any).add_entry(0).unwrap();
    }

    #[test]
    fn what_is_unpacked_is_bounded_by_what_was_read_and_by_the_disk() {
        let small = || of(1024, 1024, Growth::Usual);
        let most = UNPACKED + 1024 * GROWTH;
        small().add_entry(most).unwrap();
        assert_eq!(small().add_entry(most + 1).unwrap_err().to_string(), labels::GROWS);
        let mut in_parts = small();
        in_parts.add_entry(most).unwrap();
        assert!(in_parts.add_entry(1).is_err());
        // The content of a pipe is checked while it arrives.
        let mut piped = of(0, 1024, Growth::Usual);
        piped.add_entry(most + 1).unwrap();
        piped.add_bytes(usize::try_from(most).unwrap()).unwrap();
        assert!(piped.add_bytes(1).is_err());
        of(1024, 1024, Growth::Any).add_entry(most * 2).unwrap();
        let mut full = Usage { free_space: Some(10), ..of(1024, 1024, Growth::Any) };
        full.add_entry(10).unwrap();
        assert!(full.add_entry(1).is_err());
        assert!(of(1024, 1024, Growth::Any).add_entry(u64::MAX).is_ok(), "sizes do not overflow");
    }

    #[test]
    fn only_few_zeros_may_follow() {
        let padding = usize::try_from(PADDING).unwrap();
        only_padding(&mut &vec![0; padding][..]).unwrap();
        assert!(only_padding(&mut &vec![0; padding + 1][..]).is_err());
        assert!(only_padding(&mut &[0, 1][..]).is_err());
    }
}
