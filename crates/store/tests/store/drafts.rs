//! Drafts: the newest version counts, and only its author reads it.

use model::{Access, ChatId, Draft, MessageId, Role, message::MAX_TEXT};
use store::{Error, Peer, Store, Viewer};

use crate::support::{Desk, incoming, on_both, receive, user, wa};

/// A time in 2026, in microseconds.
const THEN: i64 = 1_770_000_000_000_000;

async fn chat_of(store: &Store, desk: &Desk, number: &str) -> ChatId {
    let message = incoming(&Peer::pn(number), number, 0);
    receive(store, &desk.owner, desk.number, message).await.id
}

async fn save(store: &Store, who: &Viewer, chat: ChatId, text: &str, at: i64) -> Draft {
    let (grant, _) = who.write_chat(chat).await.unwrap();
    store.save_draft(&grant, chat, text, at).await.unwrap()
}

async fn texts(who: &Viewer) -> Vec<String> {
    who.drafts().await.unwrap().into_iter().map(|draft| draft.text).collect()
}

async fn send(store: &Store, who: &Viewer, chat: ChatId, id: &str, text: &str) -> MessageId {
    let (grant, _) = who.write_chat(chat).await.unwrap();
    store.enqueue_text(&grant, chat, wa(id), text, None).await.unwrap().id
}

#[tokio::test]
async fn what_was_typed_last_counts_in_whatever_order_it_comes() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (one, other) = (chat_of(&store, &desk, "1").await, chat_of(&store, &desk, "2").await);
        save(&store, &desk.owner, one, "bom", THEN).await;
        save(&store, &desk.owner, one, "bom dia", THEN + 2).await;
        let late = save(&store, &desk.owner, one, "bom d", THEN + 1).await;
        assert_eq!((&*late.text, late.at), ("bom dia", THEN + 2), "the answer says what counts");
        save(&store, &desk.owner, other, "outra", THEN + 3).await;
        assert_eq!(texts(&desk.owner).await, ["outra", "bom dia"], "newest first, one a chat");

        save(&store, &desk.owner, one, "", THEN + 4).await;
        save(&store, &desk.owner, one, "bom dia!", THEN + 3).await;
        assert_eq!(texts(&desk.owner).await, ["outra"], "what was deleted stays so");
    })
    .await;
}

#[tokio::test]
async fn a_clock_that_is_ahead_shuts_nobody_out() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let chat = chat_of(&store, &desk, "1").await;
        let ahead = save(&store, &desk.owner, chat, "adiantado", i64::MAX).await;
        assert!(ahead.at < i64::MAX);
        let next = save(&store, &desk.owner, chat, "depois", i64::MAX).await;
        assert_eq!(next.text, "depois");
    })
    .await;
}

#[tokio::test]
async fn sending_a_draft_empties_it_and_no_late_request_brings_it_back() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let (one, other) = (chat_of(&store, &desk, "1").await, chat_of(&store, &desk, "2").await);
        for chat in [one, other] {
            save(&store, &desk.owner, chat, "já vai\nhoje", THEN).await;
        }
        send(&store, &desk.owner, one, "one", "já vai\nhoje").await;
        // A form without JavaScript sends it in this way.
        send(&store, &desk.owner, other, "other", "já vai\r\nhoje").await;
        assert!(texts(&desk.owner).await.is_empty());
        let late = save(&store, &desk.owner, one, "já vai\nhoje", THEN + 1).await;
        assert_eq!(late.text, "");
        assert!(texts(&desk.owner).await.is_empty());

        save(&store, &desk.owner, one, "rascunho", i64::MAX).await;
        send(&store, &desk.owner, one, "two", "outra coisa").await;
        assert_eq!(texts(&desk.owner).await, ["rascunho"], "another text is not the draft");
        // A repeated request does not change a text that was typed since.
        send(&store, &desk.owner, one, "two", "rascunho").await;
        assert_eq!(texts(&desk.owner).await, ["rascunho"]);
    })
    .await;
}

#[tokio::test]
async fn a_draft_is_its_authors_alone_and_told_to_nobody_else() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let agent = user(&store, "agent", Role::Atendente).await;
        let admin = desk.proof().await;
        store.grant_access(&admin, agent.user().id, desk.number, Access::Write).await.unwrap();
        let chat = chat_of(&store, &desk, "1").await;
        let mut told = store.hub().drafts();
        let mut events = store.hub().subscribe();
        let saved = save(&store, &agent, chat, "só meu", THEN).await;
        assert_eq!(told.try_recv().unwrap(), (agent.user().id, saved));
        assert!(events.try_recv().is_err(), "nothing that others hear");
        assert_eq!(texts(&agent).await, ["só meu"]);
        for other in [&desk.owner, &desk.admin] {
            assert!(texts(other).await.is_empty());
        }
        save(&store, &desk.owner, chat, "da dona", THEN).await;
        assert_eq!(texts(&agent).await, ["só meu"], "each has their own");

        store.grant_access(&admin, agent.user().id, desk.number, Access::Read).await.unwrap();
        assert_eq!(texts(&agent).await, ["só meu"], "who may still read keeps it");
        store.revoke_access(&admin, agent.user().id, desk.number).await.unwrap();
        assert!(texts(&agent).await.is_empty());
        store.grant_access(&admin, agent.user().id, desk.number, Access::Write).await.unwrap();
        desk.owner.set_chat_private(chat, true).await.unwrap();
        assert!(texts(&agent).await.is_empty(), "a private chat is not there, nor is its draft");
    })
    .await;
}

#[tokio::test]
async fn a_draft_has_the_bounds_of_a_message_and_one_chat_of_the_number() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let other = Desk {
            owner: user(&store, "other", Role::Atendente).await,
            admin: desk.admin.clone(),
            number: desk.number,
        };
        let number = other.owner.own_connection().await.unwrap();
        let elsewhere =
            receive(&store, &other.owner, number, incoming(&Peer::pn("9"), "9", 0)).await.id;
        let chat = chat_of(&store, &desk, "1").await;
        let (grant, _) = desk.owner.write_chat(chat).await.unwrap();
        let fits = "é".repeat(MAX_TEXT);
        assert_eq!(store.save_draft(&grant, chat, &fits, THEN).await.unwrap().text, fits);
        let long = store.save_draft(&grant, chat, &format!("{fits}é"), THEN + 1).await;
        assert!(matches!(long, Err(Error::TextTooLong)));
        let foreign = store.save_draft(&grant, elsewhere, "a", THEN).await;
        assert!(matches!(foreign, Err(Error::NotFound)));
        let odd = store.save_draft(&grant, chat, "a\0b", THEN + 1).await.unwrap();
        assert_eq!(odd.text, "ab");
    })
    .await;
}

#[tokio::test]
async fn when_two_chats_become_one_no_draft_is_lost() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let mut chats = Vec::new();
        for (n, peer) in [Peer::pn("1"), Peer::lid("2@lid")].iter().enumerate() {
            let message = incoming(peer, &n.to_string(), n as i64);
            chats.push(receive(&store, &desk.owner, desk.number, message).await.id);
        }
        save(&store, &desk.owner, chats[0], "", THEN).await;
        save(&store, &desk.owner, chats[1], "da dona", THEN).await;
        save(&store, &desk.admin, chats[0], "do admin", THEN + 1).await;
        save(&store, &desk.admin, chats[1], "o outro", THEN).await;
        store.ingest(desk.number).link_identity("2@lid", "1").await.unwrap();
        assert_eq!(texts(&desk.owner).await, ["da dona"]);
        assert_eq!(texts(&desk.admin).await, ["o outro\ndo admin"], "the older first");
    })
    .await;
}
