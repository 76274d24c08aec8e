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
use whatsapp_rust::types::message::EditAttribute;
use whatsapp_rust::wacore_binary::JidExt as _;
use whatsapp_rust::waproto::whatsapp::message::protocol_message::Type;
use whatsapp_rust::{InboundDurabilityHook, anyhow, async_trait};

use crate::commit::{CommitError, Commits};
use crate::content::{self, Content};
use crate::gate::Entry;
use crate::media;
use crate::origin::{self, Chat, Own};
use crate::people;
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
        client: Arc<Client>,
        batch: &[InboundMessage],
    ) -> anyhow::Result<()> {
        anyhow::ensure!(self.entry.is_open().await, "not, or not yet, from the right phone");
        let mut rows = rows(batch, &Own::of(&client));
        find_numbers(&client, &mut rows).await;
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
pub(crate) fn rows(batch: &[InboundMessage], own: &Own) -> Vec<Inbound> {
    batch.iter().flat_map(|item| inbound(&item.info, &item.message, own)).collect()
}

/// The row of a message in each conversation that it is part of. None for what is no message to a
/// person: keys, receipts of the protocol itself, status posts and channels.
fn inbound(info: &MessageInfo, message: &wa::Message, own: &Own) -> Vec<Inbound> {
    let offline = info.is_offline;
    let fill = |row: Inbound| {
        if let Some(amends) = amends(message, info) {
            return Some(Inbound { amends: Some(amends), offline, ..row });
        }
        let Content { kind, text, original } = content::of(message)?;
        Some(Inbound { kind, text, original, offline, media: media::of(message), ..row })
    };
    envelopes(info, own).into_iter().filter_map(fill).collect()
}

/// What stands for a message whose content did not come, in each of its conversations. None where
/// nothing should, which is what senders ask of reactions and the like (`decrypt-fail="hide"`).
pub(crate) fn placeholders(message: &UndecryptableMessage, own: &Own) -> Vec<Inbound> {
    if message.decrypt_fail_mode == DecryptFailMode::Hide {
        return Vec::new();
    }
    // WhatsApp keeps the first from linked devices, and nobody is asked for the second: it is our own
    // phone's.
    let is_our_own = message.info.source.is_self_fanout();
    let stays = message.unavailable_type.is_unrecoverable_fanout() || is_our_own;
    let kind = if stays { MessageKind::OnPhone } else { MessageKind::Undecryptable };
    envelopes(&message.info, own).into_iter().map(|row| Inbound { kind, ..row }).collect()
}

/// What is known of a message before its content is. It has not been recovered from an absence yet.
fn envelopes(info: &MessageInfo, own: &Own) -> Vec<Inbound> {
    origin::chats(info, own).into_iter().map(|chat| envelope(info, chat)).collect()
}

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

/// Adds the phone numbers that stanzas left out and the library knows.
async fn find_numbers(client: &Client, rows: &mut [Inbound]) {
    for row in rows {
        for peer in [Some(&mut row.peer), row.sender.as_mut()].into_iter().flatten() {
            if let (Some(lid), None) = (&peer.lid, &peer.pn)
                && let Ok(lid) = lid.parse::<Jid>()
            {
                peer.pn = people::number_of(client, &lid).await.map(|pn| pn.to_string());
            }
        }
    }
}

/// When WhatsApp's server took it: `t` in whole seconds, and in `sts` to the microsecond where the
/// stanza has one (`WAWebHandleMsgParser`).
fn sent_at(info: &MessageInfo) -> DateTime<Utc> {
    let exact = info.server_timestamp_us.and_then(DateTime::from_timestamp_micros);
    exact.filter(|at| at.timestamp() == info.timestamp.timestamp()).unwrap_or(info.timestamp)
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
    use whatsapp_rust::types::message::MessageSource;

    fn text(body: &str) -> wa::Message {
        wa::Message { conversation: Some(body.into()), ..Default::default() }
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
            placeholders(&message, &Own::default()).pop()
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
