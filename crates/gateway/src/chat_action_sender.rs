//! Sends changes of the state of chats, and stars, while a session is connected: those that people made here
//! (`store::OutgoingAction`). Each is a request of its own, which WhatsApp answers, so none is sent twice while
//! the connection lives, and they neither wait for messages nor hold them up.
//!
//! A change that WhatsApp refuses is undone. One that fails for another reason than the network is tried again
//! after 2, 4, 8 and 16 seconds, and undone then.

use std::sync::Arc;
use std::time::Duration;

use chrono::Utc;
use model::{ConnectionId, Muted};
use store::{ChatAction, LONGEST_PAUSE, NamedMessage, Outbox, OutgoingAction, Wakeups};
use tokio::sync::Notify;
use whatsapp_rust::prelude::{Client, IqError, Jid};
use whatsapp_rust::{
    AppStateError, BlockingError, SyncActionMessageRange, message_key, message_range,
};

use crate::outbox_sender::{MAX_TRIES, is_refusal};
use crate::pauses::growing;

/// Changes that are read at once.
const WINDOW: u64 = 32;
/// Pause after a failure of the network, and after the first failed attempt. The latter doubles with each
/// further one, up to [`LONGEST_PAUSE`].
const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// The sender of one connected session.
pub(crate) struct ChatActionSender {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) outbox: Outbox,
    /// Notified by commits.
    pub(crate) wakeups: Arc<Wakeups>,
    /// Has the blocked contacts requested again.
    pub(crate) blocklist: Arc<Notify>,
}

/// The reason why a change was not taken.
#[derive(Debug, thiserror::Error)]
enum ActionError {
    #[error(transparent)]
    AppState(#[from] AppStateError),
    #[error(transparent)]
    Blocking(#[from] BlockingError),
}

/// What follows a failed attempt.
#[derive(Debug, PartialEq, Eq)]
enum Failure {
    /// The network failed, and nothing else can be sent either.
    Network,
    TryLater(Duration),
    Refused,
}

impl ActionError {
    /// Returns the failed request; `None` if the library failed without one.
    fn request(&self) -> Option<&IqError> {
        match self {
            Self::AppState(AppStateError::Internal(error))
            | Self::Blocking(BlockingError::Internal(error)) => error.downcast_ref(),
            Self::Blocking(BlockingError::Iq(error)) => Some(error),
            _ => None,
        }
    }

    /// Returns what follows, after so many failed attempts before this one.
    fn failure(&self, attempts: u32) -> Failure {
        match self.request() {
            Some(IqError::ServerError { code, .. }) if is_refusal(*code) => Failure::Refused,
            Some(_) => Failure::Network,
            None if attempts.saturating_add(1) < MAX_TRIES => {
                Failure::TryLater(growing(RETRY_PAUSE, attempts, LONGEST_PAUSE))
            }
            None => Failure::Refused,
        }
    }
}

impl ChatActionSender {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        // An earlier sender may have left changes whose pause lasts.
        let mut pause = Some(LONGEST_PAUSE);
        loop {
            match self.send_pending().await {
                Ok(next) => pause = next.or(pause.take()),
                Err(error) => {
                    tracing::error!(connection_id = %self.connection, %error, "changes of chats cannot be read, trying again");
                    pause = Some(RETRY_PAUSE);
                }
            }
            let sleep = pause;
            let timeout = async move {
                match sleep {
                    Some(sleep) => tokio::time::sleep(sleep).await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.wakeups.chat_actions.notified() => {}
                () = timeout => pause = None,
            }
        }
    }

    /// Sends the changes that may go now. Returns the pause before the next try, if one failed.
    async fn send_pending(&self) -> Result<Option<Duration>, store::Error> {
        let mut pause = None;
        loop {
            let actions = self.outbox.next_actions(WINDOW).await?;
            if actions.is_empty() {
                return Ok(pause);
            }
            for action in actions {
                self.outbox.action_under_way(&action).await?;
                let Err(error) = self.send(&action).await else {
                    tracing::info!(connection_id = %self.connection, chat_id = %action.chat, "change of a chat sent");
                    self.outbox.action_done(&action).await?;
                    if matches!(action.action, ChatAction::Block(_)) {
                        // A list that was requested before, as at each connection, may be stored after this.
                        self.blocklist.notify_one();
                    }
                    continue;
                };
                match error.failure(action.attempts) {
                    Failure::Network => {
                        tracing::debug!(connection_id = %self.connection, %error, "change of a chat waits for the network");
                        return Ok(Some(RETRY_PAUSE));
                    }
                    Failure::TryLater(later) => {
                        tracing::warn!(connection_id = %self.connection, %error, "change of a chat not accepted");
                        self.outbox.retry_action_later(&action, Utc::now() + later).await?;
                        pause = Some(pause.map_or(later, |pause: Duration| pause.min(later)));
                    }
                    Failure::Refused => {
                        tracing::warn!(connection_id = %self.connection, %error, "change of a chat given up");
                        self.outbox.action_refused(&action).await?;
                    }
                }
            }
        }
    }

    async fn send(&self, action: &OutgoingAction) -> Result<(), ActionError> {
        let to: Jid = action
            .to_jid
            .parse()
            .map_err(|_| AppStateError::InvalidRequest("the chat has no address".to_owned()))?;
        let chats = self.client.chat_actions();
        let range = || action.last.as_ref().map(|last| range_of(&to, last));
        match &action.action {
            ChatAction::Archive(true) => chats.archive_chat(&to, range()).await?,
            ChatAction::Archive(false) => chats.unarchive_chat(&to, range()).await?,
            ChatAction::Pin(true) => chats.pin_chat(&to).await?,
            ChatAction::Pin(false) => chats.unpin_chat(&to).await?,
            ChatAction::Mute(Some(Muted::Always)) => chats.mute_chat(&to).await?,
            ChatAction::Mute(Some(Muted::Until(until))) if *until > Utc::now() => {
                chats.mute_chat_until(&to, until.timestamp_millis()).await?;
            }
            // The time of the mute is over meanwhile.
            ChatAction::Mute(_) => chats.unmute_chat(&to).await?,
            ChatAction::MarkUnread(unread) => {
                chats.mark_chat_as_read(&to, !unread, range()).await?;
            }
            ChatAction::Star { message, starred } => {
                let author =
                    message.author.as_deref().and_then(|author| author.parse::<Jid>().ok());
                let (id, from_me) = (message.wa_id.as_str(), message.from_me);
                match starred {
                    true => chats.star_message(&to, author.as_ref(), id, from_me).await?,
                    false => chats.unstar_message(&to, author.as_ref(), id, from_me).await?,
                }
            }
            // Favourites and files go as well, as they do here.
            ChatAction::Clear => chats.clear_chat(&to, true, true, range()).await?,
            ChatAction::Delete => chats.delete_chat(&to, true, range()).await?,
            ChatAction::Block(true) => self.client.blocking().block(&to).await?,
            ChatAction::Block(false) => self.client.blocking().unblock(&to).await?,
        }
        Ok(())
    }
}

/// Names the last message that the sender had seen.
fn range_of(chat: &Jid, last: &NamedMessage) -> SyncActionMessageRange {
    let author = last.author.as_deref().and_then(|author| author.parse::<Jid>().ok());
    let key = message_key(last.wa_id.as_str(), chat, last.from_me, author.as_ref());
    let at = last.at.timestamp();
    message_range(at, None, vec![(key, at)])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(code: u16) -> ActionError {
        let text = String::new();
        let error = IqError::ServerError { code, text, error_type: None, backoff: None };
        AppStateError::Internal(error.into()).into()
    }

    #[test]
    fn a_refusal_undoes_a_change_at_once_and_the_network_never() {
        assert_eq!(refused(403).failure(0), Failure::Refused);
        for error in [refused(503), AppStateError::Internal(IqError::Timeout.into()).into()] {
            assert_eq!(error.failure(99), Failure::Network);
        }
    }

    #[test]
    fn other_failures_have_longer_pauses_until_they_end() {
        let error: ActionError = AppStateError::InvalidRequest("no key".to_owned()).into();
        let after: Vec<Failure> = (0..MAX_TRIES).map(|attempts| error.failure(attempts)).collect();
        let pause = |seconds| Failure::TryLater(Duration::from_secs(seconds));
        assert_eq!(after, [pause(2), pause(4), pause(8), pause(16), Failure::Refused]);
    }
}
