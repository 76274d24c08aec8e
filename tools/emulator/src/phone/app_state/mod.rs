//! Synced settings: encrypted records every device of an account shares (WhatsApp's "syncd").
//!
//! The phone makes the key, sends it to companions in an `app_state_sync_key_share`, and stores
//! each collection as a list of patches. A patch advances its collection by one version and
//! carries MACs over the mutations and over the resulting state, so a companion detects any patch
//! that is lost or altered. The real server stores patches unread; here the phone, which has the
//! key, also checks the companions' uploads.
//!
//! Record formats and MACs come from `wacore_appstate`.

mod collection;
mod contact;
mod key;
mod push_name;

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use thiserror::Error;
use wacore_binary::Jid;

use self::{collection::Collection, key::SyncKey};
use super::{Phone, crypto::now};

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
        if let Some(name) = push_name::find(&applied.mutations) {
            self.name = name.to_owned();
        }
        Ok(collection.version())
    }

    /// Saves a person in the address book, under a name. Returns the collection that informs
    /// companions of it and its new version.
    pub fn save_contact(&mut self, pn: &Jid, lid: &Jid, name: &str) -> (&'static str, u64) {
        let collection =
            self.app_state.collections.entry(contact::COLLECTION.to_owned()).or_default();
        let setting = contact::setting(pn, lid, name, now());
        collection.set(contact::COLLECTION, &setting, &self.app_state.key);
        (contact::COLLECTION, collection.version())
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
        self.collections.entry(push_name::COLLECTION.to_owned()).or_default().set(
            push_name::COLLECTION,
            &push_name::setting(name, now()),
            &self.key,
        );
    }
}
