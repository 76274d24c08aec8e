use wacore::proto_helpers::MessageExt as _;
use waproto::whatsapp::{
    self as wa,
    message::{buttons_response_message::Response, protocol_message::Type},
};

use super::{MediaInfo, MessageKind, ShownContact, ShownPlace, update::Change};
use crate::phone::{
    Attachment, LinkPreview,
    album::{album_of, announced, unwrapped},
};

/// The effect of a decrypted message on a conversation.
#[expect(clippy::large_enum_variant, reason = "nearly all contents are rows")]
pub(super) enum Content {
    /// A new row.
    Row {
        kind: MessageKind,
        text: Option<String>,
        quoted: Option<String>,
        media: Option<MediaInfo>,
        forwarded: u32,
        view_once: bool,
        /// Seconds until the message disappears.
        expiration: Option<u32>,
        /// The options of a poll.
        options: Vec<String>,
        link_preview: Option<LinkPreview>,
        location: Option<ShownPlace>,
        contacts: Vec<ShownContact>,
        /// The id of the album that it is part of.
        album: Option<String>,
        /// The pictures and videos that it announces as an album.
        announces: Option<(u32, u32)>,
    },
    /// A new row for a vote, which also counts at the poll it names. `at` is the voter's clock in
    /// milliseconds.
    Vote { target: String, at: Option<i64> },
    /// A change of the chat's timer of disappearing messages, in seconds; 0 turns it off. `at` is the
    /// time of the setting, in seconds since 1970.
    Timer { seconds: u32, at: Option<i64> },
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
        let view_once = message.is_view_once();
        let album = album_of(message);
        let message = unwrapped(message);
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
        if let Some(vote) = message.poll_update_message.as_option() {
            return Self::Vote {
                target: vote.poll_creation_message_key.id.clone().unwrap_or_default(),
                at: vote.sender_timestamp_ms,
            };
        }
        match kind(message) {
            Some(kind) => Self::Row {
                kind,
                text: visible_text(message),
                quoted: quoted_id(message).map(str::to_owned),
                media: Attachment::of(message).map(|attachment| attachment.info()),
                forwarded: forwarding_score(message),
                view_once,
                expiration: message.get_ephemeral_expiration(),
                options: poll_options(message),
                link_preview: LinkPreview::of(message),
                location: ShownPlace::of(message),
                contacts: ShownContact::all(message),
                album,
                announces: announced(message),
            },
            // The message holds only keys: a sender key, or a context without content.
            None => Self::Invisible,
        }
    }

    fn of_protocol(protocol: &wa::message::ProtocolMessage) -> Self {
        let change = match protocol.r#type {
            Some(Type::REVOKE) => Change::Revoke,
            Some(Type::EPHEMERAL_SETTING) => {
                return Self::Timer {
                    seconds: protocol.ephemeral_expiration.unwrap_or_default(),
                    at: protocol.ephemeral_setting_timestamp,
                };
            }
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
        (message.buttons_response_message.is_set(), MessageKind::ButtonReply),
        (message.template_button_reply_message.is_set(), MessageKind::ButtonReply),
        (message.list_response_message.is_set(), MessageKind::ListReply),
        (message.order_message.is_set(), MessageKind::Order),
        (message.product_message.is_set(), MessageKind::Product),
        (message.template_message.is_set(), MessageKind::Template),
        (message.album_message.is_set(), MessageKind::Album),
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

/// The poll of a message, of any version.
fn poll(message: &wa::Message) -> Option<&wa::message::PollCreationMessage> {
    let versions = [
        &message.poll_creation_message,
        &message.poll_creation_message_v2,
        &message.poll_creation_message_v3,
    ];
    versions.into_iter().find_map(|poll| poll.as_option())
}

fn poll_options(message: &wa::Message) -> Vec<String> {
    let options = poll(message).map(|poll| poll.options.as_slice()).unwrap_or_default();
    options.iter().filter_map(|option| option.option_name.clone()).collect()
}

fn visible_text(message: &wa::Message) -> Option<String> {
    message
        .text_content()
        .or_else(|| message.get_caption())
        .or_else(|| message.contact_message.as_option()?.display_name.as_deref())
        .or_else(|| message.location_message.as_option()?.name.as_deref())
        .or_else(|| message.live_location_message.as_option()?.caption.as_deref())
        .or_else(|| poll(message)?.name.as_deref())
        .or_else(|| business_text(message))
        .map(str::to_owned)
}

/// The words of a message of or to a business.
fn business_text(message: &wa::Message) -> Option<&str> {
    if let Some(reply) = message.buttons_response_message.as_option() {
        let Response::SelectedDisplayText(text) = reply.response.as_ref()?;
        return Some(text);
    }
    if let Some(reply) = message.template_button_reply_message.as_option() {
        return reply.selected_display_text.as_deref();
    }
    if let Some(reply) = message.list_response_message.as_option() {
        return reply.title.as_deref();
    }
    if let Some(order) = message.order_message.as_option() {
        return order.message.as_deref().or(order.order_title.as_deref());
    }
    if let Some(product) = message.product_message.as_option() {
        return product.product.title.as_deref();
    }
    let template = message.template_message.as_option()?;
    template.hydrated_template.hydrated_content_text.as_deref()
}

fn quoted_id(message: &wa::Message) -> Option<&str> {
    contexts(message).find_map(|context| context.stanza_id.as_deref())
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
        &message.live_location_message.context_info,
        &message.contact_message.context_info,
        &message.contacts_array_message.context_info,
        &message.poll_creation_message.context_info,
        &message.poll_creation_message_v2.context_info,
        &message.poll_creation_message_v3.context_info,
        &message.buttons_response_message.context_info,
        &message.template_button_reply_message.context_info,
        &message.list_response_message.context_info,
        &message.order_message.context_info,
        &message.product_message.context_info,
        &message.template_message.context_info,
    ];
    contexts.into_iter().filter_map(|context| context.as_option())
}
