//! The user's own push name, as a synced setting.

use wacore_appstate::Mutation;
use waproto::whatsapp::{self as wa, sync_action_value::PushNameSetting};

use super::collection::Setting;

/// The collection of this setting: a client waits for it before it is usable.
pub(super) const COLLECTION: &str = "critical_block";
/// The index of this setting in the collection.
const INDEX: &str = "setting_pushName";

/// The record that sets the name at a time (seconds).
pub(super) fn setting(name: &str, at: i64) -> Setting {
    Setting {
        index: format!("[\"{INDEX}\"]").into_bytes(),
        value: wa::SyncActionValue {
            timestamp: Some(at * 1_000),
            push_name_setting: PushNameSetting { name: Some(name.to_owned()) }.into(),
            ..Default::default()
        },
        version: 1,
    }
}

/// Returns the name that a device's patch sets, if it sets one.
pub(super) fn find(mutations: &[Mutation]) -> Option<&str> {
    mutations
        .iter()
        .rev()
        .filter(|mutation| mutation.index.first().is_some_and(|kind| kind == INDEX))
        .find_map(|mutation| {
            mutation.action_value.as_ref()?.push_name_setting.as_option()?.name.as_deref()
        })
}
