//! Receipts of the members of a group.

use super::{Chats, MessageStatus};

impl Chats {
    /// Records that a member reached `status` for own messages of a group. A message has the status
    /// that all `others` have reached.
    pub fn record_member_receipt<'a>(
        &mut self,
        name: &str,
        from: &str,
        ids: impl IntoIterator<Item = &'a str>,
        status: MessageStatus,
        others: &[&str],
    ) {
        let Some(chat) = self.get_mut(name) else { return };
        for id in ids {
            let Some(message) = chat.message_mut(id).filter(|message| message.from_me) else {
                continue;
            };
            let reached = message.receipts.entry(from.to_owned()).or_insert(status);
            *reached = status.max(*reached);
            if message.receipts.len() < others.len() {
                continue;
            }
            let all: Option<Vec<MessageStatus>> =
                others.iter().map(|other| message.receipts.get(*other).copied()).collect();
            let lowest = all.and_then(|all| all.into_iter().min());
            if let Some(lowest) = lowest.filter(|lowest| *lowest > message.status) {
                message.status = lowest;
            }
        }
    }
}
