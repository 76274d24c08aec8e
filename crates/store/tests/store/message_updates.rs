//! Message updates: edits, deletions, reactions and votes.

use model::{ChatId, LiveEvent, Message, MessageId, MessageKind};
use sea_orm::ConnectionTrait as _;
use store::{Error, Inbound, MessageUpdate, Peer, UpdateOf, Viewer};

use crate::support::{
    Desk, column, incoming, on_both, on_both_raw, phones_own, picture, placeholder, wa,
};

const TARGET: &str = "said";

/// Makes a message an update of the message `of`.
fn update(message: Inbound, of: &str, what: MessageUpdate) -> Inbound {
    Inbound { amends: Some(UpdateOf { target: wa(of).into(), what }), ..message }
}

fn edits(peer: &Peer, text: &str, seconds: i64) -> Inbound {
    let what = MessageUpdate::Edited(text.into());
    update(incoming(peer, &format!("edit{seconds}"), seconds), TARGET, what)
}

fn reacts(said: Inbound, emoji: &str) -> Inbound {
    update(said, TARGET, MessageUpdate::Reaction(emoji.into()))
}

async fn only(viewer: &Viewer, chat: ChatId) -> Message {
    let mut messages = viewer.messages(chat, None, 10).await.unwrap();
    assert_eq!(messages.len(), 1, "a change is no message");
    messages.remove(0)
}

fn emojis(message: &Message) -> Vec<&str> {
    message.reactions.iter().map(|reaction| &*reaction.emoji).collect()
}

async fn preview(viewer: &Viewer, chat: ChatId) -> (MessageKind, String) {
    let preview = viewer.chat(chat).await.unwrap().preview.unwrap();
    (preview.kind, preview.text)
}

#[tokio::test]
async fn the_newest_edit_of_the_author_counts_in_whatever_order_they_come() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let mut events = store.hub().subscribe();
        ingest.messages(&[incoming(&peer, TARGET, 0)]).await.unwrap();
        events.recv().await.unwrap();
        let counts = ingest.messages(&[edits(&peer, "terceira", 30)]).await.unwrap();
        assert_eq!((counts.stored, counts.updated), (0, 1));
        let event = events.recv().await.unwrap();
        let LiveEvent::Message { message, .. } = &*event.event else { panic!("{event:?}") };
        assert_eq!((&*message.text, message.edited.is_some()), ("terceira", true));

        let late = [edits(&peer, "segunda", 20), edits(&peer, "terceira", 30)];
        let counts = ingest.messages(&late).await.unwrap();
        assert_eq!((counts.updated, counts.duplicates), (1, 1), "the history has it");
        let chat = message.chat;
        assert_eq!(only(&desk.owner, chat).await.text, "terceira");
        assert_eq!(preview(&desk.owner, chat).await, (MessageKind::Text, "terceira".into()));
        assert_eq!(desk.owner.chat(chat).await.unwrap().unread, 1, "an edit is nothing to read");

        let edit = only(&desk.owner, chat).await.edited;
        assert_eq!(edit, message.edited);
        ingest.messages(&[edits(&peer, "quarta", 30)]).await.unwrap();
        assert_ne!(only(&desk.owner, chat).await.edited, edit, "another, in the same second too");

        // An update of an unknown chat changes nothing, and creates no chat.
        let stranger = edits(&Peer::pn("5561998124472"), "?", 40);
        assert_eq!(ingest.messages(&[stranger]).await.unwrap().duplicates, 1);
    })
    .await;
}

#[tokio::test]
async fn a_change_that_comes_before_its_message_waits_for_it() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[incoming(&peer, "antes", 0)]).await.unwrap();
        ingest.messages(&[edits(&peer, "corrigida", 20)]).await.unwrap();
        ingest.messages(&[incoming(&peer, TARGET, 10)]).await.unwrap();
        let messages = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let texts: Vec<_> = messages.iter().map(|one| (&*one.text, one.edited.is_some())).collect();
        assert_eq!(texts, [("antes", false), ("corrigida", true)]);
    })
    .await;
}

#[tokio::test]
async fn nobody_changes_what_somebody_else_said() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let [ana, bia] = ["5561998124471", "5561998124472"].map(Peer::pn);
        let in_group = |peer: &Peer, said: Inbound| Inbound {
            group: Some("120363@g.us".into()),
            sender: Some(peer.clone()),
            ..said
        };
        let said = in_group(&ana, incoming(&ana, TARGET, 0));
        ingest.messages(&[said]).await.unwrap();
        let revoke = |what| in_group(&bia, update(incoming(&bia, "x", 20), TARGET, what));
        let wrong =
            [in_group(&bia, edits(&bia, "outra coisa", 10)), revoke(MessageUpdate::Revoked)];
        ingest.messages(&wrong).await.unwrap();
        let message = only(&desk.owner, ChatId(1)).await;
        assert_eq!((&*message.text, message.edited.is_some()), (TARGET, false));
        // An update from another chat changes nothing either.
        ingest.messages(&[incoming(&bia, "oi", 0), edits(&bia, "?", 30)]).await.unwrap();
        assert_eq!(only(&desk.owner, ChatId(1)).await.text, TARGET);

        ingest.messages(&[revoke(MessageUpdate::RevokedByAdmin)]).await.unwrap();
        assert_eq!(only(&desk.owner, ChatId(1)).await.kind, MessageKind::Revoked);
    })
    .await;
}

#[tokio::test]
async fn what_was_deleted_for_everybody_says_nothing_any_more() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[picture(&peer, TARGET, 0)]).await.unwrap();
        assert!(desk.owner.media(MessageId(1)).await.is_ok());
        let revoke = update(incoming(&peer, "x", 5), TARGET, MessageUpdate::Revoked);
        ingest.messages(&[revoke]).await.unwrap();
        let message = only(&desk.owner, ChatId(1)).await;
        assert_eq!((message.kind, &*message.text), (MessageKind::Revoked, ""));
        assert_eq!(message.media, None);
        assert_eq!(preview(&desk.owner, ChatId(1)).await, (MessageKind::Revoked, String::new()));
        assert!(matches!(desk.owner.media(MessageId(1)).await, Err(Error::NotFound)));
    })
    .await;
}

#[tokio::test]
async fn everybody_has_one_reaction_and_may_take_it_back() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[incoming(&peer, TARGET, 0)]).await.unwrap();
        let theirs = |emoji, seconds| reacts(incoming(&peer, "x", seconds), emoji);
        let ours = |emoji, seconds| reacts(phones_own(&peer, "y", seconds), emoji);
        ingest.messages(&[theirs("👍", 1), ours("❤️", 2), theirs("😂", 3)]).await.unwrap();
        assert_eq!(emojis(&only(&desk.owner, ChatId(1)).await), ["❤️", "😂"]);
        ingest.messages(&[ours("", 4)]).await.unwrap();
        assert_eq!(emojis(&only(&desk.owner, ChatId(1)).await), ["😂"]);
        assert_eq!(preview(&desk.owner, ChatId(1)).await.1, TARGET);
    })
    .await;
}

#[tokio::test]
async fn emojis_that_look_alike_are_two_and_what_is_no_emoji_is_no_reaction() {
    on_both_raw(|store, db| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[incoming(&peer, TARGET, 0)]).await.unwrap();
        let theirs = |emoji, seconds| reacts(incoming(&peer, "x", seconds), emoji);
        let ours = |emoji, seconds| reacts(phones_own(&peer, "y", seconds), emoji);
        for (seconds, [first, second]) in [(1, ["👍🏽", "👍"]), (3, ["❤️", "❤"])] {
            let both = [theirs(first, seconds), ours(second, seconds + 1)];
            ingest.messages(&both).await.unwrap();
            assert_eq!(emojis(&only(&desk.owner, ChatId(1)).await), [first, second]);
        }
        let wrong = [theirs("oi👍", 10), theirs("oi", 11), ours("\u{200b}", 12)];
        assert_eq!(ingest.messages(&wrong).await.unwrap().updated, 0);
        assert_eq!(emojis(&only(&desk.owner, ChatId(1)).await), ["❤️", "❤"]);
        // A value that an earlier version stored is not shown either.
        let set = "UPDATE amendment SET value = 'curti muito' WHERE value = '❤'";
        db.execute_unprepared(set).await.unwrap();
        assert_eq!(emojis(&only(&desk.owner, ChatId(1)).await), ["❤️"]);
    })
    .await;
}

#[tokio::test]
async fn changes_go_with_the_conversation_when_two_become_one() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let (lid, pn) = ("77@lid", "5561998124471@s.whatsapp.net");
        let hidden = Peer { lid: Some(lid.into()), ..Peer::default() };
        let open = Peer { pn: Some(pn.into()), ..Peer::default() };
        ingest.messages(&[incoming(&open, "outra", 0)]).await.unwrap();
        ingest.messages(&[incoming(&hidden, TARGET, 1)]).await.unwrap();
        let changes = [edits(&hidden, "corrigida", 2), reacts(incoming(&hidden, "x", 3), "👍")];
        ingest.messages(&changes).await.unwrap();
        ingest.link_identity(lid, pn).await.unwrap();
        let messages = desk.owner.messages(ChatId(1), None, 10).await.unwrap();
        let shown: Vec<_> = messages.iter().map(|one| (&*one.text, emojis(one))).collect();
        assert_eq!(shown, [("outra", vec![]), ("corrigida", vec!["👍"])]);
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_that_turns_out_to_be_a_change_goes() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let now = chrono::Utc::now();
        ingest
            .messages(&[incoming(&peer, TARGET, 0), placeholder(&peer, "gone", now)])
            .await
            .unwrap();
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 1);
        assert_eq!(preview(&desk.owner, ChatId(1)).await.0, MessageKind::Undecryptable);

        let mut events = store.hub().subscribe();
        let revokes = update(incoming(&peer, "gone", 20), TARGET, MessageUpdate::Revoked);
        assert_eq!(ingest.messages(&[revokes]).await.unwrap().updated, 1);
        assert_eq!(*events.recv().await.unwrap().event, LiveEvent::Resync);
        assert_eq!(only(&desk.owner, ChatId(1)).await.kind, MessageKind::Revoked);
        assert_eq!(preview(&desk.owner, ChatId(1)).await.0, MessageKind::Revoked);
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 0);
    })
    .await;
}

#[tokio::test]
async fn a_placeholder_that_turns_out_to_be_no_message_goes() {
    on_both(|store| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        let said = incoming(&peer, TARGET, 0);
        let unread = placeholder(&peer, "gone", chrono::Utc::now());
        assert!(ingest.lacks(&said.wa_id).await.unwrap());
        ingest.messages(&[said.clone(), unread.clone()]).await.unwrap();
        assert!(!ingest.lacks(&said.wa_id).await.unwrap());
        assert!(ingest.lacks(&unread.wa_id).await.unwrap(), "its content is missing");
        assert!(!ingest.lacks("?").await.unwrap(), "nothing is stored under such an id");

        // A message with content stays, and a stranger gets no chat.
        let stranger = incoming(&Peer::pn("5561998124472"), "x", 0);
        for envelope in [unread, said, stranger] {
            ingest.no_message(&envelope).await.unwrap();
        }
        assert_eq!(only(&desk.owner, ChatId(1)).await.text, TARGET);
        assert_eq!(preview(&desk.owner, ChatId(1)).await.1, TARGET);
        assert_eq!(desk.owner.connection(desk.number).await.unwrap().pending, 0);
    })
    .await;
}

#[tokio::test]
async fn the_newest_vote_of_everybody_is_kept_and_changes_nothing_that_is_shown() {
    on_both_raw(|store, raw| async move {
        let desk = Desk::open(&store).await;
        let ingest = store.ingest(desk.number);
        let peer = Peer::pn("5561998124471");
        ingest.messages(&[incoming(&peer, TARGET, 0)]).await.unwrap();
        let votes = |said, vote| update(said, TARGET, MessageUpdate::Vote(vec![vote]));
        let batch = [
            votes(incoming(&peer, "second", 20), 2),
            votes(incoming(&peer, "first", 10), 1),
            votes(phones_own(&peer, "own", 15), 3),
        ];
        assert_eq!(ingest.messages(&batch).await.unwrap().updated, 2);
        let votes = "SELECT value FROM amendment WHERE kind = 'vote' ORDER BY value";
        assert_eq!(column(&raw, votes).await, ["02", "03"]);
        let shown = only(&desk.owner, ChatId(1)).await;
        assert_eq!((&*shown.text, shown.edited, shown.reactions.len()), (TARGET, None, 0));
    })
    .await;
}
