//! Uploads the files that users send to WhatsApp while a session is connected.
//!
//! Each connected session has one uploader. It starts with the connection and is dropped with it.
//! Its queue is the outbox: an operation that has a file is first an upload, which is in no lane,
//! so that texts overtake a large file. Once WhatsApp has the file, the operation becomes the
//! sending of its message ([`Outbox::uploaded`]). The files of a chat are uploaded one after the
//! other, so they are sent in their order.
//!
//! The key of a file is stored before its first byte leaves. The next attempt, also after a crash,
//! makes the same encrypted bytes, of which WhatsApp asks for the missing ones only.

use std::collections::HashMap;
use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use chrono::Utc;
use model::{ChatId, ConnectionId, FailReason, MessageId};
use store::{LONGEST_PAUSE, MediaSource, Outbox, PendingUpload, Wakeups};
use tokio::sync::Semaphore;
use tokio_util::sync::CancellationToken;
use whatsapp_rust::anyhow;
use whatsapp_rust::download::MediaType;
use whatsapp_rust::error::ErrorChainExt as _;
use whatsapp_rust::futures::StreamExt as _;
use whatsapp_rust::futures::stream::FuturesUnordered;
use whatsapp_rust::prelude::{Client, IqError};
use whatsapp_rust::wacore::upload::{EncryptedMediaInfo, UploadSource as _};

use crate::disk_room::DiskRoom;
use crate::files::{Purpose, blocking};
use crate::outbox_sender::{MAX_TRIES, is_refusal};
use crate::pauses::growing;
use crate::sealed_file::{self, SealedFile};
use crate::{media, media_address};

/// Concurrent uploads of one number, so that a long video does not delay pictures of other chats.
const MAX_CONCURRENT: usize = 3;
/// Concurrent uploads of all numbers: each has a thread of its own, and a copy of its file on the
/// disk.
pub(crate) const MAX_CONCURRENT_OF_ALL: usize = 6;
/// An upload may take this time, and more the larger the file is. A slower one is begun again, and
/// goes on where it was.
const BASE_TIMEOUT: Duration = Duration::from_secs(60);
const MIN_BYTES_PER_SECOND: u64 = 64 * 1024;
/// Longest pause while the media hosts cannot be reached, or the disk has no room. Each attempt
/// encrypts the file anew.
const LONGEST_OUTAGE_PAUSE: Duration = Duration::from_secs(5 * 60);
/// Pause after an error of the database.
const DATABASE_PAUSE: Duration = Duration::from_secs(2);
/// Time after which the queue is read although nothing woke the uploader.
const IDLE_PAUSE: Duration = Duration::from_secs(60 * 60);

/// The uploader of one connected session.
pub(crate) struct MediaUploader {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) outbox: Outbox,
    pub(crate) disk_room: Arc<DiskRoom>,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) wakeups: Arc<Wakeups>,
    /// Pause after the first failure of a file, doubled with each further one.
    pub(crate) first_retry: Duration,
}

/// A file that WhatsApp has.
struct Uploaded {
    source: MediaSource,
    /// The table by which phones play a sound or a video while they download it: a checksum of each 64 KiB
    /// (`wacore::upload`).
    sidecar: Option<Vec<u8>>,
}

/// The reason why a file was not uploaded.
#[derive(Debug)]
enum UploadError {
    /// No attempt can succeed.
    Impossible(&'static str),
    /// WhatsApp did not accept it. It is tried again a few times.
    Refused(anyhow::Error),
    /// The network or the disk failed, which counts as no attempt.
    Outage(anyhow::Error),
    Database(store::Error),
}

impl From<store::Error> for UploadError {
    fn from(error: store::Error) -> Self {
        Self::Database(error)
    }
}

/// The uploads in progress. A file is there under the ids that it had when it was begun: a merge of
/// chats may have replaced either.
type InProgress = HashMap<MessageId, ChatId>;

impl MediaUploader {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let (files, connection) = (self.disk_room.media().files().clone(), self.connection);
        let sweep = blocking(move || {
            files.sweep(connection, Purpose::Sealed)?;
            files.sweep_uploads(connection)
        });
        if let Err(error) = sweep.await {
            tracing::warn!(%connection, %error, "remains of uploads could not be removed");
        }
        // Outages in a row, of all files.
        let outages = AtomicU32::new(0);
        let mut uploads = FuturesUnordered::new();
        let mut in_progress = InProgress::new();
        loop {
            let next = match self.take_due(&mut in_progress).await {
                Ok((begun, next)) => {
                    uploads.extend(begun.into_iter().map(|row| self.process(row, &outages)));
                    next
                }
                Err(error) => {
                    tracing::error!(%connection, %error, "the files to upload cannot be read, trying again");
                    DATABASE_PAUSE
                }
            };
            tokio::select! {
                Some((message, written)) = uploads.next() => {
                    in_progress.remove(&message);
                    if let Err(error) = written {
                        tracing::error!(%connection, message_id = message.0, %error, "what became of an upload could not be written down");
                        tokio::time::sleep(DATABASE_PAUSE).await;
                    }
                }
                () = self.wakeups.uploads.notified() => {}
                () = tokio::time::sleep(next) => {}
            }
        }
    }

    /// Returns the uploads to start now, and the time until there may be more.
    async fn take_due(
        &self,
        in_progress: &mut InProgress,
    ) -> Result<(Vec<PendingUpload>, Duration), store::Error> {
        let free_slots = MAX_CONCURRENT - in_progress.len();
        if free_slots == 0 {
            return Ok((Vec::new(), IDLE_PAUSE));
        }
        // This is read before the files that are due: a pause that ends between the two queries is in
        // one of their answers then. Otherwise it could be in neither, and nothing would wake the uploader.
        let next_at = self.outbox.next_upload_at().await?;
        // Uploads in progress are due as well, each as the first of its chat.
        let mut begun = self.outbox.next_uploads(MAX_CONCURRENT as u64).await?;
        let next = match next_at {
            Some(at) => (at - Utc::now()).to_std().unwrap_or(DATABASE_PAUSE),
            None => IDLE_PAUSE,
        };
        begun.retain(|row| {
            let is_busy = in_progress.values().any(|chat| *chat == row.chat);
            !is_busy && !in_progress.contains_key(&row.message)
        });
        begun.truncate(free_slots);
        // They are added last, after all that can fail: an id is removed when its upload ends.
        in_progress.extend(begun.iter().map(|row| (row.message, row.chat)));
        Ok((begun, next))
    }

    /// Uploads one file and stores the outcome.
    async fn process(
        &self,
        row: PendingUpload,
        outages: &AtomicU32,
    ) -> (MessageId, Result<(), store::Error>) {
        let outcome = {
            // The semaphore is closed only with the process.
            let _permit = self.permits.acquire().await;
            self.upload(&row).await
        };
        (row.message, self.settle(&row, outcome, outages).await)
    }

    /// Stores the outcome of an attempt, and returns once the file may be tried again.
    async fn settle(
        &self,
        row: &PendingUpload,
        outcome: Result<Uploaded, UploadError>,
        outages: &AtomicU32,
    ) -> Result<(), store::Error> {
        let (connection, message_id) = (self.connection, row.message.0);
        if !matches!(outcome, Err(UploadError::Outage(_))) {
            outages.store(0, Ordering::Relaxed);
        }
        match outcome {
            Ok(Uploaded { source, sidecar }) => {
                tracing::info!(%connection, message_id, "file uploaded");
                metrics::counter!("inbox_media_uploaded").increment(1);
                self.outbox.uploaded(row.message, source, sidecar.as_deref()).await
            }
            Err(UploadError::Impossible(why)) => {
                tracing::warn!(%connection, message_id, why, "file is not uploaded");
                self.outbox.failed(&row.wa_id, FailReason::Upload).await
            }
            Err(UploadError::Refused(error)) => {
                let (tried, error) = (row.attempts.saturating_add(1), loggable(&error));
                tracing::warn!(%connection, message_id, tried, %error, "file not taken by WhatsApp");
                if tried < MAX_TRIES {
                    let pause = growing(self.first_retry, row.attempts, LONGEST_PAUSE);
                    self.outbox.retry_later(row.operation, Utc::now() + pause).await
                } else {
                    self.outbox.failed(&row.wa_id, FailReason::Upload).await
                }
            }
            Err(UploadError::Outage(error)) => {
                tracing::warn!(%connection, message_id, %error, "file waits to be uploaded");
                let before = outages.fetch_add(1, Ordering::Relaxed);
                let pause = growing(self.first_retry, before, LONGEST_OUTAGE_PAUSE);
                tokio::time::sleep(pause).await;
                Ok(())
            }
            Err(UploadError::Database(error)) => Err(error),
        }
    }

    /// Uploads a file, and returns where it is.
    async fn upload(&self, row: &PendingUpload) -> Result<Uploaded, UploadError> {
        let media_type = media::media_type(row.kind);
        let media_type = media_type.ok_or(UploadError::Impossible("its kind has no file"))?;
        let stop = CancellationToken::new();
        let _stop_at_the_end = stop.clone().drop_guard();
        let (sealed, info) = self.seal(row, media_type, stop).await?;
        if row.media_key.is_none() {
            self.outbox.upload_begins(row.message, &info.media_key).await?;
        }
        let timeout = BASE_TIMEOUT + Duration::from_secs(sealed.len() / MIN_BYTES_PER_SECOND);
        let upload = self.client.upload_stream(sealed, info, media_type);
        let there = match tokio::time::timeout(timeout, upload).await {
            Ok(Ok(there)) => there,
            Ok(Err(error)) if is_outage(&error) => {
                // A host that refuses the token of the number may close the connection before it has
                // read the file, and its answer is lost then. A host may also have moved.
                let _ = self.client.refresh_media_conn(true).await;
                return Err(UploadError::Outage(error));
            }
            Ok(Err(error)) => return Err(UploadError::Refused(error)),
            Err(too_slow) => return Err(UploadError::Outage(too_slow.into())),
        };
        if !media_address::is_path(&there.direct_path) {
            let error = anyhow::anyhow!("the host gave a path that is none");
            return Err(UploadError::Refused(error));
        }
        Ok(Uploaded {
            source: MediaSource {
                direct_path: there.direct_path,
                media_key: there.media_key.to_vec(),
                file_hash: there.file_sha256.to_vec(),
                sealed_hash: there.file_enc_sha256.to_vec(),
            },
            sidecar: there.streaming_sidecar,
        })
    }

    /// Encrypts a file to the disk. It is read from a bucket as it is encrypted.
    async fn seal(
        &self,
        row: &PendingUpload,
        media_type: MediaType,
        stop: CancellationToken,
    ) -> Result<(SealedFile, EncryptedMediaInfo), UploadError> {
        let length = sealed_file::length_of(row.size);
        let Some(reservation) = self.disk_room.reserve(length).await? else {
            let error = anyhow::anyhow!("there is no room for its encrypted copy on the disk");
            return Err(UploadError::Outage(error));
        };
        let (media, connection) = (self.disk_room.media(), self.connection);
        let opened = media.open(connection, row.message).await;
        let (length, plain) = opened.map_err(|error| match error.kind() {
            io::ErrorKind::NotFound => UploadError::Impossible("it is not here"),
            _ => UploadError::Outage(error.into()),
        })?;
        // The message states this length, and phones refuse a file of another one.
        if length != row.size {
            return Err(UploadError::Impossible("it has another length"));
        }
        let (files, media_key) = (media.files().clone(), row.media_key);
        let sealed = blocking(move || {
            let into = files.begin(connection, Purpose::Sealed)?;
            SealedFile::seal(plain, into, reservation, media_type, media_key.as_ref(), stop)
        });
        sealed.await.map_err(|error| UploadError::Outage(error.into()))
    }
}

/// Returns the words of an error for the log. Those of an answer have its whole body, which may be long and
/// repeat the address with the token of the number.
fn loggable(error: &anyhow::Error) -> String {
    match error.http_status() {
        Some(status) => format!("a host answered with the status {status}"),
        None => error.to_string(),
    }
}

/// Returns true if the network, the session or a host failed, so that WhatsApp has not refused the file.
fn is_outage(error: &anyhow::Error) -> bool {
    if let Some(status) = error.http_status() {
        // The host is overloaded or broken, and says nothing about the file.
        return matches!(status, 408 | 429 | 500..=599);
    }
    error.sources().any(|cause| match cause.downcast_ref::<IqError>() {
        Some(IqError::ServerError { code, .. }) => !is_refusal(*code),
        Some(_) => true,
        None => cause.is::<ureq::Error>() || cause.is::<io::Error>(),
    })
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::http::HttpStatusError;

    use super::*;

    #[test]
    fn the_log_has_no_answer_of_a_host() {
        let answer = anyhow::Error::new(HttpStatusError { status: 403 });
        let answer = answer.context("Upload failed 403 body=/mms/image/x?auth=secret");
        assert_eq!(loggable(&answer), "a host answered with the status 403");
        assert_eq!(loggable(&anyhow::anyhow!("the path is none")), "the path is none");
    }

    #[test]
    fn only_what_whatsapp_answered_counts_as_an_attempt() {
        let outages: [anyhow::Error; 7] = [
            anyhow::Error::new(HttpStatusError { status: 503 }).context("a host is overloaded"),
            HttpStatusError { status: 429 }.into(),
            ureq::Error::HostNotFound.into(),
            ureq::Error::from(io::Error::other("the connection broke")).into(),
            io::Error::other("the disk is gone").into(),
            IqError::NotConnected.into(),
            IqError::Timeout.into(),
        ];
        for error in outages {
            assert!(is_outage(&error), "{error:?}");
        }
        let answers: [anyhow::Error; 3] = [
            anyhow::Error::new(HttpStatusError { status: 403 }).context("a host said no"),
            HttpStatusError { status: 413 }.into(),
            anyhow::anyhow!("the answer cannot be read"),
        ];
        for error in answers {
            assert!(!is_outage(&error), "{error:?}");
        }
    }
}
