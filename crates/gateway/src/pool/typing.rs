//! Shows the other side of a chat that somebody here types or records. It is never queued: a state that
//! cannot be sent at this moment is of no use to anybody later.

use std::time::Duration;

use model::Typing;
use store::{Grant, Write};
use tokio::time::Instant;
use whatsapp_rust::prelude::Jid;
use whatsapp_rust::{ChatStateType, Client};

use super::Pool;
use crate::origin::AddressKind;

/// A connection that does not take a state in this time drops it.
const TIMEOUT: Duration = Duration::from_secs(5);

impl Pool {
    /// Shows the person at the address `to` what somebody does in the chat with them. Returns false if
    /// it is not sent: the number is not connected, it has sent too many, or the chat is a group, whose
    /// members nobody here answers by name.
    pub async fn typing(&self, grant: &Grant<Write>, to: &str, typing: Typing) -> bool {
        let Some(handle) = self.handle(grant.connection()) else { return false };
        let Some(client) = handle.logged_in() else { return false };
        let Ok(to) = to.parse::<Jid>() else { return false };
        if AddressKind::of(&to) != AddressKind::Person || !handle.typing.admits(Instant::now()) {
            return false;
        }
        tokio::time::timeout(TIMEOUT, send(&client, &to, typing)).await.unwrap_or(false)
    }
}

async fn send(client: &Client, to: &Jid, typing: Typing) -> bool {
    let state = match typing {
        Typing::Composing => ChatStateType::Composing,
        Typing::Recording => ChatStateType::Recording,
        Typing::Paused => ChatStateType::Paused,
    };
    match client.chatstate().send(to, state).await {
        Ok(()) => true,
        Err(error) => {
            tracing::debug!(%error, "a typing state was dropped");
            false
        }
    }
}
