use wacore::proto_helpers::build_reaction_message;
use wacore_binary::Jid;
use waproto::whatsapp::{
    self as wa, MessageKey,
    message::{
        AudioMessage, ImageMessage, ProtocolMessage, ReactionMessage, protocol_message::Type,
    },
};

use super::{ana, bia, text};
use crate::phone::{Card, Envelope, MessageContext, MessageKind, MessageStatus, Phone, UpdateKind};

const BIA: &str = "5561999990002";

/// Ana, with Bia's address.
fn ana_knowing_bia() -> Phone {
    let mut ana = ana();
    ana.learn_address(&bia().jid(), &bia().lid());
    ana
}

fn from_bia(id: &str) -> Envelope {
    Envelope { id: id.to_owned(), chat: bia().lid(), sender: bia().lid(), timestamp: 1_700_000_000 }
}

fn of_protocol(kind: Type, id: &str, edited: Option<wa::Message>) -> wa::Message {
    wa::Message {
        protocol_message: ProtocolMessage {
            r#type: Some(kind),
            key: MessageKey { id: Some(id.to_owned()), ..Default::default() }.into(),
            edited_message: edited.into(),
            ..Default::default()
        }
        .into(),
        ..Default::default()
    }
}

#[test]
fn messages_by_lid_and_by_number_are_one_chat() {
    let mut ana = ana_knowing_bia();
    let by_number = Envelope { chat: bia().jid(), sender: bia().jid(), ..from_bia("2") };

    assert!(ana.record_incoming(&from_bia("1"), &text("oi")));
    assert!(ana.record_incoming(&by_number, &text("oi?")));
    assert!(!ana.record_incoming(&from_bia("1"), &text("oi")), "a repeat changes nothing");

    let chat = ana.chats().get(BIA).expect("a chat");
    assert_eq!(chat.unread(), 2);
    assert_eq!(ana.chats().iter().count(), 1);
    let first = &chat.messages()[0];
    assert_eq!((first.from.as_str(), first.from_me), (BIA, false));
    assert_eq!(first.text.as_deref(), Some("oi"));
    assert_eq!((first.copies, chat.messages()[1].copies), (2, 1));
}

#[test]
fn receipts_only_move_a_message_forward() {
    let mut ana = ana_knowing_bia();
    let (id, _) = ana.compose_text(&bia().lid(), "oi", None).expect("writes");
    let status = |ana: &Phone| ana.chats().message(BIA, &id).map(|message| message.status);
    assert_eq!(status(&ana), Some(MessageStatus::Pending));

    for (receipt, then) in [
        (MessageStatus::Sent, MessageStatus::Sent),
        (MessageStatus::Read, MessageStatus::Read),
        (MessageStatus::Delivered, MessageStatus::Read),
    ] {
        ana.chats_mut().advance(BIA, [id.as_str(), "unknown"], receipt);
        assert_eq!(status(&ana), Some(then));
    }
}

#[test]
fn opening_a_chat_reads_what_was_unread_once() {
    let mut ana = ana_knowing_bia();
    ana.record_incoming(&from_bia("1"), &text("a"));
    ana.record_incoming(&from_bia("2"), &text("b"));
    ana.compose_text(&bia().lid(), "c", None).expect("writes");

    let read: Vec<_> = ana.chats_mut().mark_read(BIA).into_iter().map(|row| row.id).collect();

    assert_eq!(read, ["1", "2"]);
    assert!(ana.chats_mut().mark_read(BIA).is_empty());
    assert_eq!(ana.chats().get(BIA).map(|chat| chat.unread()), Some(0));
}

#[test]
fn listening_plays_voice_notes_once_also_those_that_were_read() {
    let mut ana = ana_knowing_bia();
    let note = wa::Message {
        audio_message: AudioMessage { ptt: Some(true), ..Default::default() }.into(),
        ..Default::default()
    };
    ana.record_incoming(&from_bia("1"), &note);
    ana.record_incoming(&from_bia("2"), &text("a"));
    ana.chats_mut().mark_read(BIA);
    ana.record_incoming(&from_bia("3"), &text("b"));

    let played: Vec<_> = ana.chats_mut().mark_played(BIA).into_iter().map(|row| row.id).collect();

    assert_eq!(played, ["1", "3"]);
    let statuses: Vec<_> = ana.chats().messages(BIA).iter().map(|row| row.status).collect();
    assert_eq!(statuses, [MessageStatus::Played, MessageStatus::Read, MessageStatus::Read]);
    assert!(ana.chats_mut().mark_played(BIA).is_empty());
    assert!(ana.chats_mut().mark_read(BIA).is_empty());
}

#[test]
fn a_retry_takes_the_place_of_the_undecryptable_message() {
    let mut ana = ana_knowing_bia();
    assert!(ana.record_undecryptable(&from_bia("1")));
    ana.record_incoming(&from_bia("2"), &text("depois"));

    assert!(ana.record_incoming(&from_bia("1"), &text("antes")));

    let rows = ana.chats().messages(BIA);
    let texts: Vec<_> = rows.iter().filter_map(|row| row.text.as_deref()).collect();
    assert_eq!(texts, ["antes", "depois"]);
    assert_eq!(rows[0].copies, 1, "the undecryptable one was none");
    assert!(!ana.record_undecryptable(&from_bia("1")), "what was read stays read");
}

#[test]
fn authors_edit_and_revoke_their_own_messages_only() {
    let mut ana = ana_knowing_bia();
    ana.record_incoming(&from_bia("1"), &text("oi"));
    let (mine, _) = ana.compose_text(&bia().lid(), "meu", None).expect("writes");

    let edit = of_protocol(Type::MESSAGE_EDIT, "1", Some(text("olá")));
    assert!(ana.record_incoming(&from_bia("e"), &edit));
    let not_hers = of_protocol(Type::REVOKE, &mine, None);
    assert!(!ana.record_incoming(&from_bia("r"), &not_hers));
    assert_eq!(ana.chats().message(BIA, "1").and_then(|row| row.text.as_deref()), Some("olá"));

    assert!(ana.record_incoming(&from_bia("r2"), &of_protocol(Type::REVOKE, "1", None)));
    let gone = ana.chats().message(BIA, "1").expect("keeps its place");
    assert_eq!((gone.kind, gone.text.as_deref()), (MessageKind::Revoked, None));
}

#[test]
fn other_kinds_are_named_and_peer_data_is_invisible() {
    let mut ana = ana_knowing_bia();
    let image = wa::Message {
        image_message: ImageMessage { caption: Some("foto".into()), ..Default::default() }.into(),
        ..Default::default()
    };
    let reaction = wa::Message {
        reaction_message: ReactionMessage {
            key: MessageKey { id: Some("1".into()), ..Default::default() }.into(),
            text: Some("👍".into()),
            ..Default::default()
        }
        .into(),
        ..Default::default()
    };

    ana.record_incoming(&from_bia("1"), &image);
    ana.record_incoming(&from_bia("2"), &reaction);
    let keys = ana.key_share();
    assert!(!ana.record_incoming(&from_bia("3"), &keys));

    let rows: Vec<_> = ana
        .chats()
        .messages(BIA)
        .iter()
        .map(|row| (row.kind, row.text.as_deref(), row.quoted.as_deref()))
        .collect();
    assert_eq!(
        rows,
        [(MessageKind::Image, Some("foto"), None), (MessageKind::Reaction, Some("👍"), Some("1"))]
    );
}

#[test]
fn an_answer_quotes_the_message_it_answers() {
    let mut ana = ana_knowing_bia();
    ana.record_incoming(&from_bia("1"), &text("que horas?"));

    let (id, message) = ana.compose_text(&bia().lid(), "às dez", Some("1")).expect("writes");

    let context = &message.extended_text_message.context_info;
    assert_eq!(context.stanza_id.as_deref(), Some("1"));
    assert_eq!(context.participant.as_deref(), Some("100000000000002@lid"));
    assert_eq!(context.quoted_message.conversation.as_deref(), Some("que horas?"));
    assert_eq!(ana.chats().message(BIA, &id).and_then(|row| row.quoted.as_deref()), Some("1"));
    assert!(ana.compose_text(&bia().lid(), "?", Some("nope")).is_err());
}

#[test]
fn unknown_lids_and_groups_go_by_their_jid() {
    let mut ana = ana();
    let group = Envelope { chat: Jid::group("120363000000000001"), ..from_bia("1") };

    ana.record_incoming(&from_bia("1"), &text("oi"));
    ana.record_incoming(&group, &text("oi, grupo"));

    let names: Vec<_> = ana.chats().iter().map(|(name, _)| name.to_owned()).collect();
    assert_eq!(names, ["100000000000002@lid", "120363000000000001@g.us"]);
}

/// A reaction to the message `id`, made at `at` milliseconds.
fn reaction(id: &str, emoji: &str, at: i64) -> wa::Message {
    let key = MessageKey { id: Some(id.to_owned()), ..Default::default() };
    build_reaction_message(key, emoji, at)
}

/// An edit of the message `id`, made at `at` milliseconds.
fn edit(id: &str, edited: &str, at: i64) -> wa::Message {
    let mut edit = of_protocol(Type::MESSAGE_EDIT, id, Some(text(edited)));
    edit.protocol_message.get_or_insert_default().timestamp_ms = Some(at);
    edit
}

#[test]
fn a_message_has_the_last_reaction_of_each_person() {
    let mut ana = ana_knowing_bia();
    ana.record_incoming(&from_bia("1"), &text("oi"));
    let by_ana = Envelope { sender: ana.jid(), ..from_bia("2") };
    ana.record_outgoing(&by_ana, &reaction("1", "❤️", 10), MessageStatus::Sent);
    ana.record_incoming(&from_bia("3"), &reaction("1", "👍", 20));
    let shown = |ana: &Phone| -> Vec<_> {
        let row = ana.chats().message(BIA, "1").expect("a row");
        row.reactions.iter().map(|one| (one.from.clone(), one.emoji.clone())).collect()
    };
    let (ana_number, bia_number) = (ana.number().to_owned(), BIA.to_owned());
    let both = [(ana_number.clone(), "❤️".to_owned()), (bia_number.clone(), "👍".to_owned())];
    assert_eq!(shown(&ana), both);

    ana.record_incoming(&from_bia("4"), &reaction("1", "", 40));
    assert!(!ana.record_incoming(&from_bia("3"), &reaction("1", "👍", 20)), "a copy");
    ana.record_incoming(&from_bia("5"), &reaction("1", "😂", 30));
    let withdrawn = [(ana_number, "❤️".to_owned()), (bia_number, String::new())];
    assert_eq!(shown(&ana), withdrawn, "the late one was made earlier");
    assert_eq!(ana.chats().message(BIA, "3").map(|row| row.copies), Some(2));
}

#[test]
fn updates_count_once_and_the_latest_edit_wins() {
    let mut ana = ana_knowing_bia();
    ana.record_incoming(&from_bia("1"), &text("a"));
    assert!(ana.record_incoming(&from_bia("e2"), &edit("1", "c", 20)));
    assert!(!ana.record_incoming(&from_bia("e1"), &edit("1", "b", 10)), "it was made earlier");
    assert!(!ana.record_incoming(&from_bia("e2"), &edit("1", "c", 20)), "a copy");

    let row = ana.chats().message(BIA, "1").expect("a row");
    assert_eq!((row.text.as_deref(), row.edited), (Some("c"), true));
    let updates: Vec<_> = row.updates.iter().map(|one| (one.id.as_str(), one.copies)).collect();
    assert_eq!(updates, [("e2", 2), ("e1", 1)]);

    assert!(ana.record_incoming(&from_bia("r"), &of_protocol(Type::REVOKE, "1", None)));
    assert!(!ana.record_incoming(&from_bia("e3"), &edit("1", "d", 30)), "it is gone");
    let row = ana.chats().message(BIA, "1").expect("a row");
    assert_eq!((row.kind, row.text.as_deref()), (MessageKind::Revoked, None));
    assert_eq!(row.updates.last().map(|one| one.kind), Some(UpdateKind::Edit));
}

#[test]
fn an_update_waits_for_its_message() {
    let mut ana = ana_knowing_bia();
    ana.record_undecryptable(&from_bia("1"));
    assert!(!ana.record_incoming(&from_bia("e"), &edit("1", "b", 10)));
    ana.record_incoming(&from_bia("2"), &reaction("1", "👍", 20));
    assert!(ana.record_incoming(&from_bia("1"), &text("a")), "the retry");

    let row = ana.chats().message(BIA, "1").expect("a row");
    assert_eq!((row.text.as_deref(), row.edited), (Some("b"), true));
    assert_eq!(row.reactions[0].emoji, "👍");
}

#[test]
fn an_update_that_could_not_be_read_at_first_leaves_no_row() {
    let mut ana = ana_knowing_bia();
    ana.record_incoming(&from_bia("1"), &text("a"));
    ana.record_undecryptable(&from_bia("r"));
    ana.record_incoming(&from_bia("2"), &text("b"));
    assert!(ana.record_incoming(&from_bia("r"), &of_protocol(Type::REVOKE, "1", None)));

    let chat = ana.chats().get(BIA).expect("a chat");
    let ids: Vec<_> = chat.messages().iter().map(|row| row.id.as_str()).collect();
    assert_eq!((ids, chat.unread()), (vec!["1", "2"], 2));
    assert_eq!(chat.message("2").and_then(|row| row.text.as_deref()), Some("b"));
}

#[test]
fn a_vote_that_comes_before_its_poll_counts() {
    let (to, mut asking, mut ana) = (ana().lid(), bia(), ana_knowing_bia());
    let options = ["sim", "não"].map(str::to_owned).to_vec();
    let poll = Card::Poll { question: "Vamos?".to_owned(), options };
    let (poll_id, poll) =
        asking.compose_card(&to, &poll, &MessageContext::default()).expect("asks");
    let chosen = vec!["não".to_owned()];
    let (vote_id, vote) = asking.compose_vote(&to, &poll_id, &chosen).expect("votes");

    assert!(ana.record_incoming(&from_bia(&vote_id), &vote));
    let closed = ana.chats().message(BIA, &vote_id).expect("a row");
    assert_eq!((closed.kind, closed.text.as_ref()), (MessageKind::PollVote, None));
    assert!(ana.record_incoming(&from_bia(&poll_id), &poll));
    let votes = &ana.chats().message(BIA, &poll_id).expect("a poll").votes;
    let votes: Vec<_> = votes.iter().map(|vote| (vote.from.as_str(), &vote.options)).collect();
    assert_eq!(votes, [(BIA, &chosen)]);
    let opened = ana.chats().message(BIA, &vote_id).expect("a row");
    assert_eq!((opened.text.as_deref(), &opened.options), (Some("não"), &chosen));
}
