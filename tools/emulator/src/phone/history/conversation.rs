//! Made-up chats.

use waproto::whatsapp::{
    Conversation, HistorySyncMsg, WebMessageInfo, conversation::EndOfHistoryTransferType,
};

use super::message::{Position, Writer};

/// Every so many chats one has a timer of disappearing messages.
const EPHEMERAL_EVERY: u32 = 17;
/// Seconds of that timer: a week.
const EPHEMERAL_SECS: u32 = 7 * 24 * 60 * 60;
/// Seconds after which a muted chat makes sounds again: a week.
const MUTED_SECS: i64 = 7 * 24 * 60 * 60;
/// The end of a mute that has none: -1, as phones write it.
pub(super) const MUTED_FOREVER: u64 = u64::MAX;

impl Writer<'_> {
    /// A chat with its settings, without messages.
    pub(super) fn conversation(&self, chat: u32) -> Conversation {
        let plan = self.plan;
        let person = plan.person(chat);
        let (pn, lid) = (person.pn().to_string(), person.lid().to_string());
        let newest = u64::try_from(plan.timestamp(chat, 0)).unwrap_or_default();
        let pinned = (chat < plan.pinned).then_some(newest).and_then(|at| u32::try_from(at).ok());
        let is_muted = chat >= plan.pinned && chat - plan.pinned < plan.muted;
        let muted_until = match chat % 2 {
            0 => MUTED_FOREVER,
            _ => u64::try_from(plan.at + MUTED_SECS).unwrap_or_default(),
        };
        let timer = (chat % EPHEMERAL_EVERY == EPHEMERAL_EVERY - 1).then_some(EPHEMERAL_SECS);
        let has_name = chat < plan.contacts;
        Conversation {
            id: person.jid(self.by_lid).to_string(),
            last_msg_timestamp: Some(newest),
            conversation_timestamp: Some(newest),
            unread_count: Some(plan.unread_of(chat)),
            archived: Some(chat >= plan.chats - plan.archived),
            pinned,
            mute_end_time: is_muted.then_some(muted_until),
            ephemeral_expiration: timer,
            ephemeral_setting_timestamp: timer.map(|_| plan.timestamp(chat, plan.messages - 1)),
            name: has_name.then(|| person.name.clone()),
            display_name: Some(person.name.clone()),
            not_spam: Some(true),
            pn_jid: self.by_lid.then_some(pn),
            lid_jid: (!self.by_lid).then_some(lid),
            ..Default::default()
        }
    }

    /// A chat with messages of these ages, newest first.
    pub(super) fn part(&self, chat: u32, ages: std::ops::Range<u32>) -> Conversation {
        let messages = ages.map(|age| self.message(Position { chat, age }));
        Conversation { messages: listed(messages), ..self.conversation(chat) }
    }
}

/// Messages as a chat lists them.
pub(super) fn listed(messages: impl Iterator<Item = WebMessageInfo>) -> Vec<HistorySyncMsg> {
    let listed =
        messages.map(|message| HistorySyncMsg { message: message.into(), ..Default::default() });
    listed.collect()
}

/// Says that no more of a chat follows, and why.
pub(super) fn end(conversation: &mut Conversation, why: EndOfHistoryTransferType) {
    conversation.end_of_history_transfer = Some(true);
    conversation.end_of_history_transfer_type = Some(why);
}
