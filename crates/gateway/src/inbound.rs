//! What was decrypted becomes rows, before WhatsApp is told that it arrived.
//!
//! The library's durability hook is its only at-least-once path: the delivery receipt waits until
//! [`Durable::on_messages`] returned `Ok`, and an `Err` has the server send the batch again. So the
//! store is idempotent. Where nothing can be stored at all, the session pauses (`storage`).

use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, Utc};
use model::{ChatId, MessageKind};
use store::{Amendment, Amends, Inbound, Ingest, Peer};
use tokio::sync::{Notify, mpsc};
use whatsapp_rust::buffa::Message as _;
use whatsapp_rust::prelude::{Client, InboundMessage, Jid, MessageExt, MessageInfo, wa};
use whatsapp_rust::types::events::{DecryptFailMode, UndecryptableMessage};
use whatsapp_rust::types::message::{EditAttribute, MessageSource};
use whatsapp_rust::wacore_binary::JidExt as _;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;
use whatsapp_rust::{InboundDurabilityHook, anyhow, async_trait};

use crate::commit::{CommitError, Commits};
use crate::content::{self, Content};
use crate::gate::Entry;
use crate::media;
use crate::session::Signal;

/// The hook of one session.
pub(crate) struct Durable {
    pub(crate) entry: Entry,
    pub(crate) signals: mpsc::UnboundedSender<Signal>,
    pub(crate) commits: Commits,
    pub(crate) ingest: Ingest,
    pub(crate) recovered: Recovered,
    /// Rung when there is a file to fetch.
    pub(crate) fetch: Arc<Notify>,
}

/// The conversations of messages that had waited at WhatsApp and were stored since somebody looked.
pub(crate) type Recovered = Arc<Mutex<Vec<ChatId>>>;

#[async_trait]
impl InboundDurabilityHook for Durable {
    async fn on_messages(
        &self,
        _client: Arc<Client>,
        batch: &[InboundMessage],
    ) -> anyhow::Result<()> {
        anyhow::ensure!(self.entry.is_open().await, "not, or not yet, from the right phone");
        let rows = rows(batch);
        let has_files = rows.iter().any(|row| row.media.is_some());
        let kept = self.commits.commit(self.ingest.clone(), rows).await;
        if kept.as_ref().is_err_and(CommitError::is_outage) {
            // The session may be gone already, and then nobody needs to know.
            let _ = self.signals.send(Signal::NotKept);
        }
        let kept = kept?;
        if !kept.is_empty() {
            self.recovered.lock().unwrap_or_else(PoisonError::into_inner).extend(kept);
            let _ = self.signals.send(Signal::Recovered);
        }
        if has_files {
            self.fetch.notify_one();
        }
        Ok(())
    }
}

/// The rows of a batch, in its order.
pub(crate) fn rows(batch: &[InboundMessage]) -> Vec<Inbound> {
    batch.iter().filter_map(|item| inbound(&item.info, &item.message)).collect()
}

/// The row of a message, or `None` for what is no message to a person: keys, receipts of the
/// protocol itself, status posts and channels.
fn inbound(info: &MessageInfo, message: &wa::Message) -> Option<Inbound> {
    if !is_conversation(&info.source.chat) {
        return None;
    }
    let offline = info.is_offline;
    if let Some(amends) = amends(message, info) {
        return Some(Inbound { amends: Some(amends), offline, ..envelope(info) });
    }
    let Content { kind, text, original } = content::of(message)?;
    Some(Inbound { kind, text, original, offline, media: media::of(message), ..envelope(info) })
}

/// What stands for a message whose content did not come; `None` where nothing should, which is what
/// senders ask of reactions and the like (`decrypt-fail="hide"`).
pub(crate) fn placeholder(message: &UndecryptableMessage) -> Option<Inbound> {
    let source = &message.info.source;
    if !is_conversation(&source.chat) || message.decrypt_fail_mode == DecryptFailMode::Hide {
        return None;
    }
    // WhatsApp keeps the first from linked devices, and nobody is asked for the second: it is our own
    // phone's.
    let stays = message.unavailable_type.is_unrecoverable_fanout() || source.is_self_fanout();
    let kind = if stays { MessageKind::OnPhone } else { MessageKind::Undecryptable };
    Some(Inbound { kind, ..envelope(&message.info) })
}

/// What is known of a message before its content is. It has not been recovered from an absence yet.
fn envelope(info: &MessageInfo) -> Inbound {
    let source = &info.source;
    let in_group = source.chat.is_group();
    Inbound {
        peer: peer(source),
        group: in_group.then(|| source.chat.to_non_ad_string()),
        from_me: source.is_from_me,
        sender: in_group.then(|| identities([Some(&source.sender), source.sender_alt.as_ref()])),
        wa_id: info.id.clone(),
        kind: MessageKind::Undecryptable,
        text: String::new(),
        timestamp: sent_at(info),
        push_name: (!source.is_from_me && !info.push_name.is_empty())
            .then(|| info.push_name.clone()),
        offline: false,
        original: None,
        media: None,
        amends: None,
    }
}

/// When WhatsApp's server took it: `t` in whole seconds, and in `sts` to the microsecond where the
/// stanza has one (`WAWebHandleMsgParser`).
fn sent_at(info: &MessageInfo) -> DateTime<Utc> {
    let exact = info.server_timestamp_us.and_then(DateTime::from_timestamp_micros);
    exact.filter(|at| at.timestamp() == info.timestamp.timestamp()).unwrap_or(info.timestamp)
}

pub(crate) fn is_conversation(chat: &Jid) -> bool {
    chat.is_pn() || chat.is_lid() || chat.is_group()
}

/// Who a 1:1 chat is with, under every name the stanza gave.
///
/// WhatsApp addresses a person by LID or by phone number and puts the other one beside it:
/// `sender_lid`/`sender_pn` on what they send, `peer_recipient_*` on what our own phone sent them.
pub(crate) fn peer(source: &MessageSource) -> Peer {
    let other =
        if source.is_from_me { source.recipient_alt.as_ref() } else { source.sender_alt.as_ref() };
    identities([Some(&source.chat), other])
}

/// Sorts JIDs of one person into LID and phone number.
pub(crate) fn identities<'a>(jids: impl IntoIterator<Item = Option<&'a Jid>>) -> Peer {
    let mut peer = Peer::default();
    for jid in jids.into_iter().flatten() {
        if jid.is_lid() {
            peer.lid = Some(jid.to_non_ad_string());
        } else if jid.is_pn() {
            peer.pn = Some(jid.to_non_ad_string());
        }
    }
    peer
}

/// What a message changes of one that was said before, if it is there for that.
fn amends(message: &wa::Message, info: &MessageInfo) -> Option<Amends> {
    let base = content::base(message);
    if let Some(reaction) = base.reaction_message.as_option() {
        let emoji = reaction.text.clone().unwrap_or_default();
        return Some(Amends { target: reaction.key.id.clone()?, what: Amendment::Reaction(emoji) });
    }
    if let Some(vote) = base.poll_update_message.as_option() {
        let target = vote.poll_creation_message_key.id.clone()?;
        return Some(Amends { target, what: Amendment::Vote(vote.encode_to_vec()) });
    }
    let protocol = base.protocol_message.as_option()?;
    let what = match protocol.r#type? {
        Type::REVOKE if info.source.chat.is_group() && info.edit == EditAttribute::AdminRevoke => {
            Amendment::RevokedByAdmin
        }
        Type::REVOKE => Amendment::Revoked,
        Type::MESSAGE_EDIT => {
            let edited = &protocol.edited_message;
            let text = edited.text_content().or_else(|| edited.get_caption());
            Amendment::Edited(text.unwrap_or_default().to_owned())
        }
        _ => return None,
    };
    Some(Amends { target: protocol.key.id.clone()?, what })
}

#[cfg(test)]
mod tests {
    use super::*;
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::types::events::UnavailableType;

    fn text(body: &str) -> wa::Message {
        wa::Message { conversation: Some(body.into()), ..Default::default() }
    }

    #[test]
    fn a_person_is_known_by_both_names() {
        let source = MessageSource {
            chat: "100000000000001@lid".parse().unwrap(),
            sender: "100000000000001:7@lid".parse().unwrap(),
            sender_alt: Some("5561998124471@s.whatsapp.net".parse().unwrap()),
            ..Default::default()
        };
        let peer = peer(&source);
        assert_eq!(peer.lid.as_deref(), Some("100000000000001@lid"));
        assert_eq!(peer.pn.as_deref(), Some("5561998124471@s.whatsapp.net"));
    }

    #[test]
    fn what_our_phone_sent_belongs_to_the_recipients_chat() {
        let source = MessageSource {
            chat: "5561998124471@s.whatsapp.net".parse().unwrap(),
            sender: "5561990000000@s.whatsapp.net".parse().unwrap(),
            sender_alt: Some("999@lid".parse().unwrap()),
            is_from_me: true,
            ..Default::default()
        };
        assert_eq!(peer(&source).lid, None, "the sender's own LID is not the chat's");
    }

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
    fn what_changes_other_messages_is_read_as_that() {
        let info = MessageInfo::default();
        let what = |message: &wa::Message| {
            let amends = amends(message, &info)?;
            assert_eq!(amends.target, "3EB0C431C26A1916E07A");
            Some(amends.what)
        };
        let edit = protocol(Type::MESSAGE_EDIT, Some(text("corrigida")));
        assert_eq!(what(&edit), Some(Amendment::Edited("corrigida".into())));
        assert_eq!(what(&protocol(Type::REVOKE, None)), Some(Amendment::Revoked));
        let by_admin = MessageInfo { edit: EditAttribute::AdminRevoke, ..Default::default() };
        let alone = amends(&protocol(Type::REVOKE, None), &by_admin).map(|amends| amends.what);
        assert_eq!(alone, Some(Amendment::Revoked), "there are no administrators of two");
        let vote = wa::message::PollUpdateMessage {
            poll_creation_message_key: MessageField::some(wa::MessageKey {
                id: Some("3EB0C431C26A1916E07A".into()),
                ..Default::default()
            }),
            ..Default::default()
        };
        let kept = Some(Amendment::Vote(vote.encode_to_vec()));
        let vote = MessageField::some(vote);
        assert_eq!(what(&wa::Message { poll_update_message: vote, ..Default::default() }), kept);
        let other = protocol(Type::EPHEMERAL_SETTING, None);
        assert!(what(&other).is_none() && what(&text("oi")).is_none());
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
            placeholder(&message)
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

    #[test]
    fn status_posts_and_channels_are_no_conversations() {
        assert!(!is_conversation(&Jid::status_broadcast()));
        assert!(!is_conversation(&Jid::newsletter("120363")));
        assert!(is_conversation(&Jid::group("120363")));
    }
}
