//! The media servers: encrypted files under direct paths, interrupted uploads, and upload
//! permissions.
//!
//! All of it is in memory and none in the saved state, which is written as a whole and would grow
//! by the size of the files. After a restart downloads answer 404, as they do on the real servers
//! once a file is some weeks old.

use std::collections::{HashMap, HashSet};
use std::sync::Mutex;

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use bytes::Bytes;
use rand::RngExt as _;
use sha2::{Digest as _, Sha256};

use super::account::DeviceAddress;
use crate::clock::now;
use crate::lock::lock;

/// Lifetime of a direct path (`oe`), in seconds. It is not enforced; a fault makes files expire.
const LIFETIME_SECS: i64 = 14 * 24 * 60 * 60;

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

/// An encrypted file.
#[derive(Debug, Clone)]
pub(crate) struct Blob {
    pub(crate) bytes: Bytes,
    pub(crate) uploader: Uploader,
    direct_path: String,
    /// SHA-256 of the bytes.
    hash: Vec<u8>,
}

/// The contents of the media servers.
#[derive(Default)]
pub(crate) struct MediaStore(Mutex<Stored>);

#[derive(Default)]
struct Stored {
    /// Files by direct path without its query.
    blobs: HashMap<String, Blob>,
    /// Received bytes of interrupted uploads, by the uploader and the hash of the whole file.
    partial_uploads: HashMap<(Uploader, Vec<u8>), Bytes>,
    /// Devices by their `auth` of `media_conn`.
    auth_tokens: HashMap<String, Uploader>,
}

impl MediaStore {
    /// The `auth` a device uploads with, always the same for one device.
    pub(crate) fn auth_token(&self, device: &DeviceAddress) -> String {
        let uploader = Uploader::from(device);
        let mut stored = lock(&self.0);
        let known = stored.auth_tokens.iter().find(|(_, owner)| **owner == uploader);
        if let Some((auth_token, _)) = known {
            return auth_token.clone();
        }
        let auth_token = random_name::<24>();
        stored.auth_tokens.insert(auth_token.clone(), uploader);
        auth_token
    }

    pub(crate) fn uploader_of(&self, auth_token: &str) -> Option<Uploader> {
        lock(&self.0).auth_tokens.get(auth_token).cloned()
    }

    /// Stores a file and returns its direct path, a new one every time. Returns `None` for an
    /// unknown family of media (`image`, `video`, …: the `mms-type`).
    pub(crate) fn put(&self, family: &str, bytes: Bytes, uploader: Uploader) -> Option<String> {
        let bucket = bucket(family)?;
        let mut random = rand::rng();
        let [one, other] = random.random::<[u32; 2]>();
        // Pictures of people and groups are not encrypted.
        let ending = if family == "picture" { "jpg" } else { "enc" };
        let path = format!("/v/{bucket}/{one}_{other}_{}_n.{ending}", random.random::<u32>());
        // The signature makes the path unguessable. It is not the last parameter, since
        // whatsapp-rust appends its own query behind another `?`.
        let signature = random_name::<20>();
        let expires = now() + LIFETIME_SECS;
        let direct_path = format!("{path}?ccb=11-4&oh={signature}&oe={expires:X}&_nc_sid=5e03e0");
        let hash = Sha256::digest(&bytes).to_vec();
        let blob = Blob { bytes, uploader, direct_path: direct_path.clone(), hash };
        lock(&self.0).blobs.insert(path, blob);
        Some(direct_path)
    }

    /// Finds the file at a direct path, which may have more parameters appended by clients. Path
    /// and signature must be right, and the `token`, if there is one, must be the file's hash.
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

    /// The received bytes of an interrupted upload; empty if there is none.
    pub(crate) fn partial_upload(&self, uploader: &Uploader, hash: &[u8]) -> Bytes {
        let key = (uploader.clone(), hash.to_vec());
        lock(&self.0).partial_uploads.get(&key).cloned().unwrap_or_default()
    }

    /// Keeps the received bytes of an interrupted upload.
    pub(crate) fn store_partial(&self, uploader: Uploader, hash: Vec<u8>, bytes: Bytes) {
        lock(&self.0).partial_uploads.insert((uploader, hash), bytes);
    }

    /// Removes the received bytes of an upload that is complete now.
    pub(crate) fn forget_partial(&self, uploader: &Uploader, hash: &[u8]) {
        lock(&self.0).partial_uploads.remove(&(uploader.clone(), hash.to_vec()));
    }

    /// The hashes of the files that matching devices uploaded.
    pub(crate) fn hashes_of(&self, is_meant: impl Fn(&Uploader) -> bool) -> Vec<Vec<u8>> {
        let stored = lock(&self.0);
        let blobs = stored.blobs.values().filter(|blob| is_meant(&blob.uploader));
        blobs.map(|blob| blob.hash.clone()).collect()
    }

    /// Removes files from every path.
    pub(crate) fn remove(&self, hashes: &HashSet<Vec<u8>>) {
        lock(&self.0).blobs.retain(|_, blob| !hashes.contains(&blob.hash));
    }
}

/// The path prefix of a media family on the real servers.
fn bucket(family: &str) -> Option<&'static str> {
    match family {
        "image" => Some("t62.7118-24"),
        "video" => Some("t62.7161-24"),
        "audio" => Some("t62.7117-24"),
        "document" => Some("t62.7119-24"),
        "md-msg-hist" => Some("t62.36144-24"),
        "picture" => Some("t61.24694-24"),
        _ => None,
    }
}

/// A value in a query, which may contain further `?` separators.
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
