//! Files on a phone: those its user sent, and those it downloaded.
//!
//! They are not part of the saved state: after a restart a phone has no files.

use std::collections::{HashMap, HashSet};

use bytes::Bytes;

use crate::phone::Attachment;

/// A phone's file of one message.
#[derive(Clone)]
pub(crate) struct MediaFile {
    /// The message's metadata of the file.
    pub(crate) attachment: Attachment,
    /// The file as encrypted for the media servers. Encryption under the same key would give the
    /// same bytes again. `None` if the phone could not download the file, or lost it.
    pub(crate) sealed: Option<Bytes>,
}

/// Files by message id.
#[derive(Default)]
pub(crate) struct PhoneMedia(HashMap<String, MediaFile>);

impl PhoneMedia {
    pub(crate) fn insert(&mut self, id: &str, file: MediaFile) {
        self.0.insert(id.to_owned(), file);
    }

    pub(crate) fn find(&self, id: &str) -> Option<MediaFile> {
        self.0.get(id).cloned()
    }

    /// The hashes of all these files on the media servers.
    pub(crate) fn hashes(&self) -> impl Iterator<Item = Vec<u8>> {
        self.0.values().map(|file| file.attachment.enc_sha256.clone())
    }

    /// Removes the contents of files, and keeps their metadata.
    pub(crate) fn discard(&mut self, hashes: &HashSet<Vec<u8>>) {
        for file in self.0.values_mut() {
            if hashes.contains(&file.attachment.enc_sha256) {
                file.sealed = None;
            }
        }
    }
}
