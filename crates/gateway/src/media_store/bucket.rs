//! A bucket of an S3-compatible server.

use std::fmt;
use std::io;
use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures::{StreamExt as _, TryStreamExt as _, future};
use model::{ConnectionId, MessageId};
use object_store::aws::{AmazonS3, AmazonS3Builder};
use object_store::path::Path;
use object_store::{
    BackoffConfig, ClientOptions, MultipartUpload, ObjectStore, ObjectStoreExt as _, RetryConfig,
};
use tokio::fs::File;
use tokio::io::AsyncReadExt as _;
use tokio::sync::Semaphore;

use super::address::{BucketAddress, BucketCredentials};
use super::key;

/// Bytes of one part of a file. S3 takes no smaller ones, except as the last, and the same length for all
/// of them suits every server.
const PART: u64 = 5 * 1024 * 1024;
/// Files that are put into the bucket at a time. Each has one part in memory.
const MAX_CONCURRENT: usize = 2;
/// Time that the server has to be reached.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// Time that the server has to take a part and answer, and to send the next bytes of a file. A timeout of
/// whole requests would end the downloads of slow browsers.
const READ_TIMEOUT: Duration = Duration::from_secs(60);
/// Time that the server has to copy a file, before it answers.
const COPY_TIMEOUT: Duration = Duration::from_secs(15 * 60);
/// A request that failed is repeated this often and for this long. Somebody waits for it, and whatever has
/// to succeed at last is repeated by its own task.
const RETRIES: usize = 2;
const RETRY_TIMEOUT: Duration = Duration::from_secs(10);
/// Longest description of a failure, in characters.
const LONGEST_WORDS: usize = 300;
/// Name of the object by which a start proves that the bucket can be written.
const PROBE: &str = ".inbox-pirata-probe";
/// Name of the object that has the id of the installation whose files are in the bucket.
const INSTALLATION: &str = "installation";

/// The reason why a bucket cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum BucketError {
    /// The server knows no such bucket.
    #[error("there is no such bucket")]
    Missing,
    /// The server knows no such credentials, or they have no right to read, write, list and delete.
    #[error("the credentials are not accepted")]
    Denied,
    /// Another installation has its files there.
    #[error("it is the bucket of another installation")]
    Taken,
    /// There is no answer, or one that S3 does not give.
    #[error("the bucket cannot be reached: {0}")]
    Unreachable(String),
}

/// A bucket. Cheap to clone.
#[derive(Clone)]
pub struct Bucket {
    objects: Arc<AmazonS3>,
    /// The same bucket for requests that the server takes long to answer.
    slow: Arc<AmazonS3>,
    address: BucketAddress,
    prefix: Path,
    permits: Arc<Semaphore>,
}

impl fmt::Debug for Bucket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Bucket").field(&self.address).finish()
    }
}

impl Bucket {
    /// Prepares the client of a bucket. Nothing is requested yet.
    ///
    /// # Errors
    /// [`BucketError::Unreachable`] if the address cannot be one of a bucket.
    pub fn new(
        address: BucketAddress,
        credentials: BucketCredentials,
    ) -> Result<Self, BucketError> {
        // The client of the bucket takes the provider of the process. Another call has set the same one.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = |timeout| client(&address, &credentials, timeout).map_err(fault);
        let objects = Arc::new(client(READ_TIMEOUT)?);
        let slow = Arc::new(client(COPY_TIMEOUT)?);
        let prefix = match address.prefix.as_str() {
            "" => Path::default(),
            prefix => Path::from(prefix),
        };
        let permits = Arc::new(Semaphore::new(MAX_CONCURRENT));
        Ok(Self { objects, slow, address, prefix, permits })
    }

    /// Proves that files can be read, written, listed and deleted.
    ///
    /// # Errors
    /// The first of them that fails.
    pub async fn check(&self) -> Result<(), BucketError> {
        let probe = self.prefix.clone().join(PROBE);
        match self.objects.head(&probe).await {
            // The answer to this request has no words, so that it does not tell if the bucket is there.
            Ok(_) | Err(object_store::Error::NotFound { .. }) => {}
            Err(error) => return Err(fault(error)),
        }
        self.is_there().await.map_err(fault)?;
        let content = Bytes::from_static(b"inbox-pirata");
        self.objects.put(&probe, content.into()).await.map_err(fault)?;
        self.objects.delete(&probe).await.map_err(fault)
    }

    /// Makes the prefix in the bucket that of an installation, by an object with its id. Without an id it
    /// only proves that it is of no installation yet. Files that are there already are no proof: people copy
    /// those of a folder before they start the server.
    ///
    /// # Errors
    /// [`BucketError::Taken`], or those of [`Self::check`].
    pub async fn claim(&self, installation: Option<&str>) -> Result<(), BucketError> {
        let key = self.prefix.clone().join(INSTALLATION);
        let found = match self.objects.get(&key).await {
            Ok(found) => found,
            Err(object_store::Error::NotFound { .. }) => {
                let Some(id) = installation else { return Ok(()) };
                let id = Bytes::copy_from_slice(id.as_bytes());
                return self.objects.put(&key, id.into()).await.map(|_| ()).map_err(fault);
            }
            Err(error) => return Err(fault(error)),
        };
        let Some(id) = installation else { return Err(BucketError::Taken) };
        // An object of another length may be of any length, and is not read.
        let is_ours = found.meta.size == id.len() as u64
            && found.bytes().await.map_err(fault)? == id.as_bytes();
        if is_ours { Ok(()) } else { Err(BucketError::Taken) }
    }

    /// Puts the file of a message into the bucket, as those of a backup. It replaces the one that is there.
    ///
    /// # Errors
    /// The file cannot be read; [`io::ErrorKind::HostUnreachable`] if the bucket is out of reach.
    pub async fn import(
        &self,
        connection: ConnectionId,
        message: MessageId,
        file: PathBuf,
    ) -> io::Result<()> {
        let key = key(self.prefix.clone(), connection, message);
        self.put(key, file).await.map_err(|(error, _)| error)
    }

    pub(super) fn objects(&self) -> &dyn ObjectStore {
        &*self.objects
    }

    pub(super) fn prefix(&self) -> &Path {
        &self.prefix
    }

    /// Succeeds if the bucket answers: then an object that is not found is not in it.
    pub(super) async fn is_there(&self) -> object_store::Result<()> {
        let first = self.objects.list(Some(&self.prefix.clone().join(PROBE))).next().await;
        first.transpose().map(|_| ())
    }

    /// Puts a file into the bucket. It goes on when the caller is gone, so that no parts of it stay there.
    /// A failure gives the file back, unless the process is stopping.
    pub(super) async fn put<F>(&self, key: Path, file: F) -> Result<(), (io::Error, Option<F>)>
    where
        F: AsRef<FilePath> + Send + Sync + 'static,
    {
        let (objects, permits) = (Arc::clone(&self.objects), Arc::clone(&self.permits));
        let putting = tokio::spawn(async move {
            // The semaphore is closed only with the process.
            let _permit = permits.acquire().await;
            let put = put(&objects, &key, file.as_ref()).await;
            put.map_err(|error| (error, Some(file)))
        });
        putting.await.unwrap_or_else(|stopping| Err((io::Error::other(stopping), None)))
    }

    /// Copies an object within the bucket, and replaces another one.
    pub(super) async fn copy(&self, from: &Path, to: &Path) -> object_store::Result<()> {
        self.slow.copy(from, to).await
    }

    /// Deletes all objects below a key.
    pub(super) async fn delete_below(&self, key: &Path) -> object_store::Result<()> {
        let keys = self.objects.list(Some(key)).map_ok(|object| object.location).boxed();
        self.objects.delete_stream(keys).try_for_each(|_| future::ready(Ok(()))).await
    }
}

/// Makes a client of a bucket. `timeout` is the time that the server may be silent.
fn client(
    address: &BucketAddress,
    credentials: &BucketCredentials,
    timeout: Duration,
) -> object_store::Result<AmazonS3> {
    let client = ClientOptions::new()
        .with_allow_http(address.is_unencrypted())
        // A machine without certificates reaches such a server too.
        .with_no_system_certificates(address.is_unencrypted())
        .with_timeout_disabled()
        .with_connect_timeout(CONNECT_TIMEOUT)
        .with_read_timeout(timeout);
    let retry = RetryConfig {
        backoff: BackoffConfig::default(),
        max_retries: RETRIES,
        retry_timeout: RETRY_TIMEOUT,
    };
    let mut builder = AmazonS3Builder::new()
        .with_bucket_name(&address.bucket)
        .with_region(&address.region)
        .with_access_key_id(&credentials.key_id)
        .with_secret_access_key(&credentials.secret)
        .with_client_options(client)
        .with_retry(retry)
        // Not every server knows the deletion of several objects at once.
        .with_disable_bulk_delete(true);
    if let Some(token) = &credentials.session_token {
        builder = builder.with_token(token);
    }
    if let Some(endpoint) = &address.endpoint {
        builder = builder.with_endpoint(endpoint);
    }
    builder.build()
}

/// Returns the reason of a failed request.
fn fault(error: object_store::Error) -> BucketError {
    match &error {
        object_store::Error::PermissionDenied { .. }
        | object_store::Error::Unauthenticated { .. } => BucketError::Denied,
        object_store::Error::NotFound { .. } => BucketError::Missing,
        // The failure of a list has the status and the answer in its words only.
        other => {
            let all = other.to_string();
            if all.contains("<Code>NoSuchBucket</Code>") {
                BucketError::Missing
            } else if all.contains("<Code>AccessDenied</Code>") {
                BucketError::Denied
            } else {
                BucketError::Unreachable(words(other))
            }
        }
    }
}

/// Makes an error out of the answer that there is no such object.
pub(super) fn missing(error: &object_store::Error) -> io::Error {
    io::Error::new(io::ErrorKind::NotFound, words(error))
}

/// Makes an error out of a request that failed otherwise.
pub(super) fn outage(error: object_store::Error) -> io::Error {
    io::Error::new(io::ErrorKind::HostUnreachable, words(&error))
}

/// Returns the words of an error without the answer of the server, which repeats the headers of a request
/// that it does not accept, the token of the session among them.
fn words(error: &object_store::Error) -> String {
    let all = error.to_string();
    let own = all.split(['<', '\n', '\r']).next().unwrap_or_default();
    own.trim_end_matches([' ', ':']).chars().take(LONGEST_WORDS).collect()
}

/// Puts a file into a bucket with one part of it in memory.
async fn put(objects: &AmazonS3, key: &Path, file: &FilePath) -> io::Result<()> {
    let mut file = File::open(file).await?;
    let first = next_part(&mut file).await?;
    if (first.len() as u64) < PART {
        objects.put(key, first.into()).await.map_err(outage)?;
        return Ok(());
    }
    let mut upload = objects.put_multipart(key).await.map_err(outage)?;
    let done = put_parts(upload.as_mut(), first, &mut file).await;
    if done.is_err() {
        // If this fails too, the rule of the bucket for incomplete uploads removes the parts.
        let _ = upload.abort().await;
    }
    done
}

async fn put_parts(
    upload: &mut dyn MultipartUpload,
    first: Bytes,
    file: &mut File,
) -> io::Result<()> {
    let mut part = first;
    while !part.is_empty() {
        upload.put_part(part.into()).await.map_err(outage)?;
        part = next_part(file).await?;
    }
    upload.complete().await.map_err(outage)?;
    Ok(())
}

async fn next_part(file: &mut File) -> io::Result<Bytes> {
    let mut part = Vec::new();
    file.take(PART).read_to_end(&mut part).await?;
    Ok(part.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_answer_of_a_server_is_not_repeated() {
        let failed =
            |source: &str| object_store::Error::Generic { store: "S3", source: source.into() };
        let refused = failed("403 Forbidden: <Error><Token>segredo</Token></Error>");
        assert_eq!(words(&refused), "Generic S3 error: 403 Forbidden");
        assert_eq!(words(&failed("no\r\nsegredo")), "Generic S3 error: no");
        assert_eq!(words(&failed(&"x".repeat(999))).chars().count(), LONGEST_WORDS);
    }

    #[test]
    fn a_failed_list_tells_its_reason() {
        let failed = |code: &str| {
            let source = format!("404: <Error><Code>{code}</Code></Error>").into();
            fault(object_store::Error::Generic { store: "S3", source })
        };
        assert!(matches!(failed("NoSuchBucket"), BucketError::Missing));
        assert!(matches!(failed("AccessDenied"), BucketError::Denied));
        assert!(matches!(failed("SlowDown"), BucketError::Unreachable(_)));
    }
}
