//! Downloads the files of messages from WhatsApp while a session is connected.
//!
//! Each connected session has one downloader. It starts with the connection and is dropped with it.
//! Its queue is in the database, so a crash loses nothing, and failed downloads are repeated with
//! growing pauses. WhatsApp keeps a file for some weeks; after that, the phone that sent it is
//! asked to upload it again (`WAWebRequestMediaReuploadManager`).

use std::collections::HashSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::Utc;
use model::{ConnectionId, MediaState, MessageId};
use store::{AwaitedMedia, MediaQueue, Wakeups};
use tempfile::NamedTempFile;
use tokio::sync::Semaphore;
use whatsapp_rust::anyhow;
use whatsapp_rust::error::ErrorChainExt as _;
use whatsapp_rust::features::{MediaRetryResult, MediaReuploadRequest};
use whatsapp_rust::futures::StreamExt as _;
use whatsapp_rust::futures::stream::FuturesUnordered;
use whatsapp_rust::prelude::{Client, Jid};

use crate::disk_room::DiskRoom;
use crate::files::{Bounded, Purpose, blocking};
use crate::media_store::Unpublished;
use crate::pauses::growing;
use crate::reservation::Reservation;
use crate::{media, media_address};

/// Concurrent downloads of one number, so that a long video does not delay pictures.
const MAX_CONCURRENT: usize = 3;
/// Concurrent downloads of all numbers: each has a thread of its own.
pub(crate) const MAX_CONCURRENT_OF_ALL: usize = 12;
/// Longest pause after a failure.
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// Attempts before a file is given up: about four days of connected time.
const MAX_TRIES: u32 = 100;
/// A download may take this time, and more the larger the file is. A slower host is given up for
/// now, because a few of them would block all downloads.
const BASE_TIMEOUT: Duration = Duration::from_secs(60);
const MIN_BYTES_PER_SECOND: u64 = 64 * 1024;
/// Longest pause while the bucket of the files is out of reach.
const LONGEST_OUTAGE_PAUSE: Duration = Duration::from_secs(60);
/// Pause after an error of the database.
const DATABASE_PAUSE: Duration = Duration::from_secs(2);

/// The downloader of one connected session.
pub(crate) struct MediaDownloader {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) queue: MediaQueue,
    pub(crate) disk_room: Arc<DiskRoom>,
    pub(crate) permits: Arc<Semaphore>,
    pub(crate) wakeups: Arc<Wakeups>,
    /// Pause after the first failure of a file, doubled with each further one up to
    /// [`LONGEST_PAUSE`].
    pub(crate) first_retry: Duration,
}

/// The reason why a file was not downloaded.
enum DownloadError {
    /// It is not tried again by itself.
    Permanent(MediaState),
    Temporary(anyhow::Error),
}

impl MediaDownloader {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let (files, connection) = (self.disk_room.media().files().clone(), self.connection);
        if let Err(error) = blocking(move || files.sweep(connection, Purpose::Download)).await {
            tracing::warn!(%connection, %error, "files that were left behind could not be removed");
        }
        if let Err(error) = self.disk_room.finish().await {
            tracing::warn!(%connection, %error, "files that were to be removed could not be");
        }
        let mut downloads = FuturesUnordered::new();
        let mut in_progress = HashSet::new();
        loop {
            let next = match self.take_due(&mut in_progress).await {
                Ok((begun, next)) => {
                    downloads.extend(begun.into_iter().map(|row| self.process(row)));
                    next
                }
                Err(error) => {
                    tracing::error!(%connection, %error, "the files to fetch cannot be read, trying again");
                    DATABASE_PAUSE
                }
            };
            tokio::select! {
                Some((message, written)) = downloads.next() => {
                    in_progress.remove(&message);
                    if let Err(error) = written {
                        tracing::error!(%connection, message_id = message.0, %error, "what became of a file could not be written down");
                        tokio::time::sleep(DATABASE_PAUSE).await;
                    }
                }
                () = self.wakeups.downloads.notified() => {}
                () = tokio::time::sleep(next) => {}
            }
        }
    }

    /// Returns the downloads to start now, and the time until there may be more.
    async fn take_due(
        &self,
        in_progress: &mut HashSet<MessageId>,
    ) -> Result<(Vec<AwaitedMedia>, Duration), store::Error> {
        let free_slots = MAX_CONCURRENT - in_progress.len();
        if free_slots == 0 {
            return Ok((Vec::new(), LONGEST_PAUSE));
        }
        let mut begun = self.queue.due(MAX_CONCURRENT as u64).await?;
        // Downloads in progress are due as well and hide the ones behind them, so the next check
        // comes soon.
        let next = match self.queue.next_at().await? {
            Some(at) => (at - Utc::now()).to_std().unwrap_or(DATABASE_PAUSE),
            None => LONGEST_PAUSE,
        };
        begun.retain(|row| !in_progress.contains(&row.message));
        begun.truncate(free_slots);
        // They are added last, after all that can fail: an id is removed when its download ends.
        in_progress.extend(begun.iter().map(|row| row.message));
        Ok((begun, next))
    }

    /// Downloads one file and stores the outcome.
    async fn process(&self, row: AwaitedMedia) -> (MessageId, Result<(), store::Error>) {
        // The semaphore is closed only with the process.
        let _permit = self.permits.acquire().await;
        let (connection, message) = (self.connection, row.message);
        let written = match self.fetch(&row).await {
            Ok(bytes) => {
                tracing::info!(%connection, message_id = message.0, "file fetched");
                metrics::counter!("inbox_media_fetched").increment(1);
                self.disk_room.stored(&self.queue, message, bytes).await
            }
            Err(DownloadError::Permanent(state)) => {
                tracing::warn!(%connection, message_id = message.0, ?state, "file is not fetched");
                count_refused(state);
                self.queue.given_up(message, state).await
            }
            Err(DownloadError::Temporary(error)) => {
                tracing::warn!(%connection, message_id = message.0, tries = row.tries + 1, %error, "file not fetched");
                if row.tries + 1 < MAX_TRIES {
                    let pause = growing(self.first_retry, row.tries, LONGEST_PAUSE);
                    self.queue.not_now(&row, Utc::now() + pause).await
                } else {
                    self.queue.given_up(message, MediaState::GivenUp).await
                }
            }
        };
        (message, written)
    }

    /// Downloads the file to the disk, and returns its length in bytes.
    async fn fetch(&self, row: &AwaitedMedia) -> Result<u64, DownloadError> {
        let max_bytes = self.disk_room.max_bytes(row.size, row.from_me);
        let max_bytes = max_bytes.ok_or(DownloadError::Permanent(MediaState::TooLarge))?;
        self.check_hosts(&row.source.direct_path).await?;
        let Some(reservation) = self.disk_room.reserve(max_bytes).await.map_err(temporary)? else {
            return Err(DownloadError::Temporary(anyhow::anyhow!(
                "there is no room for it on the disk"
            )));
        };
        let reservation = Arc::new(reservation);
        match self.download(row, &reservation).await {
            // The network works but the reference is rejected: it has expired.
            Err(DownloadError::Temporary(error)) if is_expired(&error) => {
                let direct_path = self.request_reupload(row).await?;
                self.check_hosts(&direct_path).await?;
                self.queue.moved(row.message, &direct_path).await.map_err(temporary)?;
                let mut row = row.clone();
                row.source.direct_path = direct_path;
                self.download(&row, &reservation).await
            }
            result => result,
        }
    }

    /// Rejects a path that does not lead to the very hosts that WhatsApp named.
    async fn check_hosts(&self, direct_path: &str) -> Result<(), DownloadError> {
        if !media_address::is_path(direct_path) {
            return Err(DownloadError::Permanent(MediaState::Refused));
        }
        let named = self.client.refresh_media_conn(false).await.map_err(temporary)?;
        let stays = |host: &str| media_address::stays_on(host, direct_path);
        match named.hosts.iter().all(|host| stays(&host.hostname)) {
            true => Ok(()),
            false => Err(DownloadError::Permanent(MediaState::Refused)),
        }
    }

    /// Downloads the file into its reservation, and returns its length in bytes.
    async fn download(
        &self,
        row: &AwaitedMedia,
        reservation: &Arc<Reservation>,
    ) -> Result<u64, DownloadError> {
        let (connection, message) = (self.connection, row.message);
        let params = media::params(row.kind, &row.source, row.size);
        let params = params.ok_or_else(|| temporary(anyhow::anyhow!("its kind has no file")))?;
        let files = self.disk_room.media().files().clone();
        let begin = blocking(move || files.begin(connection, Purpose::Download));
        let file = begin.await.map_err(temporary)?;
        let open = file.as_file().try_clone().map_err(temporary)?;
        let writer = Bounded::new(open, Arc::clone(reservation));
        let overrun = writer.overrun();
        let timeout =
            BASE_TIMEOUT + Duration::from_secs(reservation.bytes() / MIN_BYTES_PER_SECOND);
        let download = self.client.download_to_writer(&params, writer);
        match tokio::time::timeout(timeout, download).await.map_err(temporary)? {
            Ok(_) => {}
            Err(_) if overrun.load(Ordering::Relaxed) => {
                return Err(DownloadError::Permanent(MediaState::TooLarge));
            }
            // WhatsApp's hosts serve files themselves, and redirects are not followed. The
            // certificate proves that it was one of these hosts, so the file may be available
            // another time.
            Err(error) if matches!(error.http_status(), Some(300..=399)) => {
                metrics::counter!("inbox_refused", "what" => "media_redirect").increment(1);
                return Err(DownloadError::Permanent(MediaState::GivenUp));
            }
            Err(error) => return Err(DownloadError::Temporary(error)),
        }
        let bytes = file.as_file().metadata().map_err(temporary)?.len();
        self.publish(file, message).await.map_err(temporary)?;
        Ok(bytes)
    }

    /// Gives the file its final name. While the bucket is out of reach it waits, since nothing has to be
    /// downloaded again then. So do the other downloads, each with its complete file on the disk.
    async fn publish(&self, mut file: NamedTempFile, message: MessageId) -> io::Result<()> {
        let connection = self.connection;
        let mut failures = 0;
        loop {
            match self.disk_room.media().publish(file, connection, message).await {
                Ok(()) => return Ok(()),
                Err(Unpublished { error, file: Some(unpublished) }) => {
                    tracing::warn!(%connection, message_id = message.0, %error, "a fetched file waits for the bucket");
                    file = unpublished;
                    let pause = growing(self.first_retry, failures, LONGEST_OUTAGE_PAUSE);
                    tokio::time::sleep(pause).await;
                    failures = failures.saturating_add(1);
                }
                Err(Unpublished { error, file: None }) => return Err(error),
            }
        }
    }

    /// Asks the phone that sent the file to upload it again, and returns the new path.
    async fn request_reupload(&self, row: &AwaitedMedia) -> Result<String, DownloadError> {
        let chat: Jid = row.chat_jid.parse().map_err(temporary)?;
        let participant = row.sender.as_deref().map(str::parse::<Jid>).transpose();
        let participant = participant.map_err(temporary)?;
        let request = MediaReuploadRequest {
            msg_id: &row.wa_id,
            chat_jid: &chat,
            media_key: &row.source.media_key,
            is_from_me: row.from_me,
            participant: participant.as_ref(),
        };
        match self.client.media_reupload().request(&request).await.map_err(temporary)? {
            MediaRetryResult::Success { direct_path } => Ok(direct_path),
            MediaRetryResult::NotFound => Err(DownloadError::Permanent(MediaState::Gone)),
            MediaRetryResult::GeneralError | MediaRetryResult::DecryptionError => Err(
                DownloadError::Temporary(anyhow::anyhow!("the phone could not put it there again")),
            ),
        }
    }
}

fn is_expired(error: &anyhow::Error) -> bool {
    matches!(error.http_status(), Some(401 | 403 | 404 | 410))
}

fn count_refused(state: MediaState) {
    let what = match state {
        MediaState::Refused => "media_path",
        MediaState::TooLarge => "media_size",
        _ => return,
    };
    metrics::counter!("inbox_refused", "what" => what).increment(1);
}

fn temporary(error: impl Into<anyhow::Error>) -> DownloadError {
    DownloadError::Temporary(error.into())
}
