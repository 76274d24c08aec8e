//! Who is who: the phone's address book, and the phone numbers of those known by LID alone.
//!
//! The library tells names as it reads the address book, thousands at a time; they go into the
//! database together. Which number a LID has it learns in many ways (stanzas, device lists, the own
//! phone) and tells of none, so it is asked.

use std::sync::Arc;
use std::time::Duration;

use store::{Ingest, Peer};
use tokio::sync::{Notify, mpsc};
use whatsapp_rust::prelude::{Client, Jid};
use whatsapp_rust::types::events::{ContactNumberChanged, ContactUpdate};

use crate::gate::Entry;
use crate::origin::identities;

/// What is written down at once.
const AT_ONCE: usize = 500;
const PAUSE: Duration = Duration::from_secs(2);
/// Conversations whose number is asked for at once, and how soon again.
const ASKED: u64 = 200;
const ASKED_EVERY: Duration = Duration::from_secs(5);

/// Somebody, and what the address book calls them.
pub(crate) type Known = (Peer, Option<String>);

/// What an entry of the address book says.
pub(crate) fn saved(update: &ContactUpdate) -> Option<Known> {
    let action = &update.action;
    let parse = |jid: &Option<String>| jid.as_deref()?.parse::<Jid>().ok();
    let (lid, pn) = (parse(&action.lid_jid), parse(&action.pn_jid));
    let peer = identities([lid.as_ref(), pn.as_ref(), Some(&update.jid)]);
    let names = [&action.full_name, &action.first_name];
    let name = names.into_iter().flatten().find(|name| !name.trim().is_empty());
    (peer != Peer::default()).then(|| (peer, name.cloned()))
}

/// The addresses of somebody after they took another number.
pub(crate) fn moved(change: &ContactNumberChanged) -> Known {
    (identities([Some(&change.new_jid), change.new_lid.as_ref()]), None)
}

/// Writes down what is heard of people, in its order. Ends with the session.
pub(crate) async fn write_down(
    ingest: Ingest,
    entry: Entry,
    mut heard: mpsc::UnboundedReceiver<Known>,
) {
    let mut people = Vec::new();
    while heard.recv_many(&mut people, AT_ONCE).await > 0 {
        // Nothing of a phone that is not the right one is kept.
        while !entry.is_open().await {
            tokio::time::sleep(PAUSE).await;
        }
        // An address book is not told twice.
        while let Err(error) = ingest.address_book(&people).await {
            tracing::error!(connection_id = %ingest.connection(), %error, "the address book could not be written down");
            tokio::time::sleep(PAUSE).await;
        }
        people.clear();
    }
}

/// Asks the library for the numbers that are missing, whenever it may have learned of some. Runs until
/// it is dropped.
pub(crate) async fn find_numbers(client: Arc<Client>, ingest: Ingest, learned: Arc<Notify>) {
    loop {
        if let Err(error) = ask(&client, &ingest).await {
            tracing::error!(connection_id = %ingest.connection(), %error, "missing numbers could not be looked for");
        }
        tokio::time::sleep(ASKED_EVERY).await;
        learned.notified().await;
    }
}

async fn ask(client: &Client, ingest: &Ingest) -> Result<(), store::Error> {
    let mut found = Vec::new();
    for lid in ingest.without_number(ASKED).await? {
        let Ok(jid) = lid.parse::<Jid>() else { continue };
        if let Some(pn) = number_of(client, &jid).await {
            found.push((identities([Some(&jid), Some(&pn)]), None));
        }
    }
    if found.is_empty() { Ok(()) } else { ingest.address_book(&found).await }
}

/// The phone number of a LID, as far as the library knows.
pub(crate) async fn number_of(client: &Client, lid: &Jid) -> Option<Jid> {
    let known = client.get_lid_pn_entry(lid).await.ok().flatten()?;
    Some(Jid::pn(&*known.phone_number))
}

#[cfg(test)]
mod tests {
    use super::*;
    use chrono::DateTime;
    use whatsapp_rust::waproto::whatsapp::sync_action_value::ContactAction;

    fn heard(jid: &str, action: ContactAction) -> Option<Known> {
        let update = ContactUpdate::builder()
            .jid(jid.parse().unwrap())
            .timestamp(DateTime::UNIX_EPOCH)
            .action(Box::new(action))
            .from_full_sync(true)
            .build();
        saved(&update)
    }

    #[test]
    fn an_entry_of_the_address_book_says_who_and_how_they_are_called() {
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
        let name = |known: Option<Known>| known.unwrap().1;
        assert_eq!(
            heard(pn, action(Some("Ana Souza"), Some("Ana"))),
            Some((both, Some("Ana Souza".into())))
        );
        assert_eq!(name(heard(pn, action(Some(" "), Some("Ana")))).as_deref(), Some("Ana"));
        assert_eq!(name(heard(pn, action(None, None))), None);
        assert_eq!(heard("120363@g.us", ContactAction::default()), None);
    }
}
