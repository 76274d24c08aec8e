//! Sends read receipts to WhatsApp while a session is connected. Until then they wait in the
//! database.

use std::sync::Arc;
use std::time::Duration;

use model::ConnectionId;
use store::{ReadReceipt, Receipts};
use tokio::sync::Notify;
use whatsapp_rust::prelude::{Client, Jid};

/// Messages whose receipts are read from the database at once.
const WINDOW: u64 = 512;
/// Pause before a failed attempt is repeated.
const RETRY_PAUSE: Duration = Duration::from_secs(2);

/// The sender of one connected session.
pub(crate) struct ReceiptSender {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) receipts: Receipts,
    /// Notified when a chat was marked as read.
    pub(crate) wakeup: Arc<Notify>,
}

impl ReceiptSender {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        loop {
            match self.send_pending().await {
                Ok(true) => self.wakeup.notified().await,
                Ok(false) => tokio::time::sleep(RETRY_PAUSE).await,
                Err(error) => {
                    tracing::error!(connection_id = %self.connection, %error, "read receipts cannot be read, trying again");
                    tokio::time::sleep(RETRY_PAUSE).await;
                }
            }
        }
    }

    /// Sends the pending receipts. Returns false if some are left and must be tried again.
    async fn send_pending(&self) -> Result<bool, store::Error> {
        loop {
            let pending = self.receipts.next(WINDOW).await?;
            if pending.is_empty() {
                return Ok(true);
            }
            for receipt in pending {
                if !self.send(&receipt).await {
                    return Ok(false);
                }
                self.receipts.sent(&receipt).await?;
            }
        }
    }

    /// Sends one receipt. Returns false if the connection does not take it. A receipt with an
    /// invalid address counts as sent.
    async fn send(&self, receipt: &ReadReceipt) -> bool {
        let Ok(chat) = receipt.chat_jid.parse::<Jid>() else { return true };
        let sender = receipt.sender.as_deref().and_then(|jid| jid.parse::<Jid>().ok());
        let ids: Vec<&str> = receipt.wa_ids.iter().map(String::as_str).collect();
        match self.client.mark_as_read(&chat, sender.as_ref(), &ids).await {
            Ok(()) => true,
            Err(error) => {
                tracing::debug!(connection_id = %self.connection, %error, "read receipt waits for the network");
                false
            }
        }
    }
}
