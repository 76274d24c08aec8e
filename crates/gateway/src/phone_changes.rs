//! Changes that the own phone, or another device of the number, makes of its chats: archived, pinned, muted,
//! unread, favourite messages, cleared and deleted. The library emits each as it reads the phone's app state,
//! and at linking all that there are, so they are stored in batches.

use std::time::Duration;

use chrono::{DateTime, Utc};
use model::Muted;
use store::{Ingest, Peer, PhoneChange, PhoneChangeOf};
use tokio::sync::mpsc;
use whatsapp_rust::prelude::wa;
use whatsapp_rust::types::events::Event;
use whatsapp_rust::waproto::whatsapp::sync_action_value::MuteAction;

use crate::identity_guard::GuardHandle;
use crate::origin::{AddressKind, OwnPhone};

/// Changes that one transaction stores at most.
const MAX_BATCH: usize = 500;
const RETRY_PAUSE: Duration = Duration::from_secs(2);
/// Attempts after which an error that is no outage is one of the changes themselves.
const REFUSED_AFTER: u32 = 3;

/// Reads a change; `None` for other events, and for chats with nobody.
pub(crate) fn change_of(event: &Event, own_phone: &OwnPhone) -> Option<PhoneChange> {
    use PhoneChangeOf::{Archived, Cleared, Deleted, MarkedUnread, Muted, Pinned, Read, Starred};
    let (jid, at, what) = match event {
        Event::ArchiveUpdate(update) => {
            let archived = update.action.archived == Some(true);
            (&update.jid, update.timestamp, Archived(archived))
        }
        Event::PinUpdate(update) => {
            (&update.jid, update.timestamp, Pinned(update.action.pinned == Some(true)))
        }
        Event::MuteUpdate(update) => (&update.jid, update.timestamp, Muted(muted(&update.action))),
        Event::MarkChatAsReadUpdate(update) => {
            let what = match update.action.read {
                Some(true) => {
                    let range = update.action.message_range.as_option();
                    Read(until(range, update.timestamp))
                }
                _ => MarkedUnread,
            };
            (&update.jid, update.timestamp, what)
        }
        Event::StarUpdate(update) => {
            let what = Starred {
                wa_id: update.message_id.clone(),
                from_me: update.from_me,
                starred: update.action.starred == Some(true),
            };
            (&update.chat_jid, update.timestamp, what)
        }
        Event::ClearChatUpdate(update) => {
            let range = update.action.message_range.as_option();
            (&update.jid, update.timestamp, Cleared(until(range, update.timestamp)))
        }
        Event::DeleteChatUpdate(update) => {
            let range = update.action.message_range.as_option();
            (&update.jid, update.timestamp, Deleted(until(range, update.timestamp)))
        }
        _ => return None,
    };
    let group = (AddressKind::of(jid) == AddressKind::Group).then(|| jid.to_non_ad_string());
    let peer = own_phone.person([Some(jid)]);
    let has_chat = group.is_some() || peer != Peer::default();
    has_chat.then_some(PhoneChange { peer, group, at, what })
}

/// Returns the time of a mute; `None` if it ended one.
fn muted(action: &MuteAction) -> Option<Muted> {
    if action.muted != Some(true) {
        return None;
    }
    let end = action.mute_end_timestamp.filter(|milliseconds| *milliseconds > 0);
    // A negative time stands for a mute without an end.
    Some(end.and_then(DateTime::from_timestamp_millis).map_or(Muted::Always, Muted::Until))
}

/// Returns the time of the last message that the phone had when it changed all of a chat.
fn until(
    range: Option<&wa::sync_action_value::SyncActionMessageRange>,
    changed_at: DateTime<Utc>,
) -> DateTime<Utc> {
    let last = range.and_then(|range| DateTime::from_timestamp(range.last_message_timestamp?, 0));
    last.unwrap_or(changed_at)
}

/// Stores the received changes in their order. Ends with the session.
pub(crate) async fn store_changes(
    ingest: Ingest,
    identity: GuardHandle,
    mut received: mpsc::UnboundedReceiver<PhoneChange>,
) {
    let mut changes = Vec::new();
    while received.recv_many(&mut changes, MAX_BATCH).await > 0 {
        // Nothing of a wrong phone is stored.
        while identity.wait().await != Some(true) {
            tokio::time::sleep(RETRY_PAUSE).await;
        }
        if !store_batch(&ingest, &changes).await {
            // One of them holds up neither the others nor those that follow.
            for change in &changes {
                store_batch(&ingest, std::slice::from_ref(change)).await;
            }
        }
        changes.clear();
    }
}

/// Stores changes in one transaction. The library emits each only once, so this is repeated while the database
/// is out of order. Returns false if it refuses them, which another attempt would not change.
async fn store_batch(ingest: &Ingest, changes: &[PhoneChange]) -> bool {
    for attempt in 1_u32.. {
        let Err(error) = ingest.phone_changes(changes).await else { return true };
        tracing::error!(connection_id = %ingest.connection(), %error, "changes of the phone could not be written down");
        if !error.is_outage() && attempt >= REFUSED_AFTER {
            return false;
        }
        tokio::time::sleep(RETRY_PAUSE).await;
    }
    false
}

#[cfg(test)]
mod tests {
    use store::{ChatsPage, Inbound};
    use whatsapp_rust::types::events::{MuteUpdate, PinUpdate};
    use whatsapp_rust::waproto::whatsapp::sync_action_value::PinAction;

    use super::*;
    use crate::identity_guard::IdentityGuard;
    use crate::testing::{self, own_phone};

    fn mute(muted: bool, end: Option<i64>) -> MuteAction {
        MuteAction { muted: Some(muted), mute_end_timestamp: end, ..Default::default() }
    }

    #[tokio::test]
    async fn what_was_handed_over_is_stored_although_the_session_ends() {
        let (store, viewer, _folder) = testing::store().await;
        let number = viewer.own_connection().await.unwrap();
        let ingest = store.ingest(number);
        let said = fixtures::inbound(&fixtures::customer(), "3EB0000000000000A");
        ingest.messages(&[Inbound { text: "oi".to_owned(), ..said }]).await.unwrap();
        let (sender, received) = mpsc::unbounded_channel();
        let guard = IdentityGuard::default();
        guard.decide(true);
        for nth in 0..=MAX_BATCH {
            let what = PhoneChangeOf::Archived(nth == MAX_BATCH);
            let at = fixtures::at(0);
            sender.send(PhoneChange { peer: fixtures::customer(), group: None, at, what }).unwrap();
        }
        drop(sender);
        // It ends by itself.
        store_changes(ingest, guard.handle(), received).await;
        let page = ChatsPage { connection: Some(number), before: None, limit: 9 };
        let archived = viewer.filtered_chats(page, model::ChatFilter::Archived).await.unwrap();
        assert_eq!(archived.len(), 1);
    }

    #[test]
    fn a_mute_has_an_end_or_none() {
        let end = DateTime::from_timestamp_millis(1_800_000_000_000).unwrap();
        assert_eq!(super::muted(&mute(true, Some(1_800_000_000_000))), Some(Muted::Until(end)));
        assert_eq!(super::muted(&mute(true, Some(-1))), Some(Muted::Always));
        assert_eq!(super::muted(&mute(true, None)), Some(Muted::Always));
        assert_eq!(super::muted(&mute(false, Some(0))), None);
    }

    #[test]
    fn a_change_names_its_person_or_its_group() {
        let pin = |jid: &str| {
            let update = PinUpdate::builder()
                .jid(jid.parse().unwrap())
                .timestamp(DateTime::UNIX_EPOCH)
                .action(Box::new(PinAction { pinned: Some(true) }))
                .from_full_sync(true)
                .build();
            change_of(&Event::PinUpdate(update), &own_phone())
        };
        let person = pin("100000000000001@lid").unwrap();
        assert_eq!((person.peer, person.group), (Peer::lid("100000000000001@lid"), None));
        assert_eq!(person.what, PhoneChangeOf::Pinned(true));
        let group = pin("120363041234567890@g.us").unwrap();
        assert_eq!(group.group.as_deref(), Some("120363041234567890@g.us"));
        assert_eq!(pin("120363041234567890@newsletter"), None);
        let muted = MuteUpdate::builder()
            .jid("100000000000001@lid".parse().unwrap())
            .timestamp(DateTime::UNIX_EPOCH)
            .action(Box::new(mute(false, None)))
            .from_full_sync(false)
            .build();
        let muted = change_of(&Event::MuteUpdate(muted), &own_phone()).unwrap();
        assert_eq!(muted.what, PhoneChangeOf::Muted(None));
    }
}
