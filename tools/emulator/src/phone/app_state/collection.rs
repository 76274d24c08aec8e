use serde::{Deserialize, Serialize};
use wacore_appstate::{
    PatchProcessingResult, encode_record,
    hash::{HashState, generate_patch_mac},
    process_patch,
    schemas::Schema,
};
use waproto::{
    codec,
    whatsapp::{self as wa, syncd_mutation::SyncdOperation},
};

use super::{AppStateDelta, PatchRefusal, key::SyncKey};
use crate::phone::crypto::random;

/// One collection: its patches from version 1 on, and the hash they add up to.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct Collection {
    state: HashState,
    /// The patch at position *n* creates version *n* + 1.
    patches: Vec<Vec<u8>>,
}

/// A setting to write: its index is JSON, its version the schema version of this kind of action.
pub(super) struct Setting {
    pub(super) index: Vec<u8>,
    pub(super) value: wa::SyncActionValue,
    pub(super) version: i32,
}

/// A setting, and the name of the collection that it is in.
pub(super) type Placed = (&'static str, Setting);

impl Setting {
    /// A setting of WhatsApp's list, with the parts of its index after its name.
    pub(super) fn of(schema: &Schema, parts: &[&str], value: wa::SyncActionValue) -> Placed {
        let mut index = vec![schema.name];
        index.extend_from_slice(parts);
        let index = serde_json::Value::from(index).to_string().into_bytes();
        let version = i32::try_from(schema.version).unwrap_or_default();
        (schema.collection.as_str(), Self { index, value, version })
    }
}

impl Collection {
    pub(super) fn version(&self) -> u64 {
        self.state.version
    }

    pub(super) fn since(&self, version: u64) -> AppStateDelta {
        let known = usize::try_from(version).unwrap_or(usize::MAX).min(self.patches.len());
        AppStateDelta { version: self.version(), patches: self.patches[known..].to_vec() }
    }

    /// Writes settings as one patch of the phone's own.
    pub(super) fn set(&mut self, name: &str, settings: &[Setting], key: &SyncKey) {
        let keys = key.expand();
        let known = &mut self.state.index_value_map;
        let (mut mutations, mut previous) = (Vec::new(), Vec::new());
        for setting in settings {
            let (mutation, value_mac) = encode_record(
                SyncdOperation::SET,
                &setting.index,
                &setting.value,
                &keys,
                key.id(),
                &random(),
                setting.version,
            );
            let index_mac = mutation.record.index.blob.clone().unwrap_or_default();
            previous.push(known.insert(hex::encode(&index_mac), value_mac.to_vec()));
            mutations.push(mutation);
        }
        self.state.version += 1;
        // The only failure is an unknown operation, and these are SET.
        let _ = self
            .state
            .update_hash(&mutations, |_, position| Ok(previous.get(position).cloned().flatten()));

        let mut patch = wa::SyncdPatch {
            version: wa::SyncdVersion { version: Some(self.state.version) }.into(),
            mutations,
            snapshot_mac: Some(self.state.generate_snapshot_mac(name, &keys.snapshot_mac)),
            key_id: wa::KeyId { id: Some(key.id().to_vec()) }.into(),
            ..Default::default()
        };
        patch.patch_mac =
            Some(generate_patch_mac(&patch, name, &keys.patch_mac, self.state.version));
        self.patches.push(codec::syncd_patch_to_vec(&patch));
    }

    /// Applies a device's patch, checking every MAC.
    pub(super) fn apply(
        &mut self,
        name: &str,
        base_version: u64,
        patch: &[u8],
        key: &SyncKey,
    ) -> Result<PatchProcessingResult, PatchRefusal> {
        if base_version != self.version() {
            return Err(PatchRefusal::Conflict(self.version()));
        }
        let mut patch = codec::syncd_patch_decode(patch).map_err(|_| PatchRefusal::Invalid)?;
        // The decoder skips the MACs of a patch that names no key.
        let complete =
            patch.patch_mac.is_some() && patch.snapshot_mac.is_some() && patch.key_id.id.is_some();
        if !complete {
            return Err(PatchRefusal::Invalid);
        }
        // Devices upload without a version: the server assigns it.
        patch.version = wa::SyncdVersion { version: Some(base_version + 1) }.into();

        let mut state = self.state.clone();
        let previous =
            |index_mac: &[u8]| Ok(self.state.index_value_map.get(&hex::encode(index_mac)).cloned());
        let mut applied =
            process_patch(&patch, &mut state, |id| key.lookup(id), previous, true, name)
                .map_err(|_| PatchRefusal::Invalid)?;
        // A client would accept a wrong snapshot MAC; the origin of the state must not.
        if state.mac_mismatch_fatal {
            return Err(PatchRefusal::Invalid);
        }

        for mac in &applied.removed_index_macs {
            state.index_value_map.remove(&hex::encode(mac));
        }
        for mac in &applied.added_macs {
            state.index_value_map.insert(hex::encode(&mac.index_mac), mac.value_mac.clone());
        }
        applied.state = state.clone();
        self.state = state;
        self.patches.push(codec::syncd_patch_to_vec(&patch));
        Ok(applied)
    }
}
