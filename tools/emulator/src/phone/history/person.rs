//! The people of a made-up history.

use wacore_binary::Jid;

use super::plan::HistoryPlan;

const FIRST: [&str; 12] = [
    "Ana", "Bruno", "Cláudia", "Diego", "Elisa", "Fábio", "Gisele", "Heitor", "Irene", "João",
    "Karina", "Luís",
];
const LAST: [&str; 10] = [
    "Almeida", "Barros", "Cardoso", "Dias", "Esteves", "Farias", "Gomes", "Lima", "Moraes",
    "Nogueira",
];

/// The first number of the made-up people, who have numbers in São Paulo.
const FIRST_NUMBER: u64 = 5_511_900_000_000;
/// The LID of that number.
const FIRST_LID: u64 = 200_000_000_000_000;
/// People of one history at most.
const PEOPLE: u64 = 100_000;
/// Histories with numbers of their own; later ones use them again.
const HISTORIES: u64 = 900;

/// The other side of a made-up chat.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Person {
    number: u64,
    /// The name in the address book; the push name is its first part.
    pub(super) name: String,
}

impl HistoryPlan {
    /// The person of a chat.
    pub(super) fn person(&self, chat: u32) -> Person {
        let position = chat as usize;
        let first = FIRST[position % FIRST.len()];
        let last = LAST[position / FIRST.len() % LAST.len()];
        Person { number: self.first_number() + u64::from(chat), name: format!("{first} {last}") }
    }

    /// The chat with a person, by number or LID.
    pub(super) fn chat_with(&self, jid: &Jid) -> Option<u32> {
        let user: u64 = jid.user.parse().ok()?;
        let number = if jid.is_lid() { user.checked_sub(FIRST_LID)? + FIRST_NUMBER } else { user };
        let chat = u32::try_from(number.checked_sub(self.first_number())?).ok()?;
        (chat < self.chats).then_some(chat)
    }

    fn first_number(&self) -> u64 {
        FIRST_NUMBER + u64::from(self.seed) % HISTORIES * PEOPLE
    }

    /// The people in the address book: number, LID and name.
    pub(in crate::phone) fn contacts(&self) -> impl Iterator<Item = (Jid, Jid, String)> {
        (0..self.contacts).map(move |chat| {
            let person = self.person(chat);
            (person.pn(), person.lid(), person.name)
        })
    }
}

impl Person {
    pub(super) fn pn(&self) -> Jid {
        Jid::pn(self.number.to_string())
    }

    pub(super) fn lid(&self) -> Jid {
        Jid::lid((self.number - FIRST_NUMBER + FIRST_LID).to_string())
    }

    /// The address of the chat, by LID or by number.
    pub(super) fn jid(&self, by_lid: bool) -> Jid {
        if by_lid { self.lid() } else { self.pn() }
    }

    pub(super) fn push_name(&self) -> &str {
        self.name.split_whitespace().next().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::history::NewHistory;

    #[test]
    fn people_are_found_by_number_and_lid() {
        let new = NewHistory { chats: 30, messages_per_chat: 1, ..Default::default() };
        let plan = HistoryPlan::new(new, 7, 0).expect("a plan");
        let person = plan.person(29);
        assert_eq!(plan.chat_with(&person.pn()), Some(29));
        assert_eq!(plan.chat_with(&person.lid()), Some(29));
        assert_eq!(plan.chat_with(&Jid::pn("5561990000001")), None);
        assert_eq!(person.pn().user.len(), 13);
        assert_eq!(plan.contacts().count(), 15);
    }
}
