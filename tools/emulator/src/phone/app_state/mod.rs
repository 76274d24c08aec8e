//! Synced settings: encrypted records every device of an account shares (WhatsApp's "syncd").
//!
//! The phone makes the key, sends it to companions in an `app_state_sync_key_share`, and stores
//! each collection as a list of patches. A patch advances its collection by one version and
//! carries MACs over the mutations and over the resulting state, so a companion detects any patch
//! that is lost or altered. The real server stores patches unread; here the phone, which has the
//! key, also checks the companions' uploads.
//!
//! Record formats and MACs come from `wacore_appstate`, as do the names and versions of the
//! settings.
//!
//! * [`collection`]: the patches of one collection; [`key`]: the key of all of them
//! * [`chat`], [`contact`], [`label`], [`push_name`]: the records that the phone writes
//! * [`effect`]: what the records of linked devices change on the phone

mod chat;
mod collection;
mod contact;
mod effect;
mod key;
mod label;
mod push_name;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wacore_binary::Jid;

use self::{
    collection::{Collection, Placed, Setting},
    effect::Effect,
    key::SyncKey,
};
use super::{ChatChange, ChatMessage, HistoryPlan, Label, Phone, PhoneError, crypto::now};

/// All collections of an account.
#[derive(Serialize, Deserialize)]
pub(super) struct AppState {
    key: SyncKey,
    collections: BTreeMap<String, Collection>,
}

/// The patches a device lacks, for one `<collection>` of a `w:sync:app:state` answer.
#[derive(Debug, Clone, Default)]
pub struct AppStateDelta {
    /// The version after all patches; 0 for a collection that holds nothing.
    pub version: u64,
    /// Encoded `SyncdPatch`es, oldest first, each with its version set.
    pub patches: Vec<Vec<u8>>,
}

/// A collection after a change on the phone, of which companions are notified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ChangedCollection {
    pub name: &'static str,
    pub version: u64,
}

/// The reason why an uploaded patch is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum PatchRefusal {
    /// The device has to fetch up to this version first (error 409).
    #[error("conflict: the collection is at version {0}")]
    Conflict(u64),
    /// The patch cannot be parsed, or a MAC is wrong (error 400).
    #[error("invalid patch")]
    Invalid,
}

impl Phone {
    /// Returns the patches of a collection (`critical_block`, `regular_low`…) after
    /// `have_version`.
    pub fn app_state_collection(&self, name: &str, have_version: u64) -> AppStateDelta {
        self.app_state
            .collections
            .get(name)
            .map(|collection| collection.since(have_version))
            .unwrap_or_default()
    }

    /// Applies a `SyncdPatch` a companion uploaded on top of `base_version`. Returns the new
    /// version. Other companions need a `server_sync` notification.
    pub fn apply_app_state_patch(
        &mut self,
        name: &str,
        base_version: u64,
        patch: &[u8],
    ) -> Result<u64, PatchRefusal> {
        let collection = self.app_state.collections.entry(name.to_owned()).or_default();
        let applied = collection.apply(name, base_version, patch, &self.app_state.key)?;
        let version = collection.version();
        for effect in applied.mutations.iter().filter_map(Effect::of) {
            self.take_effect(effect);
        }
        Ok(version)
    }

    /// Saves a person in the address book, under a name. Returns the collection that informs
    /// companions of it.
    pub fn save_contact(&mut self, pn: &Jid, lid: &Jid, name: &str) -> ChangedCollection {
        self.saved.set_name(&pn.user, Some(name));
        self.app_state.write(contact::setting(pn, lid, name, now()))
    }

    /// Saves people of a made-up history in the address book.
    pub fn save_history_contacts(&mut self, plan: &HistoryPlan) -> Option<ChangedCollection> {
        let mut settings = Vec::new();
        for (pn, lid, name) in plan.contacts() {
            self.saved.set_name(&pn.user, Some(&name));
            settings.push(contact::setting(&pn, &lid, &name, now()).1);
        }
        (!settings.is_empty()).then(|| self.app_state.write_all(contact::COLLECTION, &settings))
    }

    /// Changes a conversation, as its user does on the phone. Returns the collection that informs
    /// companions of it.
    pub fn change_chat(
        &mut self,
        chat: &Jid,
        change: &ChatChange,
    ) -> Result<ChangedCollection, PhoneError> {
        let name = self.addresses.chat_name(chat);
        let at = now();
        let placed = {
            let context = self.context_of(chat, &name, change)?;
            chat::setting(chat, change, &context, at)
        };
        self.chats.change(&name, change, at, None);
        Ok(self.app_state.write(placed))
    }

    /// Makes, renames or colours a label, or deletes it.
    pub fn edit_label(&mut self, id: &str, label: Option<Label>) -> ChangedCollection {
        let placed = label::edit(id, label.as_ref(), now());
        match label {
            Some(label) => self.saved.set_label(id, label),
            None => self.saved.remove_label(id),
        }
        self.app_state.write(placed)
    }

    /// Tells companions whose number belongs to a LID.
    pub fn share_number(&mut self, lid: &Jid, pn: &Jid) -> ChangedCollection {
        self.app_state.write(label::number_of(lid, pn, now()))
    }

    /// The messages that the record of a change names.
    fn context_of(
        &self,
        chat: &Jid,
        name: &str,
        change: &ChatChange,
    ) -> Result<chat::Context<'_>, PhoneError> {
        let target = match change {
            ChatChange::Star { id, .. } | ChatChange::DeleteMessage { id } => {
                Some(self.message(chat, id)?)
            }
            _ => None,
        };
        let author = |message: Option<&ChatMessage>| {
            let others = message.filter(|message| !message.from_me)?;
            self.participant(chat, others)
        };
        let last = self.chats.get(name).and_then(|chat| chat.last());
        Ok(chat::Context {
            target,
            participant: author(target),
            last,
            last_participant: author(last),
        })
    }

    /// The message that gives a companion the app state key. It is peer data: device 0 sends it
    /// with `category="peer"`, right after the companion's first login.
    pub fn key_share(&self) -> waproto::whatsapp::Message {
        self.app_state.key.share(self.linking_fingerprint())
    }
}

impl AppState {
    /// The state of a newly registered account: one collection with its push name.
    pub(super) fn with_push_name(name: &str) -> Self {
        let mut state = Self { key: SyncKey::generate(), collections: BTreeMap::new() };
        state.set_push_name(name);
        state
    }

    pub(super) fn set_push_name(&mut self, name: &str) {
        self.write_all(push_name::COLLECTION, &[push_name::setting(name, now())]);
    }

    /// Writes one setting as a patch of its collection.
    fn write(&mut self, (name, setting): Placed) -> ChangedCollection {
        self.write_all(name, &[setting])
    }

    fn write_all(&mut self, name: &'static str, settings: &[Setting]) -> ChangedCollection {
        let collection = self.collections.entry(name.to_owned()).or_default();
        collection.set(name, settings, &self.key);
        ChangedCollection { name, version: collection.version() }
    }
}
