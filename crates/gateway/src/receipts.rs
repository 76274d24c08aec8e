//! Tells WhatsApp what was read here, while a session is connected: what was read while it was not
//! waits in the database.

use std::sync::Arc;
use std::time::Duration;

use model::ConnectionId;
use store::{ReadReceipt, Receipts};
use tokio::sync::Notify;
use whatsapp_rust::prelude::{Client, Jid};

/// Messages whose receipts are read from the database at once.
const WINDOW: u64 = 512;
const PAUSE: Duration = Duration::from_secs(2);

pub(crate) struct ReceiptSender {
    pub(crate) connection: ConnectionId,
    pub(crate) client: Arc<Client>,
    pub(crate) receipts: Receipts,
    /// Rung when something was read.
    pub(crate) bell: Arc<Notify>,
}

impl ReceiptSender {
    /// Runs until it is dropped.
    pub(crate) async fn run(self) {
        loop {
            match self.send_waiting().await {
                Ok(true) => self.bell.notified().await,
                Ok(false) => tokio::time::sleep(PAUSE).await,
                Err(error) => {
                    tracing::error!(connection_id = %self.connection, %error, "read receipts cannot be read, trying again");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }

    /// Sends what waits. `false` when something stayed behind and must be tried again.
    async fn send_waiting(&self) -> Result<bool, store::Error> {
        loop {
            let waiting = self.receipts.next(WINDOW).await?;
            if waiting.is_empty() {
                return Ok(true);
            }
            for receipt in waiting {
                if !self.send(&receipt).await {
                    return Ok(false);
                }
                self.receipts.sent(&receipt).await?;
            }
        }
    }

    /// `false` when the connection does not take it. One to an address that is none is done with.
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
