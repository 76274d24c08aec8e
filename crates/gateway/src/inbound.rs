//! Stores decrypted messages as rows before WhatsApp gets their delivery receipt.
//!
//! The library's durability hook is its only at-least-once path. The delivery receipt waits until
//! [`DurabilityHook::on_messages`] returns `Ok`; after an `Err` the server sends the batch again.
//! So the store is idempotent. The session pauses while nothing can be stored (`storage`).

use std::sync::Arc;

use chrono::{DateTime, Utc};
use model::content::Missing;
use model::{MessageContent, MessageKind};
use store::{Inbound, InboundMentions, MessageUpdate, Peer, UpdateOf};
use tokio::sync::mpsc;
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::{Client, InboundMessage, MessageExt, MessageInfo, wa};
use whatsapp_rust::types::events::{DecryptFailMode, UndecryptableMessage};
use whatsapp_rust::types::message::EditAttribute;
use whatsapp_rust::wacore_binary::JidExt as _;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;
use whatsapp_rust::{InboundDurabilityHook, anyhow, async_trait};

use crate::content::context::{self, Context};
use crate::content::{self, Content};
use crate::intake::{Intake, IntakeError};
use crate::media;
use crate::origin::{self, Chat, OwnPhone};
use crate::signal::Signal;

/// The durability hook of one session.
pub(crate) struct DurabilityHook {
    pub(crate) intake: Intake,
    pub(crate) signals: mpsc::UnboundedSender<Signal>,
}

#[async_trait]
impl InboundDurabilityHook for DurabilityHook {
    async fn on_messages(
        &self,
        client: Arc<Client>,
        batch: &[InboundMessage],
    ) -> anyhow::Result<()> {
        let rows = rows(batch, &OwnPhone::of(&client));
        let stored = self.intake.store(&client, rows).await;
        if stored.as_ref().is_err_and(IntakeError::is_outage) {
            // The session may be gone already, and then nobody needs the signal.
            let _ = self.signals.send(Signal::StorageFailed);
        }
        Ok(stored?)
    }
}

/// Returns the rows of a batch, in its order.
pub(crate) fn rows(batch: &[InboundMessage], own_phone: &OwnPhone) -> Vec<Inbound> {
    batch.iter().flat_map(|item| inbound(&item.info, &item.message, own_phone)).collect()
}

/// Returns the rows of a batch, and the envelopes of those of its messages that yield no row.
pub(crate) fn rows_and_silent(
    batch: &[InboundMessage],
    own_phone: &OwnPhone,
) -> (Vec<Inbound>, Vec<Inbound>) {
    let (mut rows, mut silent) = (Vec::new(), Vec::new());
    for item in batch {
        let of_item = inbound(&item.info, &item.message, own_phone);
        if of_item.is_empty() {
            silent.extend(envelopes(&item.info, own_phone));
        }
        rows.extend(of_item);
    }
    (rows, silent)
}

/// Returns the row of a message for each conversation that it is part of. Keys, protocol receipts,
/// status posts and channels are no messages to a person and yield none.
fn inbound(info: &MessageInfo, message: &wa::Message, own_phone: &OwnPhone) -> Vec<Inbound> {
    let offline = info.is_offline;
    let fill = |row: Inbound| {
        if let Some(update) = update_of(message, info) {
            let mentions = context::mentions_of_edit(message, own_phone);
            return Some(Inbound { amends: Some(update), offline, mentions, ..row });
        }
        let Content { content, text, raw_message } = content::of(message)?;
        let Context { reply_to, forwarded, mentions } = context::of(message, own_phone);
        let media = match content {
            MessageContent::LinkedText(_) => media::of_link(message),
            _ => media::of(message),
        };
        let timer = content::timer(message);
        let row = Inbound { text, raw_message, offline, media, reply_to, forwarded, timer, ..row };
        let row = Inbound { mentions, ..row };
        Some(with_content(row, content))
    };
    envelopes(info, own_phone).into_iter().filter_map(fill).collect()
}

/// Returns the placeholders of a message that could not be decrypted, one for each of its
/// conversations. There is none if the sender asks for that, as for reactions
/// (`decrypt-fail="hide"`).
pub(crate) fn placeholders(message: &UndecryptableMessage, own_phone: &OwnPhone) -> Vec<Inbound> {
    if message.decrypt_fail_mode == DecryptFailMode::Hide {
        return Vec::new();
    }
    // WhatsApp withholds the first kind from linked devices. The second is of the own phone, which
    // is not asked to send it again.
    let is_our_own = message.info.source.is_self_fanout();
    let stays = message.unavailable_type.is_unrecoverable_fanout() || is_our_own;
    let missing = if stays { Missing::OnPhone } else { Missing::Undecryptable };
    let content = MessageContent::Placeholder(missing);
    let rows = envelopes(&message.info, own_phone).into_iter();
    rows.map(|row| with_content(row, content.clone())).collect()
}

/// Returns the row with this content.
pub(crate) fn with_content(row: Inbound, content: MessageContent) -> Inbound {
    Inbound { kind: content.kind(), content: Some(content).filter(MessageContent::has_data), ..row }
}

/// Returns the rows of a message without its content, one for each conversation: its placeholders.
/// They do not count as recovered yet.
pub(crate) fn envelopes(info: &MessageInfo, own_phone: &OwnPhone) -> Vec<Inbound> {
    origin::chats(info, own_phone).into_iter().map(|chat| envelope(info, chat)).collect()
}

/// Builds the row of a message without its content.
fn envelope(info: &MessageInfo, chat: Chat) -> Inbound {
    let source = &info.source;
    let (peer, group) = match chat {
        Chat::With(peer) => (peer, None),
        Chat::Group(group) => (Peer::default(), Some(group)),
    };
    Inbound {
        peer,
        sender: group.is_some().then(|| origin::author(source)),
        group,
        from_me: source.is_from_me,
        wa_id: info.id.clone(),
        kind: MessageKind::Undecryptable,
        content: None,
        text: String::new(),
        timestamp: sent_at(info),
        push_name: (!source.is_from_me && !info.push_name.is_empty())
            .then(|| info.push_name.clone()),
        business_name: info
            .verified_name
            .as_ref()
            .filter(|_| !source.is_from_me)
            .and_then(|verified| verified.name.clone()),
        offline: false,
        raw_message: None,
        media: None,
        reply_to: None,
        mentions: InboundMentions::default(),
        forwarded: 0,
        timer: None,
        amends: None,
    }
}

/// Returns the time at which WhatsApp's server took the message: `t` in whole seconds, or `sts` to
/// the microsecond if the stanza has one (`WAWebHandleMsgParser`).
fn sent_at(info: &MessageInfo) -> DateTime<Utc> {
    let exact = info.server_timestamp_us.and_then(DateTime::from_timestamp_micros);
    exact.filter(|at| at.timestamp() == info.timestamp.timestamp()).unwrap_or(info.timestamp)
}

/// Returns the change that a message makes to an earlier one, if that is its purpose.
fn update_of(message: &wa::Message, info: &MessageInfo) -> Option<UpdateOf> {
    let base = content::base(message);
    if let Some(reaction) = base.reaction_message.as_option() {
        let emoji = reaction.text.clone().unwrap_or_default();
        return Some(UpdateOf {
            target: reaction.key.id.clone()?,
            what: MessageUpdate::Reaction(emoji),
        });
    }
    if let Some(vote) = base.poll_update_message.as_option() {
        let target = vote.poll_creation_message_key.id.clone()?;
        return Some(UpdateOf { target, what: MessageUpdate::Vote(vote.encode_to_vec()) });
    }
    if let Some(keep) = base.keep_in_chat_message.as_option() {
        let is_kept = match keep.keep_type? {
            wa::KeepType::KEEP_FOR_ALL => true,
            wa::KeepType::UNDO_KEEP_FOR_ALL => false,
            wa::KeepType::UNKNOWN => return None,
        };
        return Some(UpdateOf { target: keep.key.id.clone()?, what: MessageUpdate::Kept(is_kept) });
    }
    let protocol = base.protocol_message.as_option()?;
    let what = match protocol.r#type? {
        Type::REVOKE if info.source.chat.is_group() && info.edit == EditAttribute::AdminRevoke => {
            MessageUpdate::RevokedByAdmin
        }
        Type::REVOKE => MessageUpdate::Revoked,
        Type::MESSAGE_EDIT => {
            let edited = &protocol.edited_message;
            let text = edited.text_content().or_else(|| edited.get_caption());
            MessageUpdate::Edited(text.unwrap_or_default().to_owned())
        }
        _ => return None,
    };
    Some(UpdateOf { target: protocol.key.id.clone()?, what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::text;
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::proto_helpers::build_keep_in_chat_message;
    use whatsapp_rust::types::events::UnavailableType;
    use whatsapp_rust::types::message::MessageSource;

    fn protocol(r#type: Type, edited: Option<wa::Message>) -> wa::Message {
        wa::Message {
            protocol_message: MessageField::some(wa::message::ProtocolMessage {
                key: MessageField::some(wa::MessageKey {
                    id: Some("3EB0C431C26A1916E07A".into()),
                    ..Default::default()
                }),
                r#type: Some(r#type),
                edited_message: edited.map_or_else(Default::default, MessageField::some),
                ..Default::default()
            }),
            ..Default::default()
        }
    }

    #[test]
    fn updates_of_other_messages_are_recognised() {
        let info = MessageInfo::default();
        let what = |message: &wa::Message| {
            let update = update_of(message, &info)?;
            assert_eq!(update.target, "3EB0C431C26A1916E07A");
            Some(update.what)
        };
        let edit = protocol(Type::MESSAGE_EDIT, Some(text("corrigida")));
        assert_eq!(what(&edit), Some(MessageUpdate::Edited("corrigida".into())));
        assert_eq!(what(&protocol(Type::REVOKE, None)), Some(MessageUpdate::Revoked));
        let by_admin = MessageInfo { edit: EditAttribute::AdminRevoke, ..Default::default() };
        let alone = update_of(&protocol(Type::REVOKE, None), &by_admin).map(|update| update.what);
        assert_eq!(alone, Some(MessageUpdate::Revoked), "there are no administrators of two");
        let vote = wa::message::PollUpdateMessage {
            poll_creation_message_key: MessageField::some(wa::MessageKey {
                id: Some("3EB0C431C26A1916E07A".into()),
                ..Default::default()
            }),
            ..Default::default()
        };
        let kept = Some(MessageUpdate::Vote(vote.encode_to_vec()));
        let vote = MessageField::some(vote);
        assert_eq!(what(&wa::Message { poll_update_message: vote, ..Default::default() }), kept);
        let key = wa::MessageKey { id: Some("3EB0C431C26A1916E07A".into()), ..Default::default() };
        for is_kept in [true, false] {
            let keep = build_keep_in_chat_message(key.clone(), is_kept, 1);
            assert_eq!(what(&keep), Some(MessageUpdate::Kept(is_kept)));
        }
        let other = protocol(Type::EPHEMERAL_SETTING, None);
        assert!(what(&other).is_none() && what(&text("oi")).is_none());
    }

    #[test]
    fn an_answer_and_a_forward_have_their_context() {
        let context = wa::ContextInfo {
            stanza_id: Some("3EB0C431C26A1916E07A".into()),
            participant: Some("900000000000001@lid".into()),
            quoted_message: MessageField::some(text("Custa R$ 10")),
            is_forwarded: Some(true),
            forwarding_score: Some(2),
            ..Default::default()
        };
        let mut message = text("caro!");
        assert!(message.set_context_info(context));
        let source = MessageSource {
            chat: "100000000000001@lid".parse().unwrap(),
            sender: "100000000000001@lid".parse().unwrap(),
            ..Default::default()
        };
        let info = MessageInfo { source, id: "3EB0".into(), ..Default::default() };
        let own_phone = OwnPhone { lid: "900000000000001:3@lid".parse().ok(), pn: None };
        let row = inbound(&info, &message, &own_phone).pop().unwrap();
        let quote = row.reply_to.expect("a quote");
        assert_eq!(
            (quote.wa_id.as_str(), quote.text.as_str()),
            ("3EB0C431C26A1916E07A", "Custa R$ 10")
        );
        assert_eq!(quote.author, store::QuotedAuthor::Ourselves);
        assert_eq!((row.text.as_str(), row.forwarded, row.raw_message), ("caro!", 2, None));
    }

    #[test]
    fn a_placeholder_stands_where_the_message_would() {
        let unreadable = |unavailable_type, mode| {
            let source = MessageSource {
                chat: "120363@g.us".parse().unwrap(),
                sender: "100000000000001@lid".parse().unwrap(),
                is_group: true,
                ..Default::default()
            };
            let info = MessageInfo { source, id: "3EB0".into(), ..Default::default() };
            let message = UndecryptableMessage::builder()
                .info(Arc::new(info))
                .is_unavailable(false)
                .unavailable_type(unavailable_type)
                .decrypt_fail_mode(mode)
                .build();
            placeholders(&message, &OwnPhone::default()).pop()
        };
        use DecryptFailMode::{Hide, Show};
        let in_group = unreadable(UnavailableType::Unknown, Show).unwrap();
        assert_eq!(in_group.group.as_deref(), Some("120363@g.us"));
        let sender = in_group.sender.and_then(|sender| sender.lid);
        assert_eq!(sender.as_deref(), Some("100000000000001@lid"));
        assert_eq!(in_group.kind, MessageKind::Undecryptable);

        let once = unreadable(UnavailableType::ViewOnce, Show).unwrap();
        assert_eq!(once.kind, MessageKind::OnPhone);
        assert_eq!(unreadable(UnavailableType::Unknown, Hide), None);
    }
}
