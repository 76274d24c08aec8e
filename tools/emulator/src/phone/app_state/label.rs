//! Labels, and the numbers of people who wrote without one, as synced settings.

use wacore_appstate::schemas;
use wacore_binary::Jid;
use waproto::whatsapp::{
    SyncActionValue,
    sync_action_value::{LabelEditAction, PnForLidChatAction},
};

use super::collection::{Placed, Setting};
use crate::phone::Label;

/// The record that makes, renames or colours a label at a time (seconds), or deletes it.
pub(super) fn edit(id: &str, label: Option<&Label>, at: i64) -> Placed {
    let action = LabelEditAction {
        name: label.map(|label| label.name.clone()),
        color: label.map(|label| label.color),
        deleted: Some(label.is_none()),
        ..Default::default()
    };
    let value = SyncActionValue {
        timestamp: Some(at * 1_000),
        label_edit_action: action.into(),
        ..Default::default()
    };
    Setting::of(&schemas::LABEL_EDIT, &[id], value)
}

/// The record that says whose number belongs to a LID.
pub(super) fn number_of(lid: &Jid, pn: &Jid, at: i64) -> Placed {
    let action = PnForLidChatAction { pn_jid: Some(pn.to_string()) };
    let value = SyncActionValue {
        timestamp: Some(at * 1_000),
        pn_for_lid_chat_action: action.into(),
        ..Default::default()
    };
    Setting::of(&schemas::PN_FOR_LID_CHAT, &[lid.to_string().as_str()], value)
}
