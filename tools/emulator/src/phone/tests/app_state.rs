use std::sync::Arc;

use wacore_appstate::{
    Mutation, encode_record, expand_app_state_keys,
    hash::{HashState, generate_patch_mac},
    process_patch,
};
use waproto::{
    codec,
    whatsapp::{self as wa, message::AppStateSyncKey, syncd_mutation::SyncdOperation},
};

use super::ana;
use crate::phone::{PatchRefusal, Phone};

const CRITICAL: &str = "critical_block";

/// A companion's copy of a collection.
#[derive(Default)]
struct Replica {
    state: HashState,
}

impl Replica {
    /// Fetches new patches and applies them with every check on. Returns the mutations.
    fn sync(&mut self, phone: &Phone) -> Vec<Mutation> {
        let key = shared_key(phone);
        let secret = key.key_data.key_data.clone().expect("has data");
        let delta = phone.app_state_collection(CRITICAL, self.state.version);
        let mut mutations = Vec::new();
        for patch in &delta.patches {
            let patch = codec::syncd_patch_decode(patch).expect("a patch");
            let known = self.state.index_value_map.clone();
            let result = process_patch(
                &patch,
                &mut self.state,
                |id| {
                    assert_eq!(Some(id), key.key_id.key_id.as_deref());
                    Ok(Arc::new(expand_app_state_keys(&secret)))
                },
                |index_mac| Ok(known.get(&hex::encode(index_mac)).cloned()),
                true,
                CRITICAL,
            )
            .expect("the patch verifies");
            assert!(!self.state.mac_mismatch_fatal, "the snapshot MAC agrees");
            for mac in result.added_macs {
                self.state.index_value_map.insert(hex::encode(mac.index_mac), mac.value_mac);
            }
            mutations.extend(result.mutations);
        }
        assert_eq!(self.state.version, delta.version);
        mutations
    }

    /// A patch that renames the user, as a client would upload it (without a version).
    fn rename(&self, phone: &Phone, name: &str) -> wa::SyncdPatch {
        let key = shared_key(phone);
        let key_id = key.key_id.key_id.clone().expect("has an id");
        let keys = expand_app_state_keys(key.key_data.key_data.as_deref().expect("has data"));
        let setting = wa::sync_action_value::PushNameSetting { name: Some(name.to_owned()) };
        let value = wa::SyncActionValue {
            timestamp: Some(1),
            push_name_setting: setting.into(),
            ..Default::default()
        };
        let (mutation, _) = encode_record(
            SyncdOperation::SET,
            b"[\"setting_pushName\"]",
            &value,
            &keys,
            &key_id,
            &[7; 16],
            1,
        );
        let mut after = self.state.clone();
        after.version += 1;
        let mutations = vec![mutation];
        let (_, updated) = after.update_hash(&mutations, |index_mac, _| {
            Ok(self.state.index_value_map.get(&hex::encode(index_mac)).cloned())
        });
        updated.expect("a SET");
        let mut patch = wa::SyncdPatch {
            mutations,
            snapshot_mac: Some(after.generate_snapshot_mac(CRITICAL, &keys.snapshot_mac)),
            key_id: wa::KeyId { id: Some(key_id) }.into(),
            ..Default::default()
        };
        patch.patch_mac =
            Some(generate_patch_mac(&patch, CRITICAL, &keys.patch_mac, after.version));
        patch
    }
}

fn shared_key(phone: &Phone) -> AppStateSyncKey {
    phone.key_share().protocol_message.app_state_sync_key_share.keys[0].clone()
}

fn name_in(mutations: &[Mutation]) -> Option<&str> {
    let value = mutations.last()?.action_value.as_ref()?;
    value.push_name_setting.as_option()?.name.as_deref()
}

#[test]
fn a_new_account_has_its_push_name_at_version_one() {
    let mut replica = Replica::default();

    let mutations = replica.sync(&ana());

    assert_eq!(replica.state.version, 1);
    assert_eq!(name_in(&mutations), Some("Ana"));
    assert_eq!(mutations[0].index, ["setting_pushName"]);
}

#[test]
fn a_rename_is_one_more_patch() {
    let mut phone = ana();
    let mut replica = Replica::default();
    replica.sync(&phone);

    phone.set_name("Ana Maria");
    phone.set_name("Ana Maria");

    assert_eq!(name_in(&replica.sync(&phone)), Some("Ana Maria"));
    assert_eq!(replica.state.version, 2);
    assert_eq!(name_in(&Replica::default().sync(&phone)), Some("Ana Maria"), "from the start, too");
    assert!(replica.sync(&phone).is_empty());
}

#[test]
fn collections_without_records_are_at_version_zero() {
    let delta = ana().app_state_collection("regular_low", 0);

    assert_eq!((delta.version, delta.patches.len()), (0, 0));
}

#[test]
fn a_companions_patch_is_taken_and_passed_on() {
    let mut phone = ana();
    let (mut author, mut other) = (Replica::default(), Replica::default());
    author.sync(&phone);
    other.sync(&phone);

    let patch = codec::syncd_patch_to_vec(&author.rename(&phone, "Aninha"));
    assert_eq!(phone.apply_app_state_patch(CRITICAL, 1, &patch), Ok(2));

    assert_eq!(phone.name(), "Aninha");
    assert_eq!(name_in(&other.sync(&phone)), Some("Aninha"));
    let stale = phone.apply_app_state_patch(CRITICAL, 1, &patch);
    assert_eq!(stale, Err(PatchRefusal::Conflict(2)));
}

#[test]
fn altered_patches_are_refused() {
    let mut phone = ana();
    let mut author = Replica::default();
    author.sync(&phone);
    let good = author.rename(&phone, "Aninha");

    let mut wrong_patch_mac = good.clone();
    wrong_patch_mac.patch_mac = Some(vec![0; 32]);
    let mut no_snapshot_mac = good.clone();
    no_snapshot_mac.snapshot_mac = None;
    let mut no_key = good.clone();
    no_key.key_id.take();
    let mut wrong_state = author.rename(&phone, "Aninha");
    wrong_state.snapshot_mac = Some(vec![0; 32]);
    let keys =
        expand_app_state_keys(shared_key(&phone).key_data.key_data.as_deref().expect("has data"));
    wrong_state.patch_mac = Some(generate_patch_mac(&wrong_state, CRITICAL, &keys.patch_mac, 2));

    for patch in [wrong_patch_mac, no_snapshot_mac, no_key, wrong_state] {
        let refused = phone.apply_app_state_patch(CRITICAL, 1, &codec::syncd_patch_to_vec(&patch));
        assert_eq!(refused, Err(PatchRefusal::Invalid));
    }
    assert_eq!(phone.name(), "Ana");
    assert_eq!(phone.app_state_collection(CRITICAL, 0).version, 1);
}
