//! The place of the complete files of messages, as `<number>/<message>`: the local folder, or a bucket of an
//! S3-compatible server.
//!
//! Both are an [`ObjectStore`], through which files are read, copied and removed. Incomplete files are always
//! in the local folder ([`Files`]). A complete one is published: renamed there, or put into the bucket.
//!
//! A bucket may be out of reach. That is an [`io::ErrorKind::HostUnreachable`]: the file is there again when
//! the bucket is. After an [`io::ErrorKind::NotFound`] a file may be given up.

mod address;
mod bucket;
#[cfg(test)]
mod tests;

use std::io::{self, Read, SeekFrom};
use std::ops::Range;
use std::path::PathBuf;

use bytes::Bytes;
use chrono::{DateTime, Utc};
use futures::stream::BoxStream;
use futures::{StreamExt as _, TryStreamExt as _};
use model::{ConnectionId, MessageId};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{GetOptions, GetResult, GetResultPayload, ObjectStore, ObjectStoreExt as _};
use store::FileCopy;
use tempfile::{NamedTempFile, TempPath};
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};
use tokio_util::io::{ReaderStream, StreamReader, SyncIoBridge};

pub use self::address::{BucketAddress, BucketCredentials};
pub use self::bucket::{Bucket, BucketError};
use self::bucket::{missing, outage};
use crate::credentials::make_private;
use crate::files::{Files, blocking};

/// Bytes that are read from the disk at a time.
const CHUNK: usize = 64 * 1024;

/// Bytes of a file, as they come.
pub type MediaStream = BoxStream<'static, io::Result<Bytes>>;

/// What is known of a complete file without reading it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredFile {
    /// Its length.
    pub bytes: u64,
    /// The time at which it was published. It never changes afterwards.
    pub modified: DateTime<Utc>,
}

/// A file that could not be published.
pub(crate) struct Unpublished {
    pub(crate) error: io::Error,
    /// The file, if another attempt may succeed: the bucket is out of reach.
    pub(crate) file: Option<NamedTempFile>,
}

/// The place of the complete files of messages, and the local folder of incomplete ones. Cheap to clone.
#[derive(Debug, Clone)]
pub struct MediaStore {
    files: Files,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    /// The same local folder.
    Folder(LocalFileSystem),
    Bucket(Bucket),
}

impl MediaStore {
    /// Keeps complete files in the local folder, which is created if it is missing.
    ///
    /// # Errors
    /// The folder cannot be created.
    pub fn in_folder(folder: PathBuf) -> io::Result<Self> {
        make_private(&folder)?;
        let objects = LocalFileSystem::new_with_prefix(&folder)?.with_fsync(true);
        Ok(Self { files: Files::new(folder), place: Place::Folder(objects) })
    }

    /// Keeps complete files in a bucket, and those in progress in the local folder.
    pub fn in_bucket(folder: PathBuf, bucket: Bucket) -> Self {
        Self { files: Files::new(folder), place: Place::Bucket(bucket) }
    }

    /// Returns the local folder.
    pub(crate) fn files(&self) -> &Files {
        &self.files
    }

    /// Returns true if complete files take room on the local disk.
    pub(crate) fn is_on_disk(&self) -> bool {
        matches!(self.place, Place::Folder(_))
    }

    /// Returns what is known of a file.
    pub(crate) async fn find(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<StoredFile> {
        match self.objects().head(&self.key(connection, message)).await {
            Ok(found) => Ok(StoredFile { bytes: found.size, modified: found.last_modified }),
            Err(error) => Err(self.failure(error).await),
        }
    }

    /// Returns the length of a file; 0 if it is not there.
    pub(crate) async fn length(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<u64> {
        match self.find(connection, message).await {
            Ok(found) => Ok(found.bytes),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(error),
        }
    }

    /// Reads a file, or a range of it, which must not be empty.
    pub(crate) async fn read(
        &self,
        connection: ConnectionId,
        message: MessageId,
        range: Option<Range<u64>>,
    ) -> io::Result<MediaStream> {
        let GetResult { payload, range, .. } = self.get(connection, message, range).await?;
        match payload {
            GetResultPayload::File(file, _) => {
                let mut file = tokio::fs::File::from_std(file);
                if range.start > 0 {
                    file.seek(SeekFrom::Start(range.start)).await?;
                }
                let part = file.take(range.end - range.start);
                Ok(ReaderStream::with_capacity(part, CHUNK).boxed())
            }
            GetResultPayload::Stream(stream) => Ok(stream.map_err(outage).boxed()),
        }
    }

    /// Opens a file for a thread that blocks, and returns its length with it.
    pub(crate) async fn open(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<(u64, Box<dyn Read + Send>)> {
        let GetResult { payload, meta, .. } = self.get(connection, message, None).await?;
        let reader: Box<dyn Read + Send> = match payload {
            GetResultPayload::File(file, _) => Box::new(file),
            GetResultPayload::Stream(stream) => {
                Box::new(SyncIoBridge::new(StreamReader::new(stream.map_err(outage))))
            }
        };
        Ok((meta.size, reader))
    }

    /// Gives a complete file its final name.
    pub(crate) async fn publish(
        &self,
        file: NamedTempFile,
        connection: ConnectionId,
        message: MessageId,
    ) -> Result<(), Unpublished> {
        match &self.place {
            Place::Folder(_) => {
                let files = self.files.clone();
                let published = blocking(move || files.publish(file, connection, message)).await;
                published.map_err(|error| Unpublished { error, file: None })
            }
            Place::Bucket(bucket) => {
                let put = bucket.put(self.key(connection, message), file).await;
                put.map_err(|(error, file)| Unpublished { error, file })
            }
        }
    }

    /// Gives the complete file of a browser, or what was made of it, its final name
    /// ([`Files::publish_upload`]). A second call repeats it, as long as the incomplete name is there.
    pub(crate) async fn publish_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
        converted: Option<TempPath>,
    ) -> io::Result<()> {
        let files = self.files.clone();
        let bucket = match &self.place {
            Place::Folder(_) => {
                return blocking(move || files.publish_upload(connection, message, converted))
                    .await;
            }
            Place::Bucket(bucket) => bucket,
        };
        let key = self.key(connection, message);
        let put = match converted {
            Some(made) => bucket.put(key, made).await.map_err(|(error, _)| error),
            None => {
                let part = blocking(move || files.upload_path(connection, message)).await?;
                bucket.put(key, part).await.map_err(|(error, _)| error)
            }
        };
        // An outage is repeated by the browser.
        put.inspect_err(|error| {
            tracing::warn!(%connection, message_id = message.0, %error, "a file of a browser waits for the bucket");
        })
    }

    /// Removes the file of a message that is not stored and never will be, complete or not.
    pub(crate) async fn discard_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        self.forget_upload(connection, message).await?;
        // The message may have failed between the final name and its storing.
        self.remove_one(connection, message).await
    }

    /// Removes the incomplete name of a file.
    pub(crate) async fn forget_upload(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        let files = self.files.clone();
        blocking(move || files.forget_upload(connection, message)).await
    }

    /// Gives a file a second name, which stays when the first one is removed. No file is ever written to
    /// once it has the name of a message, so in the folder it is a link and takes no further room. A repeated
    /// call changes nothing, also once the first name is removed.
    pub(crate) async fn copy(&self, copy: FileCopy) -> io::Result<()> {
        let FileCopy { from, to, bytes, .. } = copy;
        let (source, target) = (self.key(from.0, from.1), self.key(to.0, to.1));
        let copied = match &self.place {
            Place::Folder(folder) => {
                let (files, number) = (self.files.clone(), to.0);
                blocking(move || files.make_folder(number)).await?;
                match folder.copy_if_not_exists(&source, &target).await {
                    // An attempt that was interrupted left it, or another message with this id, before a restore.
                    Err(object_store::Error::AlreadyExists { .. }) => {
                        self.remove_one(to.0, to.1).await?;
                        folder.copy_if_not_exists(&source, &target).await
                    }
                    copied => copied,
                }
            }
            Place::Bucket(bucket) => bucket.copy(&source, &target).await,
        };
        let Err(error) = copied else { return Ok(()) };
        let error = self.failure(error).await;
        if error.kind() != io::ErrorKind::NotFound {
            return Err(error);
        }
        match self.find(to.0, to.1).await {
            Ok(found) if found.bytes == bytes => Ok(()),
            Err(outage) if outage.kind() != io::ErrorKind::NotFound => Err(outage),
            _ => Err(error),
        }
    }

    /// Removes the complete file of a message, if it is there.
    pub(crate) async fn remove_one(
        &self,
        connection: ConnectionId,
        message: MessageId,
    ) -> io::Result<()> {
        let Err(error) = self.objects().delete(&self.key(connection, message)).await else {
            return Ok(());
        };
        match self.failure(error).await {
            error if error.kind() == io::ErrorKind::NotFound => Ok(()),
            error => Err(error),
        }
    }

    /// Removes all files of a number, incomplete ones too.
    pub(crate) async fn remove(&self, connection: ConnectionId) -> io::Result<()> {
        let files = self.files.clone();
        blocking(move || files.remove(connection)).await?;
        match &self.place {
            Place::Folder(_) => Ok(()),
            Place::Bucket(bucket) => {
                bucket.delete_below(&folder(self.prefix(), connection)).await.map_err(outage)
            }
        }
    }

    async fn get(
        &self,
        connection: ConnectionId,
        message: MessageId,
        range: Option<Range<u64>>,
    ) -> io::Result<GetResult> {
        let options = GetOptions::new().with_range(range);
        match self.objects().get_opts(&self.key(connection, message), options).await {
            Ok(found) => Ok(found),
            Err(error) => Err(self.failure(error).await),
        }
    }

    /// Makes an error out of a failed request. A bucket that is gone as a whole is out of reach, and its
    /// files are not missing.
    async fn failure(&self, error: object_store::Error) -> io::Error {
        let is_missing = matches!(error, object_store::Error::NotFound { .. });
        match &self.place {
            Place::Folder(_) if is_missing => missing(&error),
            Place::Folder(_) => io::Error::other(error),
            Place::Bucket(bucket) if is_missing => match bucket.is_there().await {
                Ok(()) => missing(&error),
                Err(gone) => outage(gone),
            },
            Place::Bucket(_) => outage(error),
        }
    }

    fn objects(&self) -> &dyn ObjectStore {
        match &self.place {
            Place::Folder(folder) => folder,
            Place::Bucket(bucket) => bucket.objects(),
        }
    }

    /// Returns what all keys begin with.
    fn prefix(&self) -> Path {
        match &self.place {
            Place::Folder(_) => Path::default(),
            Place::Bucket(bucket) => bucket.prefix().clone(),
        }
    }

    fn key(&self, connection: ConnectionId, message: MessageId) -> Path {
        key(self.prefix(), connection, message)
    }
}

/// Returns the key below which the files of a number are.
fn folder(prefix: Path, connection: ConnectionId) -> Path {
    prefix.join(connection.to_string())
}

/// Returns the key of the file of a message.
fn key(prefix: Path, connection: ConnectionId, message: MessageId) -> Path {
    folder(prefix, connection).join(message.to_string())
}
