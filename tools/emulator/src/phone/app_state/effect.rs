//! What a device's patch changes on the phone.

use wacore_appstate::Mutation;
use wacore_binary::Jid;
use waproto::whatsapp::{
    sync_action_value::SyncActionMessageRange, syncd_mutation::SyncdOperation,
};

use crate::phone::{ChatChange, Label, Mute, Phone};

/// The effect of one record.
pub(super) enum Effect {
    /// The user has another push name.
    PushName(String),
    /// A person is in the address book under this name, or no longer.
    Contact { person: Jid, name: Option<String> },
    /// A label was made or changed, or was deleted.
    Label { id: String, label: Option<Label> },
    /// A conversation was changed at a time, in seconds; `up_to` is the time of the newest message
    /// that the device knew.
    Chat { chat: Jid, change: ChatChange, at: i64, up_to: Option<i64> },
}

impl Effect {
    /// Reads a record; `None` for one that the phone does not show.
    pub(super) fn of(mutation: &Mutation) -> Option<Self> {
        let parts: Vec<&str> = mutation.index.iter().map(String::as_str).collect();
        let (kind, parts) = parts.split_first()?;
        if mutation.operation == SyncdOperation::REMOVE {
            return match (*kind, parts) {
                ("contact", [person, ..]) => {
                    Some(Self::Contact { person: person.parse().ok()?, name: None })
                }
                _ => None,
            };
        }
        let value = mutation.action_value.as_ref()?;
        let at = value.timestamp.unwrap_or_default().div_euclid(1_000);
        let chat = |jid: &str, change: ChatChange, up_to: Option<i64>| {
            Some(Self::Chat { chat: jid.parse().ok()?, change, at, up_to })
        };
        match (*kind, parts) {
            ("setting_pushName", _) => {
                Some(Self::PushName(value.push_name_setting.as_option()?.name.clone()?))
            }
            ("contact", [person, ..]) => {
                let action = value.contact_action.as_option()?;
                let name = action.full_name.clone().or_else(|| action.first_name.clone());
                Some(Self::Contact { person: person.parse().ok()?, name })
            }
            ("label_edit", [id, ..]) => {
                let action = value.label_edit_action.as_option()?;
                let label = Label {
                    name: action.name.clone().unwrap_or_default(),
                    color: action.color.unwrap_or_default(),
                };
                let label = Some(label).filter(|_| action.deleted != Some(true));
                Some(Self::Label { id: (*id).to_owned(), label })
            }
            ("label_jid", [label, jid, ..]) => {
                let on = value.label_association_action.as_option()?.labeled == Some(true);
                chat(jid, ChatChange::Label { label: (*label).to_owned(), on }, None)
            }
            ("archive", [jid, ..]) => {
                let archived = value.archive_chat_action.as_option()?.archived == Some(true);
                chat(jid, ChatChange::Archive(archived), None)
            }
            ("pin_v1" | "pin", [jid, ..]) => {
                let pinned = value.pin_action.as_option()?.pinned == Some(true);
                chat(jid, ChatChange::Pin(pinned), None)
            }
            ("mute", [jid, ..]) => {
                let action = value.mute_action.as_option()?;
                let mute = match (action.muted, action.mute_end_timestamp) {
                    (Some(true), Some(end)) if end > 0 => Mute::Until(end.div_euclid(1_000)),
                    (Some(true), _) => Mute::Forever,
                    _ => Mute::Off,
                };
                chat(jid, ChatChange::Mute(mute), None)
            }
            ("markChatAsRead" | "mark_chat_as_read", [jid, ..]) => {
                let read = value.mark_chat_as_read_action.as_option()?.read == Some(true);
                chat(jid, ChatChange::MarkUnread(!read), None)
            }
            ("star", [jid, id, ..]) => {
                let on = value.star_action.as_option()?.starred == Some(true);
                chat(jid, ChatChange::Star { id: (*id).to_owned(), on }, None)
            }
            ("deleteMessageForMe", [jid, id, ..]) => {
                chat(jid, ChatChange::DeleteMessage { id: (*id).to_owned() }, None)
            }
            ("clearChat", [jid, rest @ ..]) => {
                let up_to = newest(value.clear_chat_action.message_range.as_option());
                let starred = rest.first() == Some(&"1");
                chat(jid, ChatChange::Clear { starred }, up_to)
            }
            ("deleteChat", [jid, ..]) => {
                let up_to = newest(value.delete_chat_action.message_range.as_option());
                chat(jid, ChatChange::Delete, up_to)
            }
            _ => None,
        }
    }
}

fn newest(range: Option<&SyncActionMessageRange>) -> Option<i64> {
    range?.last_message_timestamp
}

impl Phone {
    /// Applies what a device changed.
    pub(super) fn take_effect(&mut self, effect: Effect) {
        match effect {
            Effect::PushName(name) => self.name = name,
            Effect::Contact { person, name } => {
                let person = self.addresses.chat_name(&person);
                self.saved.set_name(&person, name.as_deref());
            }
            Effect::Label { id, label: Some(label) } => self.saved.set_label(&id, label),
            Effect::Label { id, label: None } => self.saved.remove_label(&id),
            Effect::Chat { chat, change, at, up_to } => {
                let name = self.addresses.chat_name(&chat);
                self.chats.change(&name, &change, at, up_to);
            }
        }
    }
}
