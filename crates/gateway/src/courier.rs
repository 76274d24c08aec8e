//! Carries the outbox to WhatsApp while a session is connected.
//!
//! One courier a connected session, started when it connects and dropped when it does not: what it
//! had handed over without hearing the server's word is handed over again by the next one, under
//! the same id, so WhatsApp and the recipient see one message.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use model::{ConnectionId, FailReason, WaMessageId};
use store::{Outbox, Outgoing};
use tokio::sync::Notify;
use tokio::time::Instant;
use whatsapp_rust::prelude::{Client, Jid, SendError, SendOptions, wa};

/// Rows taken at once; what is handed over but not confirmed counts as well.
const WINDOW: u64 = 64;
/// How often one message is tried when the library fails for a reason that is not the network.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(2);
/// How long WhatsApp may take to confirm a message before it is handed over once more: the word may
/// have been lost with a connection that lives on.
const CONFIRM_PATIENCE: Duration = Duration::from_secs(30);

pub(crate) struct Courier {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) outbox: Outbox,
    /// Rung when there is something new to carry, or when a confirmation made room.
    pub(crate) bell: Arc<Notify>,
}

/// What became of handing one message to the library.
enum Handed {
    Over,
    /// The network or the session; the same message is tried again before any other, to keep order.
    NotNow,
    Refused(FailReason),
}

impl Courier {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        let mut handed = HashMap::<WaMessageId, Instant>::new();
        let mut tries = HashMap::<WaMessageId, u32>::new();
        loop {
            match self.carry(&mut handed, &mut tries).await {
                Ok(true) => {
                    let patience = tokio::time::sleep(CONFIRM_PATIENCE);
                    tokio::select! {
                        () = self.bell.notified() => {}
                        () = patience, if !handed.is_empty() => {}
                    }
                }
                Ok(false) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::error!(connection_id = %self.connection, %error, "the outbox cannot be read, trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Hands over what waits. `false` when something stayed behind and must be tried again.
    async fn carry(
        &self,
        handed: &mut HashMap<WaMessageId, Instant>,
        tries: &mut HashMap<WaMessageId, u32>,
    ) -> Result<bool, store::Error> {
        let waiting = self.outbox.next(WINDOW).await?;
        // A retried message is a row again: only what still waits for its confirmation is skipped.
        handed.retain(|id, at| {
            at.elapsed() < CONFIRM_PATIENCE && waiting.iter().any(|row| row.wa_id == *id)
        });
        for row in
            waiting.into_iter().filter(|row| !handed.contains_key(&row.wa_id)).collect::<Vec<_>>()
        {
            match self.hand_over(&row, tries).await {
                Handed::Over => {
                    tracing::info!(connection_id = %self.connection, message_id = %row.wa_id, "message sent");
                    handed.insert(row.wa_id, Instant::now());
                }
                Handed::NotNow => return Ok(false),
                Handed::Refused(reason) => {
                    tracing::warn!(connection_id = %self.connection, message_id = %row.wa_id, ?reason, "message given up");
                    self.outbox.failed(&row.wa_id, reason).await?;
                }
            }
        }
        Ok(true)
    }

    async fn hand_over(&self, row: &Outgoing, tries: &mut HashMap<WaMessageId, u32>) -> Handed {
        let Ok(to) = row.to_jid.parse::<Jid>() else {
            return Handed::Refused(FailReason::Recipient);
        };
        let message = wa::Message { conversation: Some(row.text.clone()), ..Default::default() };
        let options = SendOptions::default().with_message_id(row.wa_id.as_str());
        match self.client.send_message_with_options(to, message, options).await {
            Ok(_) => Handed::Over,
            Err(SendError::InvalidRequest(_)) => Handed::Refused(FailReason::Recipient),
            Err(SendError::Internal(error)) => {
                let tried = tries.entry(row.wa_id.clone()).or_default();
                *tried += 1;
                tracing::warn!(connection_id = %self.connection, message_id = %row.wa_id, tried = *tried, %error, "message not accepted by the library");
                if *tried < TRIES { Handed::NotNow } else { Handed::Refused(FailReason::Refused) }
            }
            Err(error) => {
                tracing::debug!(connection_id = %self.connection, message_id = %row.wa_id, %error, "message waits for the network");
                Handed::NotNow
            }
        }
    }
}

/// What a nack of a message means to a person.
///
/// 463 and 479 are WhatsApp's "this number may not write to this recipient (now)".
pub(crate) fn nack_reason(code: &str) -> FailReason {
    match code {
        "463" | "479" => FailReason::Restricted,
        "404" | "406" => FailReason::Recipient,
        _ => FailReason::Refused,
    }
}
