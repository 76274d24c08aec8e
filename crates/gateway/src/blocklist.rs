//! The contacts that a number has blocked. The library does not keep them, so they are requested at each
//! connection, and again whenever another device blocks or unblocks somebody.

use std::sync::Arc;
use std::time::Duration;

use store::{Ingest, Peer};
use tokio::sync::Notify;
use whatsapp_rust::OwnedNodeRef;
use whatsapp_rust::prelude::Client;

use crate::address_book;
use crate::origin::identities;

/// Pause after a request that WhatsApp did not answer.
const RETRY_PAUSE: Duration = Duration::from_secs(60);

/// Returns true for the stanza by which WhatsApp reports that somebody was blocked or unblocked.
pub(crate) fn is_change(stanza: &OwnedNodeRef) -> bool {
    let is_sync = stanza.get_attr("type").is_some_and(|kind| kind.as_str() == "account_sync");
    stanza.tag() == "notification" && is_sync && stanza.get_optional_child("blocklist").is_some()
}

/// Stores the blocked contacts now, and after each wakeup. Runs until it is dropped.
pub(crate) async fn follow(client: Arc<Client>, ingest: Ingest, changed: Arc<Notify>) {
    loop {
        if let Err(error) = store_list(&client, &ingest).await {
            tracing::warn!(connection_id = %ingest.connection(), %error, "the blocked contacts are not known");
            tokio::time::sleep(RETRY_PAUSE).await;
            continue;
        }
        changed.notified().await;
    }
}

async fn store_list(client: &Client, ingest: &Ingest) -> Result<(), BlocklistError> {
    let entries = client.blocking().get_blocklist().await?;
    let mut people = Vec::with_capacity(entries.len());
    for entry in &entries {
        // The list has hidden identities, and a contact may be known by the number alone.
        let mut peer = identities([Some(&entry.jid)]);
        address_book::fill_in_number(client, &mut peer).await;
        people.extend(Some(peer).filter(|peer| *peer != Peer::default()));
    }
    Ok(ingest.blocked(&people).await?)
}

/// The blocked contacts could not be stored.
#[derive(Debug, thiserror::Error)]
enum BlocklistError {
    #[error(transparent)]
    Library(#[from] whatsapp_rust::BlockingError),
    #[error(transparent)]
    Store(#[from] store::Error),
}
