//! Reading and typing by a phone's user.

use super::{Control, ControlError, ReceiptType};
use crate::groups;
use crate::groups::receipts::MemberReceipt;
use crate::notify;
use crate::phone::{ChatChange, UnreadMessage};
use crate::receipts::{ForwardedReceipt, forward_receipt};
use crate::typing;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::chat::Chat;
use crate::world::presence::Typing;

impl Control {
    /// Opens a chat on the phone, which sends read receipts. Returns the number of unread
    /// messages.
    pub async fn read(&self, number: &str, with: &str) -> Result<usize, ControlError> {
        self.read_as(number, with, ReceiptType::Read).await
    }

    /// Opens a chat with receipts of the given type, and listens to its voice notes if that is the type.
    /// Returns the number of messages in the receipt.
    pub async fn read_as(
        &self,
        number: &str,
        with: &str,
        receipt: ReceiptType,
    ) -> Result<usize, ControlError> {
        let account = self.phone(number)?;
        let chat = self.chat(with)?;
        let name = chat.name();
        let jid = match &chat {
            Chat::Person(peer) => peer.jid(addressing(&account, peer)),
            Chat::Group(cell) => cell.jid().clone(),
        };
        let (unread, changed) = {
            let mut phone = account.phone.lock().await;
            let chats = phone.chats_mut();
            let was_marked = chats.get(&name).is_some_and(|chat| chat.settings().marked_unread);
            let unread = match receipt {
                ReceiptType::Read | ReceiptType::ReadSelf => chats.mark_read(&name),
                ReceiptType::Played | ReceiptType::PlayedSelf => chats.mark_played(&name),
            };
            // Linked devices do not see from receipts that the mark is gone.
            let changed = match was_marked {
                true => Some(phone.change_chat(&jid, &ChatChange::MarkUnread(false))?),
                false => None,
            };
            (unread, changed)
        };
        if let Some(changed) = changed {
            notify::changed_on_phone(&self.world, &account, changed);
        }
        let count = unread.len();
        let (from, kind) = (&DeviceAddress::new(&account, 0), Some(receipt.as_str()));
        match &chat {
            Chat::Group(cell) => {
                let group = cell.snapshot();
                for (author, ids) in by_author(unread) {
                    let author = self.world.account(&author);
                    let author = author.as_ref();
                    let read = MemberReceipt { from, group: &group, author, kind, ids: &ids };
                    groups::receipts::forward(&self.world, &read);
                }
            }
            Chat::Person(_) if unread.is_empty() => {}
            Chat::Person(to) => {
                let ids: Vec<String> = unread.into_iter().map(|message| message.id).collect();
                let addressing = addressing(&account, to);
                let read = ForwardedReceipt { from, to, addressing, kind, ids: &ids };
                forward_receipt(&self.world, &read);
            }
        }
        self.world.changed();
        Ok(count)
    }

    /// Starts or stops typing in a chat.
    pub async fn typing(&self, number: &str, to: &str, state: Typing) -> Result<(), ControlError> {
        let account = self.phone(number)?;
        match self.chat(to)? {
            Chat::Person(peer) => {
                let addressing = addressing(&account, &peer);
                typing::forward(&self.world, &account, &peer, addressing, state);
            }
            Chat::Group(cell) => {
                let group = cell.snapshot();
                if !group.has(account.number()) {
                    let why = "to: this phone is no member of the group".to_owned();
                    return Err(ControlError::Forbidden(why));
                }
                groups::typing::forward(&self.world, &group, &account, state);
            }
        }
        Ok(())
    }
}

/// The addressing a phone uses for a chat: that of its last incoming message, or else the phone's
/// own.
fn addressing(account: &Account, peer: &Account) -> Addressing {
    let directory = account.directory();
    directory.chat_addressing.get(peer.number()).copied().unwrap_or(directory.addressing)
}

/// The ids of messages by their author, in the order of the first one of each.
fn by_author(messages: Vec<UnreadMessage>) -> Vec<(String, Vec<String>)> {
    let mut authors: Vec<(String, Vec<String>)> = Vec::new();
    for UnreadMessage { id, from } in messages {
        match authors.iter_mut().find(|(author, _)| *author == from) {
            Some((_, ids)) => ids.push(id),
            None => authors.push((from, vec![id])),
        }
    }
    authors
}
