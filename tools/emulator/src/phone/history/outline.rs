//! The parts in which a history is synced to one device.

use serde::{Deserialize, Serialize};
use waproto::whatsapp::{
    Conversation, HistorySync, PhoneNumberToLIDMapping, Pushname,
    conversation::EndOfHistoryTransferType, history_sync::HistorySyncType,
};

use super::conversation::end;
use super::files::HistoryFiles;
use super::message::Writer;
use super::own::Which;
use super::plan::HistoryPlan;
use super::wishes::HistoryWishes;
use crate::phone::Phone;

/// Made-up messages of one part.
const PART: u64 = 2_000;
/// Parts before those of made-up messages: the list of chats, the names, what is loaded in the
/// background, and the other messages of the chats of the emulator.
const FIRST_PARTS: usize = 4;

/// What one device is sent of a phone's history, in this order. It is the same when the emulator
/// has started again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryOutline {
    plan: Option<HistoryPlan>,
    wishes: HistoryWishes,
    /// Chats are named by LID.
    by_lid: bool,
    own: String,
}

/// One part, with what its content is made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part {
    /// The list of chats, each with its newest message.
    Bootstrap,
    PushNames,
    NonBlocking,
    /// The other messages of the chats of the emulator.
    RecentOwn,
    /// Made-up messages, counted over all chats.
    Recent {
        number: u64,
    },
    Full {
        number: u64,
    },
}

/// What the phone itself knows that is in a part: its chats, and names of people.
#[derive(Debug, Clone, Default)]
pub struct OwnHistory {
    pub conversations: Vec<Conversation>,
    /// Addresses by number and by LID, and the push name.
    pub people: Vec<(String, String, String)>,
}

/// A part to send.
#[derive(Debug, Clone)]
pub struct HistoryPart {
    pub sync: HistorySync,
    pub order: u32,
    /// How much of its kind was sent after it, in percent.
    pub progress: u32,
    pub inline: bool,
}

impl HistoryOutline {
    /// The number of parts.
    pub fn parts(&self) -> usize {
        let parts = self.recent_parts() + self.full_parts();
        FIRST_PARTS + usize::try_from(parts).unwrap_or(usize::MAX - FIRST_PARTS)
    }

    /// Messages of each made-up chat that are synced as recent ones.
    fn recent(&self) -> u32 {
        self.plan.as_ref().map_or(0, |plan| plan.within(self.wishes.recent_days()))
    }

    /// Messages of each made-up chat that are synced at all.
    fn synced(&self) -> u32 {
        self.plan.as_ref().map_or(0, |plan| plan.within(self.wishes.all_days()))
    }

    fn recent_parts(&self) -> u64 {
        self.count(1, self.recent()).div_ceil(PART)
    }

    fn full_parts(&self) -> u64 {
        self.count(self.recent(), self.synced()).div_ceil(PART)
    }

    /// The number of messages of the made-up chats that have an age in a range.
    fn count(&self, from: u32, to: u32) -> u64 {
        let chats = self.plan.as_ref().map_or(0, |plan| plan.chats);
        u64::from(to.saturating_sub(from)) * u64::from(chats)
    }

    fn part(&self, index: usize) -> Part {
        match index {
            0 => Part::Bootstrap,
            1 => Part::PushNames,
            2 => Part::NonBlocking,
            3 => Part::RecentOwn,
            later => {
                let number = (later - FIRST_PARTS) as u64;
                match number.checked_sub(self.recent_parts()) {
                    None => Part::Recent { number },
                    Some(number) => Part::Full { number },
                }
            }
        }
    }

    /// Returns `true` if the phone's own chats are in a part.
    pub fn needs_own(&self, index: usize) -> bool {
        matches!(self.part(index), Part::Bootstrap | Part::PushNames | Part::RecentOwn)
    }

    /// Makes a part, which takes a while for one with made-up messages.
    pub fn build(&self, index: usize, own: OwnHistory, files: &HistoryFiles) -> HistoryPart {
        let part = self.part(index);
        let writer = self.plan.as_ref().map(|plan| self.writer(plan, files));
        let mut sync = HistorySync { sync_type: part.sync_type(), ..Default::default() };
        match part {
            Part::Bootstrap => {
                sync.phone_number_to_lid_mappings = self.mappings(&own);
                sync.conversations = own.conversations;
                if let Some(writer) = &writer {
                    sync.conversations.extend(self.made_up(writer, 0, 1, 0..self.count(0, 1)));
                }
            }
            Part::PushNames => sync.pushnames = self.push_names(&own),
            Part::NonBlocking => {}
            Part::RecentOwn => sync.conversations = own.conversations,
            Part::Recent { number } => {
                let (from, to) = (1, self.recent());
                sync.conversations = self.nth(writer.as_ref(), from, to, number);
            }
            Part::Full { number } => {
                let (from, to) = (self.recent(), self.synced());
                sync.conversations = self.nth(writer.as_ref(), from, to, number);
            }
        }
        let (order, progress) = self.place(part);
        sync.chunk_order = Some(order);
        sync.progress = Some(progress);
        // Phones put nothing else into the message itself without a request.
        let inline = self.wishes.inline && part == Part::Bootstrap;
        HistoryPart { sync, order, progress, inline }
    }

    fn writer<'a>(&'a self, plan: &'a HistoryPlan, files: &'a HistoryFiles) -> Writer<'a> {
        Writer { plan, files, by_lid: self.by_lid, own: &self.own }
    }

    /// The part of this number of the messages with an age in a range.
    fn nth(
        &self,
        writer: Option<&Writer<'_>>,
        from: u32,
        to: u32,
        number: u64,
    ) -> Vec<Conversation> {
        let start = number * PART;
        let stop = (start + PART).min(self.count(from, to));
        writer.map(|writer| self.made_up(writer, from, to, start..stop)).unwrap_or_default()
    }

    /// Messages `numbers` of those with an age in a range, counted chat by chat.
    fn made_up(
        &self,
        writer: &Writer<'_>,
        from: u32,
        to: u32,
        numbers: std::ops::Range<u64>,
    ) -> Vec<Conversation> {
        let each = u64::from(to.saturating_sub(from)).max(1);
        let mut parts = Vec::new();
        let mut next = numbers.start;
        while next < numbers.end {
            let of_chat = next / each;
            let stop = ((of_chat + 1) * each).min(numbers.end);
            let age = |number: u64| {
                from + u32::try_from(number - of_chat * each).unwrap_or(u32::MAX - from)
            };
            let ages = age(next)..age(stop);
            let is_last = ages.end == self.synced();
            let chat = u32::try_from(of_chat).unwrap_or(u32::MAX);
            let mut conversation = writer.part(chat, ages);
            if is_last {
                end(&mut conversation, self.why_end(writer.plan));
            }
            parts.push(conversation);
            next = stop;
        }
        parts
    }

    fn why_end(&self, plan: &HistoryPlan) -> EndOfHistoryTransferType {
        match self.synced() < plan.messages {
            true => EndOfHistoryTransferType::COMPLETE_BUT_MORE_MESSAGES_REMAIN_ON_PRIMARY,
            false => EndOfHistoryTransferType::COMPLETE_AND_NO_MORE_MESSAGE_REMAIN_ON_PRIMARY,
        }
    }

    /// The number of a part among those of its kind, from 1, and the progress after it.
    fn place(&self, part: Part) -> (u32, u32) {
        let (number, all) = match part {
            Part::Bootstrap | Part::PushNames | Part::NonBlocking => (1, 1),
            Part::RecentOwn => (1, self.recent_parts() + 1),
            Part::Recent { number } => (number + 2, self.recent_parts() + 1),
            Part::Full { number } => (number + 1, self.full_parts()),
        };
        let progress = number * 100 / all.max(1);
        (u32::try_from(number).unwrap_or(u32::MAX), u32::try_from(progress).unwrap_or(100))
    }

    fn mappings(&self, own: &OwnHistory) -> Vec<PhoneNumberToLIDMapping> {
        let mapping = |pn: String, lid: String| PhoneNumberToLIDMapping {
            pn_jid: Some(pn),
            lid_jid: Some(lid),
        };
        let real = own.people.iter().map(|(pn, lid, _)| mapping(pn.clone(), lid.clone()));
        let made_up =
            self.plan.iter().flat_map(|plan| (0..plan.chats).map(move |chat| plan.person(chat)));
        real.chain(made_up.map(|one| mapping(one.pn().to_string(), one.lid().to_string())))
            .collect()
    }

    fn push_names(&self, own: &OwnHistory) -> Vec<Pushname> {
        let name =
            |id: String, name: &str| Pushname { id: Some(id), pushname: Some(name.to_owned()) };
        let real = own.people.iter().map(|(pn, lid, push_name)| {
            let jid = if self.by_lid { lid } else { pn };
            name(jid.clone(), push_name.as_str())
        });
        let made_up =
            self.plan.iter().flat_map(|plan| (0..plan.chats).map(move |chat| plan.person(chat)));
        let made_up = made_up.map(|one| name(one.jid(self.by_lid).to_string(), one.push_name()));
        real.chain(made_up).collect()
    }
}

impl Part {
    fn sync_type(self) -> HistorySyncType {
        match self {
            Self::Bootstrap => HistorySyncType::INITIAL_BOOTSTRAP,
            Self::PushNames => HistorySyncType::PUSH_NAME,
            Self::NonBlocking => HistorySyncType::NON_BLOCKING_DATA,
            Self::RecentOwn | Self::Recent { .. } => HistorySyncType::RECENT,
            Self::Full { .. } => HistorySyncType::FULL,
        }
    }
}

impl Phone {
    /// What a newly linked device is to be sent; `None` if the phone has no chats.
    pub fn history_outline(&self, wishes: HistoryWishes, by_lid: bool) -> Option<HistoryOutline> {
        let has_chats = self.chats.iter().next().is_some();
        let own = if by_lid { self.lid() } else { self.jid() };
        (has_chats || self.history.is_some()).then(|| HistoryOutline {
            plan: self.history.clone(),
            wishes,
            by_lid,
            own: own.to_string(),
        })
    }

    /// The phone's own chats in a part.
    pub fn own_history(&self, outline: &HistoryOutline, index: usize) -> Vec<Conversation> {
        match outline.part(index) {
            Part::Bootstrap => self.own_conversations(Which::Newest, outline.by_lid),
            Part::RecentOwn => self.own_conversations(Which::Rest, outline.by_lid),
            _ => Vec::new(),
        }
    }
}
