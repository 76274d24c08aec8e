//! Did the inputs of a build change?

use std::{fs, path::Path};

use anyhow::Result;
use sha2::{Digest, Sha256};
use walkdir::WalkDir;

/// A hash over files and words. Content counts, not dates: a fresh checkout of the same tree on a
/// machine with a warm target folder builds nothing.
pub(super) struct Fingerprint(Sha256);

impl Fingerprint {
    pub(super) fn new() -> Self {
        Self(Sha256::new())
    }

    pub(super) fn text(mut self, text: &str) -> Self {
        self.field(text.as_bytes());
        self
    }

    /// Adds `root/path`: a file, a folder with all in it, or nothing when it does not exist.
    pub(super) fn tree(mut self, root: &Path, path: &str) -> Result<Self> {
        let start = root.join(path);
        if !start.exists() {
            return Ok(self);
        }
        for entry in WalkDir::new(&start).sort_by_file_name() {
            let entry = entry?;
            if entry.file_type().is_file() {
                let name = entry.path().strip_prefix(root)?;
                self.field(name.as_os_str().as_encoded_bytes());
                self.field(&fs::read(entry.path())?);
            }
        }
        Ok(self)
    }

    pub(super) fn finish(self) -> String {
        hex::encode(self.0.finalize())
    }

    /// With its length, so that no two sequences of fields read the same.
    fn field(&mut self, bytes: &[u8]) {
        self.0.update((bytes.len() as u64).to_le_bytes());
        self.0.update(bytes);
    }
}
