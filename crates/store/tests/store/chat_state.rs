//! What a number and its phone keep of a chat: archived, pinned, muted, unread, starred, cleared, blocked.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use fixtures::at;
use model::{
    AuditAction, Chat, ChatAspect, ChatChange, ChatFilter, ChatId, ChatMark, EndReason,
    MOST_PINNED, MemberRole, Muted, Visibility,
};
use sea_orm::ConnectionTrait as _;
use store::{
    ActorContext, ChatAction, ChatsPage, Error, FetchedGroup, Inbound, Operation, Peer,
    PhoneChange, PhoneChangeOf, Store, Viewer,
};

use crate::support::{Talk, actions, count, incoming, on_both, on_both_raw, receive, texts, wa};

const ALL: ChatsPage = ChatsPage { connection: None, before: None, limit: 100 };

impl Talk {
    async fn change_chat(&self, change: ChatChange) {
        self.store.change_chat(&self.grant, self.chat, change).await.unwrap();
    }

    async fn row(&self) -> Chat {
        self.desk.owner.chat(self.chat).await.unwrap()
    }

    async fn has(&self, mark: ChatMark) -> bool {
        self.row().await.marks.has(mark)
    }

    /// Returns the changes of chats that may go now.
    async fn waiting(&self) -> Vec<ChatAction> {
        let actions = self.outbox.next_actions(100).await.unwrap();
        actions.into_iter().map(|action| action.action).collect()
    }

    /// WhatsApp takes all changes of chats.
    async fn take_all(&self) {
        for action in self.outbox.next_actions(100).await.unwrap() {
            self.outbox.action_done(&action).await.unwrap();
        }
    }

    /// WhatsApp refuses all changes of chats.
    async fn refuse_all(&self) {
        for action in self.outbox.next_actions(100).await.unwrap() {
            self.outbox.action_refused(&action).await.unwrap();
        }
    }

    async fn phone(&self, what: PhoneChangeOf, at: DateTime<Utc>) {
        phone(&self.store, self, &self.peer, what, at).await;
    }
}

async fn phone(store: &Store, talk: &Talk, peer: &Peer, what: PhoneChangeOf, at: DateTime<Utc>) {
    let change = PhoneChange { peer: peer.clone(), group: None, at, what };
    store.ingest(talk.desk.number).phone_changes(&[change]).await.unwrap();
}

fn in_an_hour() -> DateTime<Utc> {
    Utc::now() + TimeDelta::hours(1)
}

/// Adds chats that are newer than the first one, and returns them, the newest last.
async fn more_chats(talk: &Talk, many: usize) -> Vec<ChatId> {
    let mut chats = Vec::new();
    for nth in 0..many {
        let peer = Peer::pn(format!("55619981255{nth:02}"));
        let message = incoming(&peer, &format!("m{nth}"), 10 + nth as i64);
        talk.store.ingest(talk.desk.number).messages(&[message]).await.unwrap();
        chats.push(listed(&talk.desk.owner).await[0]);
    }
    chats
}

async fn listed(viewer: &Viewer) -> Vec<ChatId> {
    viewer.chats(ALL).await.unwrap().iter().map(|chat| chat.id).collect()
}

async fn archived(viewer: &Viewer) -> Vec<ChatId> {
    let chats = viewer.filtered_chats(ALL, ChatFilter::Archived).await.unwrap();
    chats.iter().map(|chat| chat.id).collect()
}

#[tokio::test]
async fn pinned_chats_come_first_and_pages_join_without_gaps() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let others = more_chats(&talk, 6).await;
        // The oldest chat, and one in the middle.
        talk.change_chat(ChatChange::Pin).await;
        store.change_chat(&talk.grant, others[2], ChatChange::Pin).await.unwrap();
        let expected =
            [others[2], talk.chat, others[5], others[4], others[3], others[1], others[0]];
        assert_eq!(listed(&talk.desk.owner).await, expected);

        for limit in 1..=4 {
            let (mut page, mut all) = (ChatsPage { limit, ..ALL }, Vec::new());
            loop {
                let chats = talk.desk.owner.chats(page).await.unwrap();
                let Some(last) = chats.last() else { break };
                page.before = Some((last.listed_at(), last.id));
                all.extend(chats.iter().map(|chat| chat.id));
            }
            assert_eq!(all, expected, "pages of {limit}");
        }

        store.change_chat(&talk.grant, others[0], ChatChange::Pin).await.unwrap();
        assert_eq!(MOST_PINNED, 3);
        let refused = store.change_chat(&talk.grant, others[1], ChatChange::Pin).await;
        assert!(matches!(refused, Err(Error::TooManyPinned)));
        talk.change_chat(ChatChange::Unpin).await;
        store.change_chat(&talk.grant, others[1], ChatChange::Pin).await.unwrap();
    })
    .await;
}

#[tokio::test]
async fn an_archived_chat_leaves_the_list_and_stays_archived_with_new_messages() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        talk.change_chat(ChatChange::Pin).await;
        assert_eq!(owner.unread().await.unwrap(), [(talk.desk.number, 1)]);
        talk.change_chat(ChatChange::Archive).await;
        assert_eq!((listed(owner).await, archived(owner).await), (vec![], vec![talk.chat]));
        assert_eq!(owner.archived().await.unwrap(), [(talk.desk.number, 1)]);
        assert_eq!(talk.row().await.pinned, None, "it is not pinned any more, nor on the phone");
        assert_eq!(
            talk.waiting().await,
            [ChatAction::Pin(false), ChatAction::Archive(true)],
            "the pin that waited is replaced"
        );

        store.ingest(talk.desk.number).messages(&[incoming(&talk.peer, "b", 5)]).await.unwrap();
        assert_eq!(archived(owner).await, [talk.chat]);
        assert_eq!(owner.unread().await.unwrap(), [], "it asks for no attention");
        talk.change_chat(ChatChange::Unarchive).await;
        assert_eq!((listed(owner).await, archived(owner).await), (vec![talk.chat], vec![]));
        assert_eq!(owner.unread().await.unwrap(), [(talk.desk.number, 2)]);
        assert_eq!(owner.archived().await.unwrap(), []);
    })
    .await;
}

#[tokio::test]
async fn a_muted_chat_counts_for_nobody_until_its_time_is_over() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        talk.change_chat(ChatChange::MuteHours).await;
        assert!(talk.has(ChatMark::Muted).await);
        assert_eq!(owner.unread().await.unwrap(), []);
        assert_eq!(talk.row().await.unread, 1, "its row shows what is unread");
        let options = owner.chat_options(talk.chat).await.unwrap();
        let Some(Muted::Until(until)) = options.muted else { panic!("{options:?}") };
        assert!(until > Utc::now() + TimeDelta::hours(7));
        assert!(matches!(talk.waiting().await[..], [ChatAction::Mute(Some(Muted::Until(_)))]));
        assert_eq!(store.end_mutes().await.unwrap(), 0);

        raw.execute_unprepared("UPDATE chat SET muted_until = 5").await.unwrap();
        let mut events = store.hub().subscribe();
        assert_eq!(store.end_mutes().await.unwrap(), 1);
        assert_eq!(events.recv().await.unwrap().chat, talk.chat);
        assert!(!talk.has(ChatMark::Muted).await);
        assert_eq!(owner.unread().await.unwrap(), [(talk.desk.number, 1)]);

        talk.change_chat(ChatChange::MuteAlways).await;
        assert_eq!(owner.chat_options(talk.chat).await.unwrap().muted, Some(Muted::Always));
        assert_eq!(talk.waiting().await, [ChatAction::Mute(Some(Muted::Always))]);
        assert_eq!(store.end_mutes().await.unwrap(), 0);
        talk.change_chat(ChatChange::Unmute).await;
        assert_eq!(talk.waiting().await, [ChatAction::Mute(None)]);
    })
    .await;
}

#[tokio::test]
async fn a_chat_that_was_marked_as_unread_is_read_once_it_is_opened() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        talk.desk.mark_read(&store, talk.chat).await.unwrap();
        talk.change_chat(ChatChange::MarkUnread).await;
        assert!(talk.has(ChatMark::Unread).await);
        assert_eq!(talk.waiting().await, [ChatAction::MarkUnread(true)]);
        assert!(talk.desk.mark_read(&store, talk.chat).await.unwrap());
        assert!(!talk.has(ChatMark::Unread).await);
        assert_eq!(talk.waiting().await, [ChatAction::MarkUnread(false)]);
        assert!(!talk.desk.mark_read(&store, talk.chat).await.unwrap());
    })
    .await;
}

#[tokio::test]
async fn the_newest_change_counts_and_one_that_is_refused_is_undone() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        talk.change_chat(ChatChange::Archive).await;
        let first = talk.outbox.next_actions(1).await.unwrap().remove(0);
        assert_eq!(first.last.as_ref().map(|last| last.wa_id.clone()), Some(wa("q")));
        // It is on its way, and another one takes its place.
        talk.change_chat(ChatChange::Unarchive).await;
        talk.change_chat(ChatChange::Unarchive).await;
        assert_eq!(talk.waiting().await, [ChatAction::Archive(false)]);
        talk.outbox.action_refused(&first).await.unwrap();
        assert!(!talk.has(ChatMark::Refused).await, "nobody wants it any more");
        talk.outbox.action_done(&first).await.unwrap();
        talk.refuse_all().await;
        assert!(talk.has(ChatMark::Archived).await, "WhatsApp has the first one");
        assert!(talk.has(ChatMark::Refused).await);
        let options = talk.desk.owner.chat_options(talk.chat).await.unwrap();
        assert_eq!(options.refused, Some(ChatAspect::Archive));
        talk.change_chat(ChatChange::DismissRefusal).await;
        assert!(!talk.has(ChatMark::Refused).await);

        talk.change_chat(ChatChange::MuteAlways).await;
        let action = talk.outbox.next_actions(1).await.unwrap().remove(0);
        let later = Utc::now() + Duration::from_secs(10);
        talk.outbox.retry_action_later(&action, later).await.unwrap();
        assert_eq!(talk.waiting().await, [], "it pauses");
    })
    .await;
}

#[tokio::test]
async fn what_the_phone_says_before_the_first_message_is_kept_for_it() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (owner, peer) = (&talk.desk.owner, Peer::lid("168302940123456"));
        phone(&store, &talk, &peer, PhoneChangeOf::Archived(true), at(0)).await;
        phone(&store, &talk, &peer, PhoneChangeOf::Muted(Some(Muted::Always)), at(0)).await;
        let nobody = Peer::pn("5561998129999");
        phone(&store, &talk, &nobody, PhoneChangeOf::Archived(false), at(0)).await;
        assert_eq!((listed(owner).await.len(), archived(owner).await.len()), (1, 0));
        assert_eq!(owner.archived().await.unwrap(), []);
        store.ingest(talk.desk.number).messages(&[incoming(&peer, "b", 5)]).await.unwrap();
        let shown = owner.filtered_chats(ALL, ChatFilter::Archived).await.unwrap();
        assert_eq!(shown.len(), 1);
        assert!(shown[0].marks.has(ChatMark::Muted) && shown[0].unread == 1);
    })
    .await;
}

#[tokio::test]
async fn a_change_of_the_phone_counts_unless_a_newer_one_waits_here() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        talk.phone(PhoneChangeOf::Pinned(true), Utc::now()).await;
        let pinned = talk.row().await.pinned;
        assert!(pinned.is_some());
        talk.phone(PhoneChangeOf::Pinned(true), in_an_hour()).await;
        assert_eq!(talk.row().await.pinned, pinned, "it is pinned once");
        talk.phone(PhoneChangeOf::MarkedUnread, Utc::now()).await;
        assert!(talk.has(ChatMark::Unread).await);
        talk.phone(PhoneChangeOf::Read(at(0)), Utc::now()).await;
        assert!(!talk.has(ChatMark::Unread).await);
        assert_eq!(talk.row().await.unread, 0);
        assert_eq!(talk.waiting().await, [], "the phone knows what it said");

        talk.change_chat(ChatChange::Unpin).await;
        talk.phone(PhoneChangeOf::Pinned(true), Utc::now()).await;
        assert_eq!(talk.row().await.pinned, None);
        assert_eq!(talk.waiting().await, [ChatAction::Pin(false)]);
        talk.phone(PhoneChangeOf::Pinned(true), in_an_hour()).await;
        assert!(talk.row().await.pinned.is_some());
        assert_eq!(talk.waiting().await, []);

        // WhatsApp has the next one before the phone makes another, and the answer comes last. Archiving what
        // is pinned would be two changes.
        talk.phone(PhoneChangeOf::Pinned(false), in_an_hour()).await;
        talk.change_chat(ChatChange::Archive).await;
        let sent = talk.outbox.next_actions(1).await.unwrap().remove(0);
        talk.outbox.action_under_way(&sent).await.unwrap();
        talk.phone(PhoneChangeOf::Archived(true), Utc::now()).await;
        talk.phone(PhoneChangeOf::Archived(false), Utc::now()).await;
        talk.outbox.action_done(&sent).await.unwrap();
        assert!(!talk.has(ChatMark::Archived).await, "the phone was later");
        assert_eq!(talk.waiting().await, []);

        let over = PhoneChangeOf::Muted(Some(Muted::Until(at(0))));
        talk.phone(over, Utc::now()).await;
        assert!(!talk.has(ChatMark::Muted).await, "its time is over");
    })
    .await;
}

#[tokio::test]
async fn what_the_phone_deletes_is_hidden_and_can_be_shown_again() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let ingest = store.ingest(talk.desk.number);
        ingest.messages(&[incoming(&talk.peer, "b", 5)]).await.unwrap();
        talk.phone(PhoneChangeOf::Cleared(at(0)), Utc::now()).await;
        assert_eq!(texts(owner, talk.chat).await, ["b"], "what came later stays");
        assert_eq!(talk.row().await.unread, 1);

        talk.phone(PhoneChangeOf::Deleted(at(5)), Utc::now()).await;
        assert_eq!((texts(owner, talk.chat).await.len(), listed(owner).await.len()), (0, 0));
        assert_eq!((talk.row().await.unread, talk.row().await.preview), (0, None));
        assert!(owner.chat_options(talk.chat).await.unwrap().has_cleared);

        ingest.messages(&[incoming(&talk.peer, "c", 9)]).await.unwrap();
        assert_eq!(listed(owner).await, [talk.chat]);
        assert_eq!(texts(owner, talk.chat).await, ["c"]);
        let (grant, _) = owner.remove_in_chat(talk.chat).await.unwrap();
        store.show_cleared(&grant, talk.chat).await.unwrap();
        assert_eq!(texts(owner, talk.chat).await, ["q", "b", "c"]);
        assert!(!owner.chat_options(talk.chat).await.unwrap().has_cleared);
    })
    .await;
}

#[tokio::test]
async fn a_removal_hides_at_once_destroys_once_whatsapp_has_it_and_is_undone_otherwise() {
    on_both_raw(|store, raw| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let ingest = store.ingest(talk.desk.number);
        let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
        assert_eq!(scanned, store::Scanned::Linked);
        let (grant, _) = owner.remove_in_chat(talk.chat).await.unwrap();
        for whole in [true, false] {
            store.clear_chat(&grant, talk.chat, whole).await.unwrap();
            assert_eq!(texts(owner, talk.chat).await.len(), 0);
            assert_eq!(listed(owner).await.len(), usize::from(!whole));
            assert_eq!(store.due_messages().await.unwrap(), []);
            store.show_cleared(&grant, talk.chat).await.unwrap();
            assert_eq!(texts(owner, talk.chat).await.len(), 0, "a removal is under way");
            talk.refuse_all().await;
            assert_eq!(texts(owner, talk.chat).await, ["q"]);
            assert_eq!(listed(owner).await, [talk.chat]);
            assert!(talk.has(ChatMark::Refused).await);
        }

        store.clear_chat(&grant, talk.chat, true).await.unwrap();
        assert_eq!(talk.waiting().await, [ChatAction::Delete]);
        talk.take_all().await;
        let due = store.due_messages().await.unwrap();
        assert_eq!(store.remove_due(&due).await.unwrap(), 1);
        assert_eq!(count(&raw, "SELECT id FROM message").await, 0);
        assert_eq!(listed(owner).await.len(), 0);
        let after = receive(&store, owner, talk.desk.number, incoming(&talk.peer, "b", 5)).await;
        assert_eq!(after.id, talk.chat, "it begins again");
        assert_eq!(texts(owner, talk.chat).await, ["b"]);
        let proof = talk.desk.proof().await;
        let cleared = actions(&store, &proof).await;
        let cleared = cleared.iter().filter(|action| **action == AuditAction::ChatCleared);
        assert_eq!(cleared.count(), 3);
    })
    .await;
}

#[tokio::test]
async fn what_comes_after_a_removal_is_shown_also_if_it_was_sent_before() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let ingest = store.ingest(talk.desk.number);
        let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
        assert_eq!(scanned, store::Scanned::Linked);
        // The clock of this machine is behind that of WhatsApp.
        let ahead = Inbound { timestamp: in_an_hour(), ..incoming(&talk.peer, "ahead", 0) };
        ingest.messages(&[ahead]).await.unwrap();
        let (grant, _) = owner.remove_in_chat(talk.chat).await.unwrap();
        store.clear_chat(&grant, talk.chat, false).await.unwrap();
        // These waited at WhatsApp.
        ingest.messages(&[incoming(&talk.peer, "b", 5)]).await.unwrap();
        ingest.messages(&[incoming(&talk.peer, "c", 6)]).await.unwrap();
        assert_eq!(texts(owner, talk.chat).await, ["b", "c"]);
        assert_eq!(talk.row().await.unread, 2);
        talk.take_all().await;
        let due = store.due_messages().await.unwrap();
        assert_eq!(store.remove_due(&due).await.unwrap(), 2, "those that were there");
        talk.queue("d").await;
        assert_eq!(texts(owner, talk.chat).await, ["b", "c", "d"]);
    })
    .await;
}

#[tokio::test]
async fn a_removal_waits_for_no_phone_that_was_unlinked() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
        assert_eq!(scanned, store::Scanned::Linked);
        let (grant, _) = talk.desk.owner.remove_in_chat(talk.chat).await.unwrap();
        store.clear_chat(&grant, talk.chat, true).await.unwrap();
        talk.change_chat(ChatChange::MuteAlways).await;
        assert_eq!(store.due_messages().await.unwrap(), []);
        ingest.unlinked(EndReason::UnlinkedByPhone, &ActorContext::system()).await.unwrap();
        assert_eq!(store.due_messages().await.unwrap().len(), 1);
        assert_eq!(talk.waiting().await, [ChatAction::Mute(Some(Muted::Always))]);
    })
    .await;
}

#[tokio::test]
async fn without_a_phone_a_removal_waits_for_nothing() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (grant, _) = talk.desk.owner.remove_in_chat(talk.chat).await.unwrap();
        store.clear_chat(&grant, talk.chat, false).await.unwrap();
        assert_eq!(talk.waiting().await, []);
        assert_eq!(store.due_messages().await.unwrap().len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_star_is_on_both_sides() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (owner, question) = (&talk.desk.owner, talk.question().await);
        let starred = async || owner.starred(talk.chat, None, 10).await.unwrap();
        let message = store.star_message(&talk.grant, question, true).await.unwrap();
        assert!(message.starred && starred().await.len() == 1);
        let waiting = talk.waiting().await;
        let [ChatAction::Star { message, starred: true }] = &waiting[..] else {
            panic!("{waiting:?}")
        };
        assert_eq!((&message.wa_id, message.from_me), (&wa("q"), false));
        talk.refuse_all().await;
        assert!(!talk.message(question).await.starred);

        let (wa_id, from_me) = (wa("q").to_string(), false);
        let on = PhoneChangeOf::Starred { wa_id: wa_id.clone(), from_me, starred: true };
        talk.phone(on, Utc::now()).await;
        assert!(talk.message(question).await.starred);
        let position = starred().await[0].position;
        assert_eq!(owner.starred(talk.chat, Some(position), 10).await.unwrap().len(), 0);
        // The message of somebody else with the same id is another one.
        let ours = PhoneChangeOf::Starred { wa_id, from_me: true, starred: false };
        talk.phone(ours, Utc::now()).await;
        assert_eq!(starred().await.len(), 1);
    })
    .await;
}

#[tokio::test]
async fn a_contact_is_blocked_from_both_sides() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        ingest.blocked(&[talk.peer.clone(), Peer::lid("99")]).await.unwrap();
        assert!(talk.has(ChatMark::Blocked).await);
        store.block_contact(&talk.grant, talk.chat, false).await.unwrap();
        assert_eq!(talk.waiting().await, [ChatAction::Block(false)]);
        // A list from before does not know of it.
        ingest.blocked(std::slice::from_ref(&talk.peer)).await.unwrap();
        assert!(!talk.has(ChatMark::Blocked).await);
        talk.take_all().await;
        ingest.blocked(std::slice::from_ref(&talk.peer)).await.unwrap();
        assert!(talk.has(ChatMark::Blocked).await);
        ingest.blocked(&[]).await.unwrap();
        assert!(!talk.has(ChatMark::Blocked).await);
        let proof = talk.desk.proof().await;
        assert!(actions(&store, &proof).await.contains(&AuditAction::ContactBlocked));
    })
    .await;
}

#[tokio::test]
async fn two_chats_of_one_person_keep_what_either_says() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let ingest = store.ingest(talk.desk.number);
        let hidden = Peer::lid("168302940123456");
        ingest.messages(&[incoming(&hidden, "b", 5)]).await.unwrap();
        let other = listed(&talk.desk.owner).await[0];
        store.change_chat(&talk.grant, other, ChatChange::MuteAlways).await.unwrap();
        talk.change_chat(ChatChange::Archive).await;
        ingest.link_identity("168302940123456", "5561998124471").await.unwrap();
        let chats = talk.desk.owner.chats(ALL).await.unwrap();
        assert_eq!(chats.len(), 1, "one half was in the list");
        assert!(chats[0].marks.has(ChatMark::Muted));
        assert_eq!(talk.waiting().await.len(), 2, "what waits goes on");
    })
    .await;
}

#[tokio::test]
async fn what_the_phone_says_of_a_person_by_another_address_counts_for_the_chat() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let hidden = Peer::lid("168302940123456");
        phone(&store, &talk, &hidden, PhoneChangeOf::Archived(true), at(0)).await;
        phone(&store, &talk, &hidden, PhoneChangeOf::Muted(Some(Muted::Always)), at(0)).await;
        talk.phone(PhoneChangeOf::Cleared(at(0)), at(0)).await;
        assert!(!talk.has(ChatMark::Archived).await);
        let ingest = store.ingest(talk.desk.number);
        ingest.link_identity("168302940123456", "5561998124471").await.unwrap();
        assert!(talk.has(ChatMark::Archived).await && talk.has(ChatMark::Muted).await);
        assert_eq!(texts(&talk.desk.owner, talk.chat).await, [""; 0], "it stays hidden");
    })
    .await;
}

#[tokio::test]
async fn a_removal_destroys_nothing_that_is_shown_once_its_chat_is_part_of_another() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let ingest = store.ingest(talk.desk.number);
        let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
        assert_eq!(scanned, store::Scanned::Linked);
        let hidden = Peer::lid("168302940123456");
        ingest.messages(&[incoming(&hidden, "b", 5)]).await.unwrap();
        let other = listed(owner).await[0];
        assert_ne!(other, talk.chat);
        let (grant, _) = owner.remove_in_chat(other).await.unwrap();
        store.clear_chat(&grant, other, false).await.unwrap();
        // The session has read it when the two chats become one.
        let cleared = talk.outbox.next_actions(10).await.unwrap().remove(0);
        ingest.link_identity("168302940123456", "5561998124471").await.unwrap();
        assert_eq!(texts(owner, talk.chat).await, ["q", "b"], "only one half hid something");
        talk.outbox.action_done(&cleared).await.unwrap();
        assert_eq!(talk.waiting().await, [], "it is done under the new chat");
        assert_eq!(store.due_messages().await.unwrap(), []);

        let (grant, _) = owner.remove_in_chat(talk.chat).await.unwrap();
        store.clear_chat(&grant, talk.chat, false).await.unwrap();
        talk.take_all().await;
        assert_eq!(store.due_messages().await.unwrap().len(), 2);
    })
    .await;
}

#[tokio::test]
async fn a_number_may_hide_what_is_read() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let owner = &talk.desk.owner;
        let ingest = store.ingest(talk.desk.number);
        let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
        assert_eq!(scanned, store::Scanned::Linked);
        talk.desk.mark_read(&store, talk.chat).await.unwrap();
        let is_quiet = async || talk.outbox.next_reads(10).await.unwrap()[0].is_quiet;
        assert!(!is_quiet().await);
        let hides = Visibility { hides_reading: true, hides_online: false };
        owner.set_visibility(talk.desk.number, hides).await.unwrap();
        assert!(is_quiet().await, "also what waits");
        assert_eq!(owner.visibility(talk.desk.number).await.unwrap(), hides);
        assert_eq!(store.visibility_of(&talk.grant).await.unwrap(), hides);
        assert!(
            matches!(talk.desk.admin.visibility(talk.desk.number).await, Ok(seen) if seen == hides)
        );
    })
    .await;
}

#[tokio::test]
async fn a_group_that_the_phone_archived_is_listed_once_it_is_known() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (owner, ingest) = (&talk.desk.owner, store.ingest(talk.desk.number));
        let jid = "120363041234567890@g.us".to_owned();
        let of_group = |what| PhoneChange {
            peer: Peer::default(),
            group: Some(jid.clone()),
            at: Utc::now(),
            what,
        };
        ingest.phone_changes(&[of_group(PhoneChangeOf::Archived(true))]).await.unwrap();
        assert_eq!(archived(owner).await, [], "nobody knows what it is");
        let group = FetchedGroup {
            jid: jid.clone(),
            subject: "Fornecedores Sul".to_owned(),
            description: None,
            created_at: Some(at(-1_000)),
            creator: None,
            announce: false,
            locked: false,
            lid: true,
            timer: 0,
            own_role: Some(MemberRole::Member),
            members: Vec::new(),
            asked_at: at(0),
        };
        ingest.group_fetched(&group).await.unwrap();
        let chats = archived(owner).await;
        assert_eq!((chats.len(), listed(owner).await), (1, vec![talk.chat]));
        let groups = owner.filtered_chats(ALL, ChatFilter::Groups).await.unwrap();
        assert_eq!(groups, [], "it is in the archive alone");

        store.change_chat(&talk.grant, chats[0], ChatChange::Unarchive).await.unwrap();
        store.change_chat(&talk.grant, chats[0], ChatChange::Pin).await.unwrap();
        assert_eq!(listed(owner).await, [chats[0], talk.chat]);
        let groups = owner.filtered_chats(ALL, ChatFilter::Groups).await.unwrap();
        assert!(groups[0].group && groups[0].pinned.is_some());

        ingest.phone_changes(&[of_group(PhoneChangeOf::Deleted(at(9)))]).await.unwrap();
        ingest.group_fetched(&group).await.unwrap();
        assert_eq!(listed(owner).await, [talk.chat], "one that was deleted stays away");
    })
    .await;
}

#[tokio::test]
async fn a_number_leaves_a_group_whose_chat_is_deleted_meanwhile() {
    on_both(|store| async move {
        let talk = Talk::open(&store).await;
        let (owner, ingest) = (&talk.desk.owner, store.ingest(talk.desk.number));
        let scanned = ingest.linked("5561990000000", None, None, None).await.unwrap();
        assert_eq!(scanned, store::Scanned::Linked);
        let said = Inbound {
            group: Some("120363041234567890@g.us".to_owned()),
            sender: Some(talk.peer.clone()),
            ..incoming(&talk.peer, "member", 5)
        };
        let group = receive(&store, owner, talk.desk.number, said).await.id;
        store.enqueue_leave(&talk.grant, group, wa("leave")).await.unwrap();
        let (grant, _) = owner.remove_in_chat(group).await.unwrap();
        store.clear_chat(&grant, group, true).await.unwrap();
        talk.take_all().await;
        let due = store.due_messages().await.unwrap();
        assert_eq!(store.remove_due(&due).await.unwrap(), 1);
        let waiting = talk.outbox.next(10, &[]).await.unwrap();
        assert!(waiting.iter().any(|one| matches!(one.operation, Operation::Leave)));
        assert_eq!(texts(owner, group).await.len(), 0);
    })
    .await;
}
