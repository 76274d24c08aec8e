//! Fetches the files of messages from WhatsApp while a session is connected.
//!
//! One porter a connected session, started when it connects and dropped when it does not. What it has
//! to fetch is in the database, so a crash forgets nothing, and what fails is tried again, later each
//! time. WhatsApp keeps a file for some weeks; then the phone that sent it is asked to put it there
//! again (`WAWebRequestMediaReuploadManager`).

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use chrono::Utc;
use model::{ConnectionId, MediaState, MessageId};
use store::{AwaitedMedia, MediaQueue};
use tokio::sync::{Notify, Semaphore};
use whatsapp_rust::anyhow;
use whatsapp_rust::error::ErrorChainExt as _;
use whatsapp_rust::features::{MediaRetryResult, MediaReuploadRequest};
use whatsapp_rust::futures::StreamExt as _;
use whatsapp_rust::futures::stream::FuturesUnordered;
use whatsapp_rust::prelude::{Client, Jid};

use crate::files::{Bounded, blocking};
use crate::promise::Promise;
use crate::room::Room;
use crate::{media, media_address};

/// Files that one number fetches at a time, so that a long video holds up no picture.
const AT_ONCE: usize = 3;
/// Files that all numbers fetch at a time: each has a thread of its own.
pub(crate) const AT_ONCE_OF_ALL: usize = 12;
/// How long after a failure it is tried again, doubled each time.
const FIRST_PAUSE: Duration = Duration::from_secs(5);
const LONGEST_PAUSE: Duration = Duration::from_secs(60 * 60);
/// Some four days of being connected.
const TRIES: u32 = 100;
/// How long a file may take: a while, and more the larger it is. A host that is slower than this is given
/// up for now, or a few of them would hold up everybody.
const PATIENCE: Duration = Duration::from_secs(60);
const BYTES_A_SECOND: u64 = 64 * 1024;
/// How long to wait when the database cannot be read.
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct Porter {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) queue: MediaQueue,
    pub(crate) room: Arc<Room>,
    pub(crate) permits: Arc<Semaphore>,
    /// Rung when there is something new to fetch.
    pub(crate) bell: Arc<Notify>,
}

/// Why a file is not here.
enum Trouble {
    /// It will not come by itself.
    Never(MediaState),
    NotNow(anyhow::Error),
}

impl Porter {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let (files, connection) = (self.room.files().clone(), self.connection);
        if let Err(error) = blocking(move || files.sweep(connection)).await {
            tracing::warn!(%connection, %error, "files that were left behind could not be removed");
        }
        if let Err(error) = self.room.finish().await {
            tracing::warn!(%connection, %error, "files that were to be removed could not be");
        }
        let mut under_way = FuturesUnordered::new();
        let mut names = HashSet::new();
        loop {
            let next = match self.begin(&mut names).await {
                Ok((begun, next)) => {
                    under_way.extend(begun.into_iter().map(|row| self.carry(row)));
                    next
                }
                Err(error) => {
                    tracing::error!(%connection, %error, "the files to fetch cannot be read, trying again");
                    PAUSE
                }
            };
            tokio::select! {
                Some((message, written)) = under_way.next() => {
                    names.remove(&message);
                    if let Err(error) = written {
                        tracing::error!(%connection, message_id = message.0, %error, "what became of a file could not be written down");
                        tokio::time::sleep(PAUSE).await;
                    }
                }
                () = self.bell.notified() => {}
                () = tokio::time::sleep(next) => {}
            }
        }
    }

    /// What can be begun now, and how long until there may be more.
    async fn begin(
        &self,
        names: &mut HashSet<MessageId>,
    ) -> Result<(Vec<AwaitedMedia>, Duration), store::Error> {
        let room = AT_ONCE - names.len();
        if room == 0 {
            return Ok((Vec::new(), LONGEST_PAUSE));
        }
        let mut begun = self.queue.due(AT_ONCE as u64).await?;
        // What is under way is due as well, and hides what comes next: it is looked again soon.
        let next = match self.queue.next_at().await? {
            Some(at) => (at - Utc::now()).to_std().unwrap_or(PAUSE),
            None => LONGEST_PAUSE,
        };
        begun.retain(|row| !names.contains(&row.message));
        begun.truncate(room);
        // Only once nothing can fail any more: a name is given back when its file is done.
        names.extend(begun.iter().map(|row| row.message));
        Ok((begun, next))
    }

    async fn carry(&self, row: AwaitedMedia) -> (MessageId, Result<(), store::Error>) {
        // Closed with the process only.
        let _permit = self.permits.acquire().await;
        let (connection, message) = (self.connection, row.message);
        let written = match self.fetch(&row).await {
            Ok(bytes) => {
                tracing::info!(%connection, message_id = message.0, "file fetched");
                metrics::counter!("inbox_media_fetched").increment(1);
                self.room.stored(&self.queue, message, bytes).await
            }
            Err(Trouble::Never(state)) => {
                tracing::warn!(%connection, message_id = message.0, ?state, "file is not fetched");
                count_refused(state);
                self.queue.given_up(message, state).await
            }
            Err(Trouble::NotNow(error)) => {
                tracing::warn!(%connection, message_id = message.0, tries = row.tries + 1, %error, "file not fetched");
                if row.tries + 1 < TRIES {
                    let pause = pause_after(row.tries);
                    self.queue.not_now(&row, Utc::now() + pause).await
                } else {
                    self.queue.given_up(message, MediaState::GivenUp).await
                }
            }
        };
        (message, written)
    }

    /// Has the file on the disk, and returns how many bytes it takes.
    async fn fetch(&self, row: &AwaitedMedia) -> Result<u64, Trouble> {
        let most = self.room.most(row.size, row.from_me);
        let most = most.ok_or(Trouble::Never(MediaState::TooLarge))?;
        self.check(&row.source.direct_path).await?;
        let Some(promise) = self.room.reserve(most).await.map_err(not_now)? else {
            return Err(Trouble::NotNow(anyhow::anyhow!("there is no room for it on the disk")));
        };
        let promise = Arc::new(promise);
        match self.download(row, &promise).await {
            // The reference is refused, not the network broken: it has expired.
            Err(Trouble::NotNow(error)) if is_expired(&error) => {
                let direct_path = self.ask_phone(row).await?;
                self.check(&direct_path).await?;
                self.queue.moved(row.message, &direct_path).await.map_err(not_now)?;
                let mut row = row.clone();
                row.source.direct_path = direct_path;
                self.download(&row, &promise).await
            }
            result => result,
        }
    }

    /// Refuses a path that does not lead to the very hosts that WhatsApp named.
    async fn check(&self, direct_path: &str) -> Result<(), Trouble> {
        if !media_address::is_path(direct_path) {
            return Err(Trouble::Never(MediaState::Refused));
        }
        let named = self.client.refresh_media_conn(false).await.map_err(not_now)?;
        let stays = |host: &str| media_address::stays_on(host, direct_path);
        match named.hosts.iter().all(|host| stays(&host.hostname)) {
            true => Ok(()),
            false => Err(Trouble::Never(MediaState::Refused)),
        }
    }

    async fn download(&self, row: &AwaitedMedia, promise: &Arc<Promise>) -> Result<u64, Trouble> {
        let (connection, message) = (self.connection, row.message);
        let params = media::params(row.kind, &row.source, row.size);
        let params = params.ok_or_else(|| not_now(anyhow::anyhow!("its kind has no file")))?;
        let files = self.room.files().clone();
        let file = blocking(move || files.begin(connection)).await.map_err(not_now)?;
        let open = file.as_file().try_clone().map_err(not_now)?;
        let writer = Bounded::new(open, Arc::clone(promise));
        let overrun = writer.overrun();
        let patience = PATIENCE + Duration::from_secs(promise.bytes() / BYTES_A_SECOND);
        let download = self.client.download_to_writer(&params, writer);
        match tokio::time::timeout(patience, download).await.map_err(not_now)? {
            Ok(_) => {}
            Err(_) if overrun.load(Ordering::Relaxed) => {
                return Err(Trouble::Never(MediaState::TooLarge));
            }
            // WhatsApp's hosts give files out themselves, and nobody is followed elsewhere. That it was one
            // of them is known by its certificate, so the file itself may be had another time.
            Err(error) if matches!(error.http_status(), Some(300..=399)) => {
                metrics::counter!("inbox_refused", "what" => "media_redirect").increment(1);
                return Err(Trouble::Never(MediaState::GivenUp));
            }
            Err(error) => return Err(Trouble::NotNow(error)),
        }
        let files = self.room.files().clone();
        let publish = blocking(move || {
            let bytes = file.as_file().metadata()?.len();
            files.publish(file, connection, message).map(|()| bytes)
        });
        publish.await.map_err(not_now)
    }

    /// Where the phone that sent it has put it again.
    async fn ask_phone(&self, row: &AwaitedMedia) -> Result<String, Trouble> {
        let chat: Jid = row.chat_jid.parse().map_err(not_now)?;
        let participant = row.sender.as_deref().map(str::parse::<Jid>).transpose();
        let participant = participant.map_err(not_now)?;
        let request = MediaReuploadRequest {
            msg_id: &row.wa_id,
            chat_jid: &chat,
            media_key: &row.source.media_key,
            is_from_me: row.from_me,
            participant: participant.as_ref(),
        };
        match self.client.media_reupload().request(&request).await.map_err(not_now)? {
            MediaRetryResult::Success { direct_path } => Ok(direct_path),
            MediaRetryResult::NotFound => Err(Trouble::Never(MediaState::Gone)),
            MediaRetryResult::GeneralError | MediaRetryResult::DecryptionError => {
                Err(Trouble::NotNow(anyhow::anyhow!("the phone could not put it there again")))
            }
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

fn not_now(error: impl Into<anyhow::Error>) -> Trouble {
    Trouble::NotNow(error.into())
}

fn pause_after(tries: u32) -> Duration {
    FIRST_PAUSE.saturating_mul(1 << tries.min(16)).min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_up_to_an_hour() {
        assert_eq!(pause_after(0), Duration::from_secs(5));
        assert_eq!(pause_after(3), Duration::from_secs(40));
        assert_eq!(pause_after(99), LONGEST_PAUSE);
    }
}
