use wacore::proto_helpers::MessageExt as _;
use waproto::whatsapp::{self as wa, message::protocol_message::Type};

use super::{MediaInfo, MessageKind, update::Change};
use crate::phone::Attachment;

/// The effect of a decrypted message on a conversation.
pub(super) enum Content {
    /// A new row.
    Row {
        kind: MessageKind,
        text: Option<String>,
        quoted: Option<String>,
        media: Option<MediaInfo>,
        forwarded: u32,
    },
    /// A new row that also shows at the message it names.
    Reaction { target: String, emoji: String, at: Option<i64> },
    /// A change of the message `target`. `at` is the author's clock in milliseconds.
    Update { target: String, change: Change, at: Option<i64> },
    /// No visible effect: keys, history, requests between own devices.
    Invisible,
}

impl Content {
    /// Reads a message taken out of its `DeviceSentMessage`.
    pub(super) fn of(message: &wa::Message) -> Self {
        let message = message.get_base_message();
        if let Some(protocol) = message.protocol_message.as_option() {
            return Self::of_protocol(protocol);
        }
        if let Some(reaction) = message.reaction_message.as_option() {
            return Self::Reaction {
                target: reaction.key.id.clone().unwrap_or_default(),
                emoji: reaction.text.clone().unwrap_or_default(),
                at: reaction.sender_timestamp_ms,
            };
        }
        match kind(message) {
            Some(kind) => Self::Row {
                kind,
                text: visible_text(message),
                quoted: quoted_id(message).map(str::to_owned),
                media: Attachment::of(message).map(|attachment| attachment.info()),
                forwarded: forwarding_score(message),
            },
            // The message holds only keys: a sender key, or a context without content.
            None => Self::Invisible,
        }
    }

    fn of_protocol(protocol: &wa::message::ProtocolMessage) -> Self {
        let change = match protocol.r#type {
            Some(Type::REVOKE) => Change::Revoke,
            Some(Type::MESSAGE_EDIT) => Change::Edit(visible_text(&protocol.edited_message)),
            _ => return Self::Invisible,
        };
        match protocol.key.id.clone() {
            Some(target) => Self::Update { target, change, at: protocol.timestamp_ms },
            None => Self::Invisible,
        }
    }
}

fn kind(message: &wa::Message) -> Option<MessageKind> {
    let known = [
        (message.conversation.is_some(), MessageKind::Text),
        (message.extended_text_message.is_set(), MessageKind::Text),
        (message.image_message.is_set(), MessageKind::Image),
        (message.video_message.is_set(), MessageKind::Video),
        (message.ptv_message.is_set(), MessageKind::Video),
        (message.audio_message.is_set(), MessageKind::Audio),
        (message.document_message.is_set(), MessageKind::Document),
        (message.sticker_message.is_set(), MessageKind::Sticker),
        (message.location_message.is_set(), MessageKind::Location),
        (message.live_location_message.is_set(), MessageKind::Location),
        (message.contact_message.is_set(), MessageKind::Contact),
        (message.contacts_array_message.is_set(), MessageKind::Contact),
        (message.poll_creation_message.is_set(), MessageKind::Poll),
        (message.poll_creation_message_v2.is_set(), MessageKind::Poll),
        (message.poll_creation_message_v3.is_set(), MessageKind::Poll),
        (message.poll_update_message.is_set(), MessageKind::PollVote),
    ];
    let found = known.into_iter().find_map(|(set, kind)| set.then_some(kind));
    found.or_else(|| has_content(message).then_some(MessageKind::Other))
}

/// Returns `true` if anything is set besides keys and context.
fn has_content(message: &wa::Message) -> bool {
    let mut rest = message.clone();
    rest.message_context_info.take();
    rest.sender_key_distribution_message.take();
    rest.fast_ratchet_key_sender_key_distribution_message.take();
    waproto::codec::message_encoded_len(&rest) > 0
}

fn visible_text(message: &wa::Message) -> Option<String> {
    let poll = [
        &message.poll_creation_message,
        &message.poll_creation_message_v2,
        &message.poll_creation_message_v3,
    ];
    message
        .text_content()
        .or_else(|| message.get_caption())
        .or_else(|| message.contact_message.as_option()?.display_name.as_deref())
        .or_else(|| message.location_message.as_option()?.name.as_deref())
        .or_else(|| poll.into_iter().find_map(|poll| poll.as_option()?.name.as_deref()))
        .map(str::to_owned)
}

fn quoted_id(message: &wa::Message) -> Option<&str> {
    let quoted = contexts(message).find_map(|context| context.stanza_id.as_deref());
    quoted.or_else(|| {
        message.poll_update_message.as_option()?.poll_creation_message_key.id.as_deref()
    })
}

/// The forwarding score of a message, 0 for an original. A client may mark a first forward without
/// counting it.
fn forwarding_score(message: &wa::Message) -> u32 {
    let scores = contexts(message).map(|context| {
        let marked = u32::from(context.is_forwarded == Some(true));
        context.forwarding_score.unwrap_or_default().max(marked)
    });
    scores.max().unwrap_or_default()
}

fn contexts(message: &wa::Message) -> impl Iterator<Item = &wa::ContextInfo> {
    let contexts = [
        &message.extended_text_message.context_info,
        &message.image_message.context_info,
        &message.video_message.context_info,
        &message.audio_message.context_info,
        &message.document_message.context_info,
        &message.sticker_message.context_info,
        &message.location_message.context_info,
        &message.contact_message.context_info,
    ];
    contexts.into_iter().filter_map(|context| context.as_option())
}
