//! The files of messages, from a backup into a bucket.

use std::io;
use std::path::Path;

use anyhow::Context as _;
use futures::{StreamExt as _, TryStreamExt as _, stream};
use gateway::{Bucket, BucketAddress};
use model::{ConnectionId, MessageId};

use super::labels;
use super::manifest::{Manifest, media_entry, table_entry};
use super::rows::rows;
use crate::media_store;

/// Files that are uploaded at a time. Each has one part of it in memory.
const TOGETHER: usize = 2;

/// Opens the bucket for the files of an unpacked backup. It may be of no installation, or of that of the
/// backup.
pub(super) async fn open(
    address: &BucketAddress,
    manifest: &Manifest,
    unpacked: &Path,
) -> anyhow::Result<Bucket> {
    let installation = installation(manifest, unpacked).context(labels::DAMAGED)?;
    media_store::bucket(address, installation.as_deref()).await
}

/// Returns the id of the installation that was backed up; `None` if it had none.
fn installation(manifest: &Manifest, unpacked: &Path) -> io::Result<Option<String>> {
    const SETTINGS: &str = "setting";
    if !manifest.tables.contains_key(SETTINGS) {
        return Ok(None);
    }
    for row in rows(&unpacked.join(table_entry(SETTINGS)))? {
        if let Some(id) = store::installation_in(&row?) {
            return Ok(Some(id.to_owned()));
        }
    }
    Ok(None)
}

/// Uploads the unpacked files.
pub(super) async fn upload(
    bucket: &Bucket,
    manifest: &Manifest,
    unpacked: &Path,
) -> io::Result<()> {
    // The ids of a name are digits. One that is too large is of no message.
    let files = manifest.media.keys().filter_map(|name| {
        let (number, message) = name.split_once('/')?;
        let number = ConnectionId(number.parse().ok()?);
        Some((number, MessageId(message.parse().ok()?), unpacked.join(media_entry(name))))
    });
    let files = stream::iter(files).map(io::Result::Ok);
    files
        .try_for_each_concurrent(TOGETHER, |(number, message, file)| {
            bucket.import(number, message, file)
        })
        .await
}
