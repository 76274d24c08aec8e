//! A person in the phone's address book, as a synced setting.

use wacore_appstate::schemas;
use wacore_binary::Jid;
use waproto::whatsapp::{self as wa, sync_action_value::ContactAction};

use super::collection::{Placed, Setting};

/// The collection of this setting.
pub(super) const COLLECTION: &str = schemas::CONTACT.collection.as_str();

/// The record that names a person at a time (seconds).
pub(super) fn setting(pn: &Jid, lid: &Jid, name: &str, at: i64) -> Placed {
    let action = ContactAction {
        full_name: Some(name.to_owned()),
        first_name: name.split_whitespace().next().map(str::to_owned),
        lid_jid: Some(lid.to_string()),
        save_on_primary_addressbook: Some(true),
        ..Default::default()
    };
    let value = wa::SyncActionValue {
        timestamp: Some(at * 1_000),
        contact_action: action.into(),
        ..Default::default()
    };
    Setting::of(&schemas::CONTACT, &[pn.to_string().as_str()], value)
}
