//! Older messages that a device asks for.

use wacore_binary::Jid;
use waproto::whatsapp::{
    Conversation, HistorySync, conversation::EndOfHistoryTransferType,
    history_sync::HistorySyncType,
    message::peer_data_operation_request_message::HistorySyncOnDemandRequest,
};

use super::conversation::end;
use super::files::HistoryFiles;
use super::message::Writer;
use super::outline::HistoryPart;
use super::plan::HistoryPlan;
use crate::phone::Phone;

/// Messages of an answer if the request does not say, and at most.
const COUNT: u32 = 50;
const MOST: u32 = 1_000;

impl Phone {
    /// The messages of a chat before the oldest one that a device has; `None` for a chat that the
    /// phone does not have.
    pub fn older_messages(
        &self,
        request: &HistorySyncOnDemandRequest,
        files: &HistoryFiles,
        by_lid: bool,
    ) -> Option<HistoryPart> {
        let chat: Jid = request.chat_jid.as_deref()?.parse().ok()?;
        let id = request.oldest_msg_id.as_deref().unwrap_or_default();
        let time_ms = request.oldest_msg_timestamp_ms.unwrap_or(i64::MAX);
        let count = request.on_demand_msg_count.and_then(|count| u32::try_from(count).ok());
        let count = count.filter(|count| *count > 0).unwrap_or(COUNT).min(MOST);
        let made_up = || {
            let plan = self.history.as_ref()?;
            let own = if by_lid { self.lid() } else { self.jid() };
            let own = own.to_string();
            let writer = Writer { plan, files, by_lid, own: &own };
            let number = plan.chat_with(&chat)?;
            Some(older(&writer, number, start(plan, number, id, time_ms), count))
        };
        let conversation = self
            .own_before(&chat, id, time_ms, count as usize, by_lid)
            .filter(|own| !own.messages.is_empty())
            .or_else(made_up)
            .or_else(|| self.own_before(&chat, id, time_ms, count as usize, by_lid))?;
        let sync = HistorySync {
            sync_type: HistorySyncType::ON_DEMAND,
            conversations: vec![conversation],
            chunk_order: Some(1),
            progress: Some(100),
            ..Default::default()
        };
        let inline = request.support_inline_response == Some(true);
        Some(HistoryPart { sync, order: 1, progress: 100, inline })
    }
}

/// The age of the first message to send.
fn start(plan: &HistoryPlan, chat: u32, id: &str, time_ms: i64) -> u32 {
    match plan.age_of(chat, id) {
        Some(age) => age + 1,
        None => plan.age_before(chat, time_ms),
    }
}

fn older(writer: &Writer<'_>, chat: u32, start: u32, count: u32) -> Conversation {
    let stop = start.saturating_add(count).min(writer.plan.messages);
    let mut conversation = writer.part(chat, start..stop);
    let why = match stop < writer.plan.messages {
        true => EndOfHistoryTransferType::COMPLETE_ON_DEMAND_SYNC_BUT_MORE_MSG_REMAIN_ON_PRIMARY,
        false => EndOfHistoryTransferType::COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY,
    };
    end(&mut conversation, why);
    conversation
}
