//! Chats of the emulator, as a history.

use wacore::proto_helpers::MessageBuilderExt as _;
use wacore_binary::{Jid, JidExt as _};
use waproto::whatsapp::{
    self as wa, Conversation,
    conversation::EndOfHistoryTransferType,
    web_message_info::{Status, StubType},
};

use super::conversation::{MUTED_FOREVER, end, listed};
use crate::phone::{Chat, ChatMessage, MessageKind, MessageStatus, Mute, Phone};

/// Messages of each chat that are synced without a request.
const MESSAGES: usize = 500;

/// Which messages of a chat.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    /// The newest one.
    Newest,
    /// The others, as far as they are synced without a request.
    Rest,
}

impl Phone {
    /// All conversations with some of their messages, newest first.
    pub(super) fn own_conversations(&self, which: Which, by_lid: bool) -> Vec<Conversation> {
        let chats = self.chats.iter().map(|(name, chat)| {
            let shown = shown(chat);
            let (range, is_last) = match which {
                Which::Newest => (0..shown.len().min(1), shown.len() <= 1),
                Which::Rest => (shown.len().min(1)..shown.len().min(MESSAGES), true),
            };
            let rows = shown.get(range).unwrap_or_default();
            let mut conversation = self.conversation(name, chat, by_lid, rows);
            if is_last {
                end(&mut conversation, end_after(shown.len() > MESSAGES));
            }
            conversation
        });
        chats.collect()
    }

    /// The messages of a conversation before one of them, newest first; `None` if there is no such
    /// conversation. The time of the message counts if the phone does not have it.
    pub(super) fn own_before(
        &self,
        chat: &Jid,
        id: &str,
        time_ms: i64,
        count: usize,
        by_lid: bool,
    ) -> Option<Conversation> {
        let name = self.addresses.chat_name(chat);
        let own = self.chats.get(&name)?;
        let shown = shown(own);
        let start = match shown.iter().position(|row| row.id == id) {
            Some(position) => position + 1,
            None => {
                let older = shown.iter().position(|row| row.timestamp * 1_000 < time_ms);
                older.unwrap_or(shown.len())
            }
        };
        let stop = start.saturating_add(count).min(shown.len());
        let rows = shown.get(start..stop).unwrap_or_default();
        let mut conversation = self.conversation(&name, own, by_lid, rows);
        let why = match stop < shown.len() {
            true => {
                EndOfHistoryTransferType::COMPLETE_ON_DEMAND_SYNC_BUT_MORE_MSG_REMAIN_ON_PRIMARY
            }
            false => EndOfHistoryTransferType::COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY,
        };
        end(&mut conversation, why);
        Some(conversation)
    }

    fn conversation(
        &self,
        name: &str,
        chat: &Chat,
        by_lid: bool,
        rows: &[&ChatMessage],
    ) -> Conversation {
        let jid = self.chat_jid(name, by_lid);
        let [lid, pn] = self.addresses.forms(&jid);
        let newest = chat.last().and_then(|last| u64::try_from(last.timestamp).ok());
        let settings = chat.settings();
        let timer = Some(chat.timer()).filter(|timer| *timer > 0);
        let messages = rows.iter().map(|row| self.stored(&jid, row));
        let saved = self.saved.name(name).map(str::to_owned);
        Conversation {
            id: jid.to_string(),
            messages: listed(messages),
            last_msg_timestamp: newest,
            conversation_timestamp: newest,
            unread_count: Some(chat.unread()),
            marked_as_unread: Some(settings.marked_unread),
            archived: Some(settings.archived),
            pinned: settings.pinned_at.and_then(|at| u32::try_from(at).ok()),
            mute_end_time: match settings.mute {
                Mute::Off => None,
                Mute::Until(end) => u64::try_from(end).ok(),
                Mute::Forever => Some(MUTED_FOREVER),
            },
            ephemeral_expiration: timer,
            ephemeral_setting_timestamp: timer.map(|_| chat.timer_at()),
            name: saved,
            not_spam: Some(true),
            pn_jid: (jid.is_lid() && pn.is_pn()).then(|| pn.to_string()),
            lid_jid: (jid.is_pn() && lid.is_lid()).then(|| lid.to_string()),
            ..Default::default()
        }
    }

    /// The address of a conversation.
    fn chat_jid(&self, name: &str, by_lid: bool) -> Jid {
        let jid = match name.contains('@') {
            true => name.parse().unwrap_or_else(|_| Jid::pn(name)),
            false => Jid::pn(name),
        };
        let [lid, pn] = self.addresses.forms(&jid);
        match (jid.is_group(), by_lid) {
            (true, _) => jid,
            (false, true) => lid,
            (false, false) => pn,
        }
    }

    /// A message as it is stored: with its status, its star and the reactions to it.
    fn stored(&self, chat: &Jid, row: &ChatMessage) -> wa::WebMessageInfo {
        let participant = (!row.from_me).then(|| self.participant(chat, row)).flatten();
        let mut info = wa::WebMessageInfo {
            key: wa::MessageKey {
                remote_jid: Some(chat.to_string()),
                from_me: Some(row.from_me),
                id: Some(row.id.clone()),
                participant: participant.clone(),
            }
            .into(),
            participant,
            message_timestamp: u64::try_from(row.timestamp).ok(),
            status: Some(status(row.status)),
            starred: row.starred.then_some(true),
            ..Default::default()
        };
        if row.kind == MessageKind::Revoked {
            info.message_stub_type = Some(StubType::REVOKE);
        } else {
            let text = || wa::Message::text(row.text.as_deref().unwrap_or_default());
            let sent = if row.edited { None } else { self.recent_content(&row.id) };
            info.message = sent.unwrap_or_else(text).into();
        }
        let reactions = row.reactions.iter().filter(|reaction| !reaction.emoji.is_empty());
        info.reactions = reactions
            .map(|reaction| wa::Reaction {
                key: wa::MessageKey {
                    remote_jid: Some(chat.to_string()),
                    from_me: Some(reaction.from == self.number()),
                    participant: (chat.is_group() && reaction.from != self.number())
                        .then(|| self.member_address(chat, &reaction.from).to_non_ad_string()),
                    ..Default::default()
                }
                .into(),
                text: Some(reaction.emoji.clone()),
                sender_timestamp_ms: Some(reaction.at),
                ..Default::default()
            })
            .collect();
        info
    }
}

/// The messages that a history has, newest first. Reactions and votes are in the messages they are
/// about.
fn shown(chat: &Chat) -> Vec<&ChatMessage> {
    let is_shown = |row: &&ChatMessage| {
        !matches!(
            row.kind,
            MessageKind::Reaction | MessageKind::PollVote | MessageKind::Undecryptable
        )
    };
    chat.messages().iter().rev().filter(is_shown).collect()
}

fn end_after(has_more: bool) -> EndOfHistoryTransferType {
    match has_more {
        true => EndOfHistoryTransferType::COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY,
        false => EndOfHistoryTransferType::COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY,
    }
}

fn status(status: MessageStatus) -> Status {
    match status {
        MessageStatus::Pending => Status::PENDING,
        MessageStatus::Sent => Status::SERVER_ACK,
        MessageStatus::Delivered => Status::DELIVERY_ACK,
        MessageStatus::Read => Status::READ,
        MessageStatus::Played => Status::PLAYED,
    }
}
