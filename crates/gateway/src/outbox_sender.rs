//! Sends the outbox to WhatsApp while a session is connected.
//!
//! Each connected session has one sender. It starts with the connection and is dropped with it. The
//! next one sends unacknowledged messages again under the same id, so WhatsApp and the recipient
//! see one message.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{ConnectionId, FailReason, WaMessageId};
use store::{Outbox, Outgoing};
use tokio::sync::Notify;
use tokio::time::Instant;
use whatsapp_rust::prelude::{Client, Jid, SendError, SendOptions, wa};

/// Rows read at once, unacknowledged messages included.
const WINDOW: u64 = 64;
/// Attempts for one message when the library fails for another reason than the network.
const MAX_TRIES: u32 = 3;
/// Pause before a failed attempt is repeated.
const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// Time that WhatsApp has to acknowledge a message before it is sent once more: the acknowledgement
/// may have been lost although the connection lives on.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(30);

/// The sender of one connected session.
pub(crate) struct OutboxSender {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) outbox: Outbox,
    /// Notified when there is a new message, or when an acknowledgement freed a place in the
    /// window.
    pub(crate) wakeup: Arc<Notify>,
}

/// The outcome of sending one message.
enum SendOutcome {
    Sent,
    /// The network or the session failed. The same message is tried again before any other, to keep
    /// the order.
    RetryLater,
    Refused(FailReason),
}

impl OutboxSender {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let mut unconfirmed = HashMap::<WaMessageId, Instant>::new();
        let mut tries = HashMap::<WaMessageId, u32>::new();
        loop {
            match self.send_pending(&mut unconfirmed, &mut tries).await {
                Ok(true) => {
                    let timeout = tokio::time::sleep(CONFIRM_TIMEOUT);
                    tokio::select! {
                        () = self.wakeup.notified() => {}
                        () = timeout, if !unconfirmed.is_empty() => {}
                    }
                }
                Ok(false) => tokio::time::sleep(RETRY_PAUSE).await,
                Err(error) => {
                    tracing::error!(connection_id = %self.connection, %error, "the outbox cannot be read, trying again");
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        }
    }

    /// Sends the pending messages. Returns false if some are left and must be tried again.
    async fn send_pending(
        &self,
        unconfirmed: &mut HashMap<WaMessageId, Instant>,
        tries: &mut HashMap<WaMessageId, u32>,
    ) -> Result<bool, store::Error> {
        let pending = self.outbox.next(WINDOW).await?;
        // A message that a person retried is in the outbox again, so only messages that still wait
        // for their acknowledgement are skipped.
        unconfirmed.retain(|id, at| {
            at.elapsed() < CONFIRM_TIMEOUT && pending.iter().any(|row| row.wa_id == *id)
        });
        for row in pending
            .into_iter()
            .filter(|row| !unconfirmed.contains_key(&row.wa_id))
            .collect::<Vec<_>>()
        {
            match self.send(&row, tries).await {
                SendOutcome::Sent => {
                    tracing::info!(connection_id = %self.connection, message_id = %row.wa_id, "message sent");
                    unconfirmed.insert(row.wa_id, Instant::now());
                }
                SendOutcome::RetryLater => return Ok(false),
                SendOutcome::Refused(reason) => {
                    tracing::warn!(connection_id = %self.connection, message_id = %row.wa_id, ?reason, "message given up");
                    self.outbox.failed(&row.wa_id, reason).await?;
                }
            }
        }
        Ok(true)
    }

    /// Sends one message.
    async fn send(&self, row: &Outgoing, tries: &mut HashMap<WaMessageId, u32>) -> SendOutcome {
        let Ok(to) = row.to_jid.parse::<Jid>() else {
            return SendOutcome::Refused(FailReason::Recipient);
        };
        let message = wa::Message { conversation: Some(row.text.clone()), ..Default::default() };
        let options = SendOptions::default().with_message_id(row.wa_id.as_str());
        match self.client.send_message_with_options(to, message, options).await {
            Ok(_) => SendOutcome::Sent,
            Err(SendError::InvalidRequest(_)) => SendOutcome::Refused(FailReason::Recipient),
            Err(SendError::Internal(error)) => {
                let tried = tries.entry(row.wa_id.clone()).or_default();
                *tried += 1;
                tracing::warn!(connection_id = %self.connection, message_id = %row.wa_id, tried = *tried, %error, "message not accepted by the library");
                if *tried < MAX_TRIES {
                    SendOutcome::RetryLater
                } else {
                    SendOutcome::Refused(FailReason::Refused)
                }
            }
            Err(error) => {
                tracing::debug!(connection_id = %self.connection, message_id = %row.wa_id, %error, "message waits for the network");
                SendOutcome::RetryLater
            }
        }
    }
}

/// Returns the reason to show for a nack of a message.
///
/// 463 and 479 are WhatsApp's "this number may not write to this recipient (now)".
pub(crate) fn nack_reason(code: &str) -> FailReason {
    match code {
        "463" | "479" => FailReason::Restricted,
        "404" | "406" => FailReason::Recipient,
        _ => FailReason::Refused,
    }
}
