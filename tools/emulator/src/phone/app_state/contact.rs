//! A person in the phone's address book, as a synced setting.

use wacore_binary::Jid;
use waproto::whatsapp::{self as wa, sync_action_value::ContactAction};

use super::collection::Setting;

/// The collection of this setting.
pub(super) const COLLECTION: &str = "critical_unblock_low";

/// The record that names a person at a time (seconds).
pub(super) fn setting(pn: &Jid, lid: &Jid, name: &str, at: i64) -> Setting {
    let first = name.split_whitespace().next().map(str::to_owned);
    Setting {
        index: serde_json::json!(["contact", pn.to_string()]).to_string().into_bytes(),
        value: wa::SyncActionValue {
            timestamp: Some(at * 1_000),
            contact_action: ContactAction {
                full_name: Some(name.to_owned()),
                first_name: first,
                lid_jid: Some(lid.to_string()),
                save_on_primary_addressbook: Some(true),
                ..Default::default()
            }
            .into(),
            ..Default::default()
        },
        version: 2,
    }
}
