//! The files a phone holds: those its user sent, and those it downloaded.
//!
//! They are not part of the saved state: after a restart a phone has none of them.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use crate::phone::Attachment;

/// What a phone has of one message's file.
#[derive(Clone)]
pub(crate) struct Kept {
    /// What the message says about it.
    pub(crate) attachment: Attachment,
    /// The file as it goes to the media servers: sealed again under the same key, it would come out
    /// the same. `None` when the phone could not download it, or lost it.
    pub(crate) sealed: Option<Bytes>,
}

/// Files by message id.
#[derive(Default)]
pub(crate) struct Gallery(HashMap<String, Kept>);

impl Gallery {
    pub(crate) fn keep(&mut self, id: &str, kept: Kept) {
        self.0.insert(id.to_owned(), kept);
    }

    pub(crate) fn find(&self, id: &str) -> Option<Kept> {
        self.0.get(id).cloned()
    }

    /// The hashes that name all these files on the media servers.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = Vec<u8>> {
        self.0.values().map(|kept| kept.attachment.enc_sha256.clone())
    }

    /// Loses files, and keeps what the messages say about them.
    pub(crate) fn lose(&mut self, hashes: &HashSet<Vec<u8>>) {
        for kept in self.0.values_mut() {
            if hashes.contains(&kept.attachment.enc_sha256) {
                kept.sealed = None;
            }
        }
    }
}
