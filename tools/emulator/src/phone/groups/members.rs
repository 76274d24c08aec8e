use wacore_binary::{Jid, JidExt as _};

use crate::phone::{ChatMessage, Phone};

impl Phone {
    /// Takes over what the server says about a group: the addressing of its members, and the timer
    /// of disappearing messages.
    pub fn enter_group(&mut self, group: &Jid, by_lid: bool, timer: u32, now: i64) {
        self.groups.0.entry(group.to_string()).or_default().by_lid = by_lid;
        let name = self.addresses.chat_name(group);
        self.chats.entry(&name).set_timer(timer, now);
    }

    /// Returns `true` if people of a chat are addressed by LID.
    pub(in crate::phone) fn addresses_by_lid(&self, chat: &Jid) -> bool {
        match chat.is_group() {
            true => self.groups.0.get(&chat.to_string()).is_some_and(|group| group.by_lid),
            false => chat.is_lid(),
        }
    }

    /// The address of the phone's user in a chat.
    pub(in crate::phone) fn own_address_in(&self, chat: &Jid) -> Jid {
        if self.addresses_by_lid(chat) { self.lid() } else { self.jid() }
    }

    /// The address of a message's author in its chat.
    pub(in crate::phone) fn author_address(&self, chat: &Jid, message: &ChatMessage) -> Jid {
        if message.from_me {
            return self.own_address_in(chat);
        }
        if !chat.is_group() {
            return chat.to_non_ad();
        }
        self.member_address(chat, &message.from)
    }

    /// The address of a member in a group. `member` is the number, or the LID if the number is not
    /// known.
    pub(in crate::phone) fn member_address(&self, group: &Jid, member: &str) -> Jid {
        let Ok(member) = (match member.contains('@') {
            true => member.parse::<Jid>(),
            false => Ok(Jid::pn(member)),
        }) else {
            return group.to_non_ad();
        };
        match self.addresses_by_lid(group) {
            true => self.addresses.session_address(&member),
            false => member,
        }
    }

    /// The author of a message of a group, as the keys of messages name it; nobody is named in a
    /// chat of two people.
    pub(in crate::phone) fn participant(
        &self,
        chat: &Jid,
        message: &ChatMessage,
    ) -> Option<String> {
        chat.is_group().then(|| self.author_address(chat, message).to_non_ad_string())
    }
}
