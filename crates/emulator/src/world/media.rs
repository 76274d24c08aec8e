//! The media servers: sealed files under direct paths, uploads that broke off, and who may upload.
//!
//! All of it is in memory and none in the saved state: files would make that as large as they are,
//! and it is written whole. After a restart downloads answer 404, as they do on the real servers
//! once a file is some weeks old.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

use super::account::DeviceAddress;
use super::lock;
use crate::clock::now;

/// How long a direct path says that it is good for (`oe`), in seconds. Nobody is held to it; a
/// fault makes files expire.
const GOOD_FOR: i64 = 14 * 24 * 60 * 60;

/// A device that uploads.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct Uploader {
    pub(crate) number: String,
    pub(crate) device: u16,
}

impl From<&DeviceAddress> for Uploader {
    fn from(device: &DeviceAddress) -> Self {
        Self { number: device.account.number().to_owned(), device: device.device }
    }
}

/// A sealed file.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) bytes: Bytes,
    pub(crate) uploader: Uploader,
    direct_path: String,
    /// SHA-256 of the bytes.
    hash: Vec<u8>,
}

/// What the media servers have.
#[derive(Default)]
pub(crate) struct MediaStore(Mutex<Stored>);

#[derive(Default)]
struct Stored {
    /// By the direct path without its query.
    blobs: HashMap<String, Blob>,
    /// Beginnings of uploads, by the uploader and the hash of the whole.
    begun: HashMap<(Uploader, Vec<u8>), Bytes>,
    /// Who has which `auth` of `media_conn`.
    tickets: HashMap<String, Uploader>,
}

impl MediaStore {
    /// The `auth` a device uploads with, always the same for one device.
    pub(crate) fn ticket(&self, device: &DeviceAddress) -> String {
        let uploader = Uploader::from(device);
        let mut stored = lock(&self.0);
        let known = stored.tickets.iter().find(|(_, holder)| **holder == uploader);
        if let Some((ticket, _)) = known {
            return ticket.clone();
        }
        let ticket = random_name::<24>();
        stored.tickets.insert(ticket.clone(), uploader);
        ticket
    }

    pub(crate) fn holder(&self, ticket: &str) -> Option<Uploader> {
        lock(&self.0).tickets.get(ticket).cloned()
    }

    /// Stores a file and gives its direct path, a new one every time. `None` for a family of media
    /// that there is no place for (`image`, `video`, …: the `mms-type`).
    pub(crate) fn put(&self, family: &str, bytes: Bytes, uploader: Uploader) -> Option<String> {
        let bucket = bucket(family)?;
        let mut random = rand::rng();
        let [one, other] = random.random::<[u32; 2]>();
        let path = format!("/v/{bucket}/{one}_{other}_{}_n.enc", random.random::<u32>());
        // The signature is what nobody can guess. It is not last, since whatsapp-rust writes its
        // own query behind another `?`.
        let signature = random_name::<20>();
        let expires = now() + GOOD_FOR;
        let direct_path = format!("{path}?ccb=11-4&oh={signature}&oe={expires:X}&_nc_sid=5e03e0");
        let hash = Sha256::digest(&bytes).to_vec();
        let blob = Blob { bytes, uploader, direct_path: direct_path.clone(), hash };
        lock(&self.0).blobs.insert(path, blob);
        Some(direct_path)
    }

    /// The file at a direct path, perhaps with more behind it as clients have it. Path and
    /// signature must be right, and the `token`, if there is one, be the file's hash.
    pub(crate) fn find(&self, address: &str) -> Option<Blob> {
        let (path, query) = address.split_once('?')?;
        let stored = lock(&self.0);
        let blob = stored.blobs.get(path)?;
        let signed = value(query, "oh") == value(&blob.direct_path, "oh");
        let named = value(query, "token")
            .is_none_or(|token| token == BASE64_URL_SAFE_NO_PAD.encode(&blob.hash));
        (signed && named).then(|| blob.clone())
    }

    /// The direct path of a file that a device uploaded before.
    pub(crate) fn uploaded(&self, uploader: &Uploader, hash: &[u8]) -> Option<String> {
        let stored = lock(&self.0);
        let blob =
            stored.blobs.values().find(|blob| blob.hash == hash && blob.uploader == *uploader)?;
        Some(blob.direct_path.clone())
    }

    /// How an upload began that then broke off; empty if none did.
    pub(crate) fn begun(&self, uploader: &Uploader, hash: &[u8]) -> Bytes {
        let begun = (uploader.clone(), hash.to_vec());
        lock(&self.0).begun.get(&begun).cloned().unwrap_or_default()
    }

    /// Keeps what came of an upload.
    pub(crate) fn begin(&self, uploader: Uploader, hash: Vec<u8>, bytes: Bytes) {
        lock(&self.0).begun.insert((uploader, hash), bytes);
    }

    /// Forgets how an upload began, which is whole now.
    pub(crate) fn finish(&self, uploader: &Uploader, hash: &[u8]) {
        lock(&self.0).begun.remove(&(uploader.clone(), hash.to_vec()));
    }

    /// The hashes of what some devices uploaded.
    pub(crate) fn hashes_of(&self, is_meant: impl Fn(&Uploader) -> bool) -> Vec<Vec<u8>> {
        let stored = lock(&self.0);
        let blobs = stored.blobs.values().filter(|blob| is_meant(&blob.uploader));
        blobs.map(|blob| blob.hash.clone()).collect()
    }

    /// Removes files, wherever they are.
    pub(crate) fn remove(&self, hashes: &HashSet<Vec<u8>>) {
        lock(&self.0).blobs.retain(|_, blob| !hashes.contains(&blob.hash));
    }
}

/// Where the real servers have a family of media.
fn bucket(family: &str) -> Option<&'static str> {
    match family {
        "image" => Some("t62.7118-24"),
        "video" => Some("t62.7161-24"),
        "audio" => Some("t62.7117-24"),
        "document" => Some("t62.7119-24"),
        _ => None,
    }
}

/// A value in a query, of which there may be several behind each other.
fn value<'a>(query: &'a str, name: &str) -> Option<&'a str> {
    let mut pairs = query.split(['?', '&']).filter_map(|pair| pair.split_once('='));
    pairs.find_map(|(key, value)| (key == name).then_some(value))
}

fn random_name<const BYTES: usize>() -> String {
    BASE64_URL_SAFE_NO_PAD.encode(rand::rng().random::<[u8; BYTES]>())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ana() -> Uploader {
        Uploader { number: "551".to_owned(), device: 1 }
    }

    #[test]
    fn a_file_is_found_by_its_whole_direct_path_only() {
        let store = MediaStore::default();
        let direct_path = store.put("image", Bytes::from_static(b"sealed"), ana()).expect("room");
        let token = BASE64_URL_SAFE_NO_PAD.encode(Sha256::digest(b"sealed"));
        assert!(store.find(&direct_path).is_some());
        assert!(store.find(&format!("{direct_path}?auth=x&token={token}")).is_some());
        assert!(store.find(&format!("{direct_path}&hash={token}&mms-type=image")).is_some());
        assert!(store.find(&format!("{direct_path}?auth=x&token=other")).is_none());
        let (path, _) = direct_path.split_once('?').expect("a query");
        assert!(store.find(path).is_none());
        assert!(store.find(&format!("{path}?oh=guessed")).is_none());
    }

    #[test]
    fn the_same_file_has_a_new_direct_path_every_time() {
        let store = MediaStore::default();
        let put = || store.put("video", Bytes::from_static(b"sealed"), ana());
        assert_ne!(put(), put());
        let hashes = HashSet::from([Sha256::digest(b"sealed").to_vec()]);
        store.remove(&hashes);
        assert_eq!(store.uploaded(&ana(), &Sha256::digest(b"sealed")), None);
    }
}
