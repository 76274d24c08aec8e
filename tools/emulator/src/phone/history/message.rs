//! Made-up messages.

use sha2::{Digest as _, Sha256};
use wacore::proto_helpers::{MessageBuilderExt as _, build_quote_context};
use waproto::whatsapp::{
    self as wa,
    web_message_info::{Status, StubType},
};

use super::files::HistoryFiles;
use super::plan::{HistoryKind, HistoryPlan};
use crate::phone::Card;

const TEXTS: [&str; 8] = [
    "Bom dia! Ainda tem?",
    "Tem sim, quer que eu separe?",
    "Pode ser amanhã às 15h?",
    "Combinado, obrigada 🙏",
    "Qual é o valor com entrega?",
    "Já fiz o Pix, segue o comprovante",
    "Chegou direitinho, adorei",
    "Vocês abrem no sábado?",
];
const EMOJI: [&str; 4] = ["👍", "❤️", "😂", "🙏"];
/// Every so many messages of a chat one has a star.
const STARRED_EVERY: u32 = 97;

/// Where a message is in a history: its chat, and its age, which is 0 for the newest.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Position {
    pub(super) chat: u32,
    pub(super) age: u32,
}

/// Makes the messages of one history.
pub(super) struct Writer<'a> {
    pub(super) plan: &'a HistoryPlan,
    pub(super) files: &'a HistoryFiles,
    /// Chats are named by LID.
    pub(super) by_lid: bool,
    /// The account's own JID in that addressing.
    pub(super) own: &'a str,
}

impl HistoryPlan {
    /// The id of a message, from which its position can be read.
    pub(super) fn id(&self, at: Position) -> String {
        // Counted from the beginning of the chat, as a phone would.
        let number = self.messages - at.age;
        format!("AC{:08X}{:08X}{:014X}", self.seed, at.chat, number)
    }

    /// The age of the message of a chat with this id.
    pub(super) fn age_of(&self, chat: u32, id: &str) -> Option<u32> {
        let number = u32::from_str_radix(id.get(18..)?, 16).ok()?;
        let age = self.messages.checked_sub(number)?;
        (age < self.messages && self.id(Position { chat, age }) == id).then_some(age)
    }

    fn is_own(&self, Position { chat, age }: Position) -> bool {
        age >= self.unread_of(chat) && (chat + age).is_multiple_of(3)
    }

    fn kind(&self, Position { chat, age }: Position) -> HistoryKind {
        let turn = chat as usize * 7 + age as usize;
        let kind = self.kinds.get(turn % self.kinds.len().max(1));
        kind.copied().unwrap_or(HistoryKind::Text)
    }

    fn text(at: Position) -> String {
        let text = TEXTS[(at.chat as usize + at.age as usize) % TEXTS.len()];
        format!("{text} ({}/{})", at.chat + 1, at.age + 1)
    }
}

impl Writer<'_> {
    /// One message, as it is stored on a phone.
    pub(super) fn message(&self, at: Position) -> wa::WebMessageInfo {
        let plan = self.plan;
        let is_own = plan.is_own(at);
        let person = plan.person(at.chat);
        let id = plan.id(at);
        let kind = plan.kind(at);
        let secret = Sha256::digest(id.as_bytes()).to_vec();
        let mut info = wa::WebMessageInfo {
            key: wa::MessageKey {
                remote_jid: Some(person.jid(self.by_lid).to_string()),
                from_me: Some(is_own),
                id: Some(id),
                ..Default::default()
            }
            .into(),
            message_timestamp: u64::try_from(plan.timestamp(at.chat, at.age)).ok(),
            status: Some(self.status(at, is_own)),
            push_name: (!is_own).then(|| person.push_name().to_owned()),
            starred: (at.age % STARRED_EVERY == STARRED_EVERY - 1).then_some(true),
            message_secret: Some(secret),
            ..Default::default()
        };
        match kind {
            HistoryKind::Revoked => {
                info.message_stub_type = Some(StubType::REVOKE);
                info.message_secret = None;
            }
            _ => info.message = self.content(at, kind).into(),
        }
        if kind == HistoryKind::Reaction {
            info.reactions = vec![self.reaction(at, is_own)];
        }
        info
    }

    /// Own messages are the more delivered the older they are; the others are read, unless they are
    /// among the unread ones of their chat.
    fn status(&self, at: Position, is_own: bool) -> Status {
        match (is_own, at.age) {
            (true, 0) => Status::SERVER_ACK,
            (true, 1) => Status::DELIVERY_ACK,
            (false, age) if age < self.plan.unread_of(at.chat) => Status::DELIVERY_ACK,
            _ => Status::READ,
        }
    }

    fn content(&self, at: Position, kind: HistoryKind) -> wa::Message {
        let text = HistoryPlan::text(at);
        match kind {
            HistoryKind::Quoted => self.answer(at, text),
            HistoryKind::Image => self.files.image(text),
            HistoryKind::Document => self.files.document(format!("pedido {}.pdf", at.age + 1)),
            HistoryKind::Location => {
                let (latitude, longitude) = (-15.79, -47.88);
                Card::Location { latitude, longitude, name: Some(text), address: None }.message()
            }
            HistoryKind::Contact => {
                let person = self.plan.person(at.chat);
                let number = person.pn().user.to_string();
                Card::Contact { name: person.name, number }.message()
            }
            HistoryKind::Poll => {
                let options = ["sim", "não"].map(str::to_owned).to_vec();
                Card::Poll { question: text, options }.message()
            }
            HistoryKind::Text | HistoryKind::Reaction | HistoryKind::Revoked => {
                wa::Message::text(text)
            }
        }
    }

    /// A text that answers the message before it.
    fn answer(&self, at: Position, text: String) -> wa::Message {
        let quoted = Position { age: at.age + 1, ..at };
        if quoted.age >= self.plan.messages {
            return wa::Message::text(text);
        }
        let author = match self.plan.is_own(quoted) {
            true => self.own.to_owned(),
            false => self.plan.person(at.chat).jid(self.by_lid).to_string(),
        };
        let content = wa::Message::text(HistoryPlan::text(quoted));
        let context = build_quote_context(self.plan.id(quoted), author, &content);
        wa::Message::text_with_context(text, context)
    }

    /// The reaction of the side that did not write the message.
    fn reaction(&self, at: Position, is_own: bool) -> wa::Reaction {
        let key = wa::MessageKey {
            remote_jid: Some(self.plan.person(at.chat).jid(self.by_lid).to_string()),
            from_me: Some(!is_own),
            id: Some(format!("{}R", self.plan.id(at))),
            ..Default::default()
        };
        wa::Reaction {
            key: key.into(),
            text: Some(EMOJI[at.age as usize % EMOJI.len()].to_owned()),
            sender_timestamp_ms: Some((self.plan.timestamp(at.chat, at.age) + 1) * 1_000),
            ..Default::default()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::history::NewHistory;

    #[test]
    fn ids_name_positions() {
        let new = NewHistory { chats: 3, messages_per_chat: 5, ..Default::default() };
        let plan = HistoryPlan::new(new, 1, 0).expect("a plan");
        let id = plan.id(Position { chat: 2, age: 4 });
        assert_eq!(id.len(), 32);
        assert_eq!(plan.age_of(2, &id), Some(4));
        assert_eq!(plan.age_of(1, &id), None);
        assert_eq!(plan.age_of(2, "3EB0"), None);
    }

    #[test]
    fn unread_messages_are_the_others() {
        let new =
            NewHistory { chats: 9, messages_per_chat: 20, unread: Some(9), ..Default::default() };
        let plan = HistoryPlan::new(new, 1, 0).expect("a plan");
        let files = HistoryFiles::default();
        let writer = Writer { plan: &plan, files: &files, by_lid: true, own: "1@lid" };
        for chat in 0..9 {
            for age in 0..plan.unread_of(chat) {
                let message = writer.message(Position { chat, age });
                assert_eq!(message.key.from_me, Some(false));
                assert_eq!(message.status, Some(Status::DELIVERY_ACK));
            }
        }
    }
}
