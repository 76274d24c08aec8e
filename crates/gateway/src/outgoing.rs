//! Builds the protobuf of what the outbox sends.
//!
//! All of it goes through `Client::send_message_with_options` under the operation's own id. The
//! library infers the `edit` attribute of the stanza from the message
//! (`EditAttribute::infer_from_message`), and keeps the message under that id for recipients who
//! could not decrypt it. An operation that is sent again replaces that copy with an equal one.

mod album;
mod contacts;
mod content;
mod file;
mod link_preview;
mod place;
mod poll;
mod text;
mod timer;

use chrono::{DateTime, TimeDelta, Utc};
use model::change::{self, EDITABLE_FOR, REVOCABLE_FOR};
use model::{MessageKind, WaMessageId};
use store::{Operation, OutgoingQuote, QuotedBy};
use whatsapp_rust::prelude::{Jid, MessageBuilderExt as _, MessageField, wa};
use whatsapp_rust::proto_helpers::build_reaction_message;
use whatsapp_rust::wacore_binary::JidExt as _;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;
use whatsapp_rust::waproto::whatsapp::message::{
    AudioMessage, ContactMessage, DocumentMessage, ImageMessage, LiveLocationMessage,
    LocationMessage, ProtocolMessage, StickerMessage, VideoMessage,
};

use crate::origin::OwnPhone;

/// Returns the time that is left to send a change; `None` for operations that are possible at any
/// time. It is zero or negative once WhatsApp no longer allows the change.
pub(crate) fn time_left(operation: &Operation, now: DateTime<Utc>) -> Option<TimeDelta> {
    let (allowed, taken_at) = match operation {
        Operation::Edit { taken_at, .. } => (EDITABLE_FOR, *taken_at),
        Operation::Revoke { taken_at, .. } => (REVOCABLE_FOR, *taken_at),
        Operation::Send { .. }
        | Operation::Timer { .. }
        | Operation::Leave
        | Operation::React { .. }
        | Operation::Vote { .. } => return None,
    };
    Some(change::time_left(allowed, Some(taken_at), now))
}

/// Builds the message of an operation in a chat. `queued_at` is its time, also when it
/// is sent again: of two edits, phones show the one with the later time.
pub(crate) fn message(
    operation: &Operation,
    chat: &Jid,
    own_phone: &OwnPhone,
    queued_at: DateTime<Utc>,
) -> wa::Message {
    let context = |reply_to: &Option<OutgoingQuote>, forwarded: u32, mentions: &[String]| {
        context(reply_to.as_ref(), forwarded, mentions, chat, own_phone)
    };
    let mut message = match operation {
        Operation::Send { text: body, content, reply_to, forwarded, file, mentions, .. } => {
            let context = context(reply_to, *forwarded, mentions);
            match (content, file) {
                (Some(content), picture) => {
                    content::message(content, body, picture.as_ref(), context)
                }
                (None, Some(file)) => file::message(file, body, context),
                (None, None) => text::text(body, context),
            }
        }
        Operation::Timer { seconds } => protocol(timer::setting(*seconds, queued_at)),
        // It is a query, and no message.
        Operation::Leave => wa::Message::default(),
        Operation::Edit { target, text: body, reply_to, mentions, .. } => {
            protocol(ProtocolMessage {
                key: MessageField::some(key(chat, target.as_str(), true, None)),
                r#type: Some(Type::MESSAGE_EDIT),
                edited_message: MessageField::some(text::text(
                    body,
                    context(reply_to, 0, mentions),
                )),
                timestamp_ms: Some(queued_at.timestamp_millis()),
                ..Default::default()
            })
        }
        Operation::Revoke { target, participant, .. } => protocol(ProtocolMessage {
            key: MessageField::some(key(
                chat,
                target.as_str(),
                participant.is_none(),
                participant.as_deref(),
            )),
            r#type: Some(Type::REVOKE),
            ..Default::default()
        }),
        Operation::React { target, from_me, participant, emoji } => {
            let key = key(chat, target.as_str(), *from_me, participant.as_deref());
            build_reaction_message(key, emoji.as_str(), queued_at.timestamp_millis())
        }
        Operation::Vote { target, from_me, participant, secret, options } => {
            let key = key(chat, target.as_str(), *from_me, participant.as_deref());
            let creator = participant.as_ref().and_then(|jid| jid.parse().ok());
            let (from_me, secret, at) = (*from_me, *secret, queued_at);
            let vote = poll::Vote { poll: target, from_me, creator, secret, options, at };
            poll::vote(&vote, key, chat, own_phone)
        }
    };
    if let Operation::Send { timer: Some(timer), .. } = operation {
        timer::carry(&mut message, timer);
    }
    match album::of(operation) {
        Some(album) => album::part(message, key(chat, album.wa_id.as_str(), true, None)),
        None => message,
    }
}

/// Returns id and content of the message that announces the album of a file; `None` unless the file is the one
/// before which it goes.
pub(crate) fn announcement(operation: &Operation) -> Option<(&WaMessageId, wa::Message)> {
    album::announcement(operation)
}

/// Builds the key of a message in a chat. Only keys in groups name the author, unless that is the number
/// itself.
fn key(chat: &Jid, id: &str, from_me: bool, participant: Option<&str>) -> wa::MessageKey {
    wa::MessageKey {
        remote_jid: Some(chat.to_string()),
        from_me: Some(from_me),
        id: Some(id.to_owned()),
        participant: participant.map(str::to_owned),
    }
}

fn protocol(content: ProtocolMessage) -> wa::Message {
    wa::Message { protocol_message: MessageField::some(content), ..Default::default() }
}

/// Builds the context of a text or a file; `None` if it is an original that answers nothing and mentions
/// nobody.
fn context(
    reply_to: Option<&OutgoingQuote>,
    forwarded: u32,
    mentions: &[String],
    chat: &Jid,
    own_phone: &OwnPhone,
) -> Option<wa::ContextInfo> {
    let quote = reply_to.map(|quote| wa::ContextInfo {
        stanza_id: Some(quote.wa_id.as_str().to_owned()),
        participant: participant(&quote.author, chat, own_phone),
        quoted_message: MessageField::some(copy(quote.kind, &quote.text)),
        ..Default::default()
    });
    if forwarded == 0 && mentions.is_empty() {
        return quote;
    }
    let is_forwarded = forwarded > 0;
    Some(wa::ContextInfo {
        is_forwarded: is_forwarded.then_some(true),
        forwarding_score: is_forwarded.then_some(forwarded),
        mentioned_jid: mentions.to_vec(),
        ..quote.unwrap_or_default()
    })
}

/// Returns the address of the author of a quoted message: in a chat with a person, WhatsApp Web
/// names the number itself by phone number, and the person as the chat does. In a group it names both by
/// hidden identities.
fn participant(author: &QuotedBy, chat: &Jid, own_phone: &OwnPhone) -> Option<String> {
    let (pn, lid) = (own_phone.pn.as_ref(), own_phone.lid.as_ref());
    let author = match author {
        QuotedBy::Ourselves if chat.is_group() => lid.or(pn)?,
        QuotedBy::Ourselves => pn.or(lid)?,
        QuotedBy::Contact => chat,
        QuotedBy::Member(member) => return member.clone(),
    };
    Some(author.to_non_ad().to_string())
}

/// Builds the copy of a quoted message, which the recipient sees above the answer if the message is
/// not on their phone any more. It has the kind and the text, and no file.
fn copy(kind: MessageKind, text: &str) -> wa::Message {
    let empty = wa::Message::default;
    let caption = || (!text.is_empty()).then(|| text.to_owned());
    let name = || text.lines().next().map(str::to_owned);
    match kind {
        MessageKind::Image => {
            let image = ImageMessage { caption: caption(), ..Default::default() };
            wa::Message { image_message: MessageField::some(image), ..empty() }
        }
        MessageKind::Video => {
            let video = VideoMessage { caption: caption(), ..Default::default() };
            wa::Message { video_message: MessageField::some(video), ..empty() }
        }
        MessageKind::Document => {
            let document = DocumentMessage { caption: caption(), ..Default::default() };
            wa::Message { document_message: MessageField::some(document), ..empty() }
        }
        MessageKind::Audio => {
            wa::Message { audio_message: MessageField::some(AudioMessage::default()), ..empty() }
        }
        MessageKind::Sticker => {
            let sticker = StickerMessage::default();
            wa::Message { sticker_message: MessageField::some(sticker), ..empty() }
        }
        MessageKind::Location => {
            let place = LocationMessage { name: name(), ..Default::default() };
            wa::Message { location_message: MessageField::some(place), ..empty() }
        }
        MessageKind::LiveLocation => {
            let place = LiveLocationMessage { caption: caption(), ..Default::default() };
            wa::Message { live_location_message: MessageField::some(place), ..empty() }
        }
        MessageKind::Contact => {
            let card = ContactMessage { display_name: name(), ..Default::default() };
            wa::Message { contact_message: MessageField::some(card), ..empty() }
        }
        MessageKind::Text
        | MessageKind::Poll
        | MessageKind::Call
        | MessageKind::System
        | MessageKind::Revoked
        | MessageKind::Undecryptable
        | MessageKind::OnPhone
        | MessageKind::Unsupported => wa::Message::text(text),
    }
}

#[cfg(test)]
mod tests {
    use model::WaMessageId;
    use store::QuotedAuthor;
    use whatsapp_rust::types::message::EditAttribute;

    use super::*;
    use crate::content::{self, context};
    use crate::testing::own_phone;

    fn id() -> WaMessageId {
        WaMessageId::from_random([7; 9])
    }

    fn built(operation: &Operation) -> wa::Message {
        let chat: Jid = "100000000000001@lid".parse().unwrap();
        message(operation, &chat, &own_phone(), DateTime::UNIX_EPOCH)
    }

    fn send(reply_to: Option<OutgoingQuote>, forwarded: u32) -> Operation {
        let (text, content) = ("oi".into(), None);
        let (file, timer, mentions) = (None, None, Vec::new());
        Operation::Send { text, content, reply_to, forwarded, file, timer, mentions }
    }

    fn quote(author: QuotedBy, kind: MessageKind, text: &str) -> Option<OutgoingQuote> {
        Some(OutgoingQuote { wa_id: id(), author, kind, text: text.into() })
    }

    #[test]
    fn a_plain_text_is_a_bare_conversation() {
        assert_eq!(built(&send(None, 0)), wa::Message::text("oi"));
    }

    #[test]
    fn a_quote_is_read_as_it_was_written() {
        for kind in [
            MessageKind::Text,
            MessageKind::Image,
            MessageKind::Video,
            MessageKind::Document,
            MessageKind::Audio,
            MessageKind::Sticker,
            MessageKind::Location,
            MessageKind::LiveLocation,
            MessageKind::Contact,
        ] {
            let text = match kind {
                MessageKind::Audio | MessageKind::Sticker => "",
                _ => "azul",
            };
            let answer = built(&send(quote(QuotedBy::Contact, kind, text), 0));
            let there = context::of(&answer, &own_phone()).reply_to.expect("a quote");
            assert_eq!(there.wa_id, id().as_str());
            assert_eq!((there.kind, there.text.as_str()), (kind, text));
            assert_eq!(content::of(&answer).unwrap().text, "oi");
        }
    }

    #[test]
    fn the_author_of_a_quote_is_named_without_a_device() {
        let info = |author| {
            let answer = built(&send(quote(author, MessageKind::Text, "quer?"), 0));
            let named = answer.extended_text_message.context_info.participant.clone();
            (named.unwrap_or_default(), context::of(&answer, &own_phone()).reply_to.unwrap().author)
        };
        let (named, author) = info(QuotedBy::Ourselves);
        assert_eq!(
            (named.as_str(), author),
            ("5561990000000@s.whatsapp.net", QuotedAuthor::Ourselves)
        );
        let (named, author) = info(QuotedBy::Contact);
        let contact = store::Peer::lid("100000000000001@lid");
        assert_eq!(
            (named.as_str(), author),
            ("100000000000001@lid", QuotedAuthor::Contact(contact))
        );
    }

    #[test]
    fn a_forward_has_its_score_and_no_quote() {
        let forward = built(&send(None, 127));
        let read = context::of(&forward, &own_phone());
        assert_eq!((read.reply_to, read.forwarded), (None, 127));
        assert_eq!(forward.extended_text_message.context_info.is_forwarded, Some(true));
    }

    #[test]
    fn the_library_recognises_each_change() {
        let inferred = |operation| EditAttribute::infer_from_message(&built(&operation));
        let (target, taken_at) = (id(), DateTime::UNIX_EPOCH);
        let edit = Operation::Edit {
            target: target.clone(),
            text: "certo".into(),
            reply_to: quote(QuotedBy::Contact, MessageKind::Text, "quanto?"),
            taken_at,
            mentions: Vec::new(),
        };
        let edited = built(&edit);
        let protocol = &edited.protocol_message;
        assert_eq!(protocol.key.id.as_deref(), Some(target.as_str()));
        assert_eq!(protocol.key.remote_jid.as_deref(), Some("100000000000001@lid"));
        assert_eq!(protocol.key.from_me, Some(true));
        let text = &protocol.edited_message.extended_text_message;
        assert_eq!(text.text.as_deref(), Some("certo"));
        assert!(text.context_info.quoted_message.is_set(), "the quote stays");
        assert_eq!(inferred(edit), Some(EditAttribute::MessageEdit));
        let revoke = Operation::Revoke { target: target.clone(), taken_at, participant: None };
        assert_eq!(inferred(revoke), Some(EditAttribute::SenderRevoke));
        let react = |emoji: &str| Operation::React {
            target: target.clone(),
            from_me: false,
            participant: None,
            emoji: emoji.into(),
        };
        assert_eq!(inferred(react("👍")), None);
        assert_eq!(inferred(react("")), Some(EditAttribute::SenderRevoke));
        assert_eq!(built(&react("👍")).reaction_message.key.from_me, Some(false));
    }

    #[test]
    fn in_a_group_the_author_of_another_message_is_named() {
        let group: Jid = "120363041234567890@g.us".parse().unwrap();
        let built =
            |operation: &Operation| message(operation, &group, &own_phone(), DateTime::UNIX_EPOCH);
        let (target, taken_at) = (id(), DateTime::UNIX_EPOCH);
        let member = "100000000000001@lid".to_owned();
        let participant = Some(member.clone());
        let revoke = Operation::Revoke { target: target.clone(), taken_at, participant };
        let revoke = built(&revoke);
        let key = &revoke.protocol_message.key;
        assert_eq!((key.from_me, key.participant.as_ref()), (Some(false), Some(&member)));
        assert_eq!(
            EditAttribute::infer_from_message(&revoke),
            Some(EditAttribute::AdminRevoke),
            "as an administrator"
        );
        let participant = Some(member.clone());
        let react = Operation::React { target, from_me: false, participant, emoji: "👍".into() };
        assert_eq!(built(&react).reaction_message.key.participant.as_ref(), Some(&member));
        let quoted = |author| {
            let answer = built(&send(quote(author, MessageKind::Text, "quer?"), 0));
            answer.extended_text_message.context_info.participant.clone()
        };
        assert_eq!(quoted(QuotedBy::Member(Some(member.clone()))), Some(member.clone()));
        assert_eq!(quoted(QuotedBy::Ourselves).as_deref(), Some("900000000000001@lid"));
        let mut mentioning = send(None, 0);
        if let Operation::Send { mentions, .. } = &mut mentioning {
            mentions.push(member.clone());
        }
        let mentioning = built(&mentioning);
        let info = &mentioning.extended_text_message.context_info;
        assert_eq!((&*info.mentioned_jid, info.is_forwarded), (&[member][..], None));
    }

    #[test]
    fn changes_are_too_late_after_their_time() {
        let late = |after: TimeDelta| {
            let (target, taken_at) = (id(), DateTime::UNIX_EPOCH);
            let edit = Operation::Edit {
                target: target.clone(),
                text: "certo".into(),
                reply_to: None,
                taken_at,
                mentions: Vec::new(),
            };
            let revoke = Operation::Revoke { target, taken_at, participant: None };
            let operations = [edit, revoke, send(None, 0)];
            let left = operations.map(|operation| time_left(&operation, taken_at + after));
            left.map(|left| left.is_some_and(|left| left <= TimeDelta::zero()))
        };
        let second = TimeDelta::seconds(1);
        assert_eq!(late(EDITABLE_FOR - second), [false, false, false]);
        assert_eq!(late(EDITABLE_FOR), [true, false, false]);
        assert_eq!(late(REVOCABLE_FOR - second), [true, false, false]);
        assert_eq!(late(REVOCABLE_FOR), [true, true, false]);
    }
}
