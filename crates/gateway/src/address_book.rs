//! The phone's address book, and the phone numbers of contacts that are known by LID alone.
//!
//! The library emits entries as it reads the address book, thousands at a time; they are stored in
//! batches. It learns the phone number of a LID in many ways (stanzas, device lists, the own phone)
//! without an event, so it is polled.

use std::sync::Arc;
use std::time::Duration;

use store::{Ingest, Peer};
use tokio::sync::{Notify, mpsc};
use whatsapp_rust::prelude::{Client, Jid};
use whatsapp_rust::types::events::{ContactNumberChanged, ContactUpdate};

use crate::identity_guard::GuardHandle;
use crate::origin::identities;

/// Entries that one transaction stores at most.
const MAX_BATCH: usize = 500;
const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// Conversations whose phone number one look-up requests, and the pause between look-ups.
const LOOKUP_BATCH: u64 = 200;
const LOOKUP_PAUSE: Duration = Duration::from_secs(5);

/// A contact, and its name in the address book.
pub(crate) type ContactEntry = (Peer, Option<String>);

/// Reads an entry of the address book; `None` if it names no person.
pub(crate) fn entry_of(update: &ContactUpdate) -> Option<ContactEntry> {
    let action = &update.action;
    let parse = |jid: &Option<String>| jid.as_deref()?.parse::<Jid>().ok();
    let (lid, pn) = (parse(&action.lid_jid), parse(&action.pn_jid));
    let peer = identities([lid.as_ref(), pn.as_ref(), Some(&update.jid)]);
    let names = [&action.full_name, &action.first_name];
    let name = names.into_iter().flatten().find(|name| !name.trim().is_empty());
    (peer != Peer::default()).then(|| (peer, name.cloned()))
}

/// Returns the old and the new addresses of a contact that changed its number.
pub(crate) fn addresses_of_change(change: &ContactNumberChanged) -> (Peer, Peer) {
    let old = identities([Some(&change.old_jid), change.old_lid.as_ref()]);
    (old, identities([Some(&change.new_jid), change.new_lid.as_ref()]))
}

/// Stores the received entries in their order. Ends with the session.
pub(crate) async fn store_entries(
    ingest: Ingest,
    identity: GuardHandle,
    mut received: mpsc::UnboundedReceiver<ContactEntry>,
) {
    let mut entries = Vec::new();
    while received.recv_many(&mut entries, MAX_BATCH).await > 0 {
        // Nothing of a wrong phone is stored.
        while identity.wait().await != Some(true) {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        // The library emits the address book only once, so the write is repeated until it succeeds.
        while let Err(error) = ingest.address_book(&entries).await {
            tracing::error!(connection_id = %ingest.connection(), %error, "the address book could not be written down");
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        entries.clear();
    }
}

/// Looks up missing phone numbers, each time after a wakeup. Runs until it is dropped.
pub(crate) async fn find_numbers(client: Arc<Client>, ingest: Ingest, wakeup: Arc<Notify>) {
    loop {
        if let Err(error) = look_up_numbers(&client, &ingest).await {
            tracing::error!(connection_id = %ingest.connection(), %error, "missing numbers could not be looked for");
        }
        tokio::time::sleep(LOOKUP_PAUSE).await;
        wakeup.notified().await;
    }
}

/// Stores the missing phone numbers that the library knows.
async fn look_up_numbers(client: &Client, ingest: &Ingest) -> Result<(), store::Error> {
    let mut found = Vec::new();
    for lid in ingest.without_number(LOOKUP_BATCH).await? {
        let Ok(jid) = lid.parse::<Jid>() else { continue };
        if let Some(pn) = number_of(client, &jid).await {
            found.push((identities([Some(&jid), Some(&pn)]), None));
        }
    }
    if found.is_empty() { Ok(()) } else { ingest.address_book(&found).await }
}

/// Adds the phone number of a person of whom only the hidden identity is stated, if the library knows it.
pub(crate) async fn fill_in_number(client: &Client, peer: &mut Peer) {
    if let (Some(lid), None) = (&peer.lid, &peer.pn)
        && let Ok(lid) = lid.parse::<Jid>()
    {
        peer.pn = number_of(client, &lid).await.map(|pn| pn.to_string());
    }
}

/// Returns the phone number of a LID, as far as the library knows it.
pub(crate) async fn number_of(client: &Client, lid: &Jid) -> Option<Jid> {
    let entry = client.get_lid_pn_entry(lid).await.ok().flatten()?;
    Some(Jid::pn(&*entry.phone_number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use whatsapp_rust::waproto::whatsapp::sync_action_value::ContactAction;

    fn entry(jid: &str, action: ContactAction) -> Option<ContactEntry> {
        let update = ContactUpdate::builder()
            .jid(jid.parse().unwrap())
            .timestamp(DateTime::UNIX_EPOCH)
            .action(Box::new(action))
            .from_full_sync(true)
            .build();
        entry_of(&update)
    }

    #[test]
    fn an_entry_has_the_addresses_and_the_name() {
        let action = |full: Option<&str>, first: Option<&str>| ContactAction {
            full_name: full.map(Into::into),
            first_name: first.map(Into::into),
            lid_jid: Some("100000000000001@lid".into()),
            ..Default::default()
        };
        let both = Peer {
            lid: Some("100000000000001@lid".into()),
            pn: Some("5561998124471@s.whatsapp.net".into()),
            other: None,
        };
        let pn = "5561998124471@s.whatsapp.net";
        let name = |entry: Option<ContactEntry>| entry.unwrap().1;
        assert_eq!(
            entry(pn, action(Some("Ana Souza"), Some("Ana"))),
            Some((both, Some("Ana Souza".into())))
        );
        assert_eq!(name(entry(pn, action(Some(" "), Some("Ana")))).as_deref(), Some("Ana"));
        assert_eq!(name(entry(pn, action(None, None))), None);
        assert_eq!(entry("120363@g.us", ContactAction::default()), None);
    }
}
