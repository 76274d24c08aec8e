//! The user's own push name, as a synced setting.

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
