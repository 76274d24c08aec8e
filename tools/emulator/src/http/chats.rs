//! `/phones/{number}/chat`, `/labels` and `/block`: what a user does with conversations besides
//! chatting in them.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::{Answer, Failure};
use super::strict::Strict;
use crate::control::{Control, ControlError};
use crate::phone::{ChatChange, Label, Mute};

/// Changes of one conversation. Several may be made at once, except for its deletion.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ChangeChat {
    #[serde(alias = "to")]
    with: String,
    archive: Option<bool>,
    pin: Option<bool>,
    mute: Option<NewMute>,
    unread: Option<bool>,
    star: Option<Star>,
    label: Option<ChatLabel>,
    /// Deletes the message with this id for the account only.
    delete_message: Option<String>,
    /// Only `true`: messages do not come back.
    clear: Option<bool>,
    /// Only `true`.
    delete: Option<bool>,
    /// Only `true`: tells linked devices the number of a person who wrote without one.
    share_number: Option<bool>,
}

/// `true` for ever, `false` for off, or a time in seconds since 1970.
#[derive(Deserialize)]
#[serde(untagged)]
enum NewMute {
    Switch(bool),
    Until(i64),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Star {
    id: String,
    #[serde(default = "yes")]
    on: bool,
}

/// A label of the conversation, which is made or changed before if it has a name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ChatLabel {
    id: String,
    #[serde(default = "yes")]
    on: bool,
    name: Option<String>,
    color: Option<i32>,
}

fn yes() -> bool {
    true
}

impl ChangeChat {
    /// The changes in the order in which they are made.
    fn changes(&self) -> Result<Vec<ChatChange>, ControlError> {
        for (field, value) in
            [("clear", self.clear), ("delete", self.delete), ("share_number", self.share_number)]
        {
            if value == Some(false) {
                return Err(invalid(format!("{field} cannot be false")));
            }
        }
        let mute = self.mute.as_ref().map(|mute| match mute {
            NewMute::Switch(true) => Mute::Forever,
            NewMute::Switch(false) => Mute::Off,
            NewMute::Until(end) => Mute::Until(*end),
        });
        let star = self.star.as_ref();
        let label = self.label.as_ref();
        let message = self.delete_message.clone();
        let changes = [
            ("archive", self.archive.map(ChatChange::Archive)),
            ("pin", self.pin.map(ChatChange::Pin)),
            ("mute", mute.map(ChatChange::Mute)),
            ("unread", self.unread.map(ChatChange::MarkUnread)),
            ("star", star.map(|Star { id, on }| ChatChange::Star { id: id.clone(), on: *on })),
            ("label", label.map(|one| ChatChange::Label { label: one.id.clone(), on: one.on })),
            ("delete_message", message.map(|id| ChatChange::DeleteMessage { id })),
            ("clear", self.clear.map(|_| ChatChange::Clear { starred: false })),
        ];
        let mut changes: Vec<_> =
            changes.into_iter().filter_map(|(field, change)| Some((field, change?))).collect();
        if self.delete.is_some() {
            if let Some((field, _)) = changes.first() {
                return Err(invalid(format!("{field} does not go with delete")));
            }
            changes.push(("delete", ChatChange::Delete));
        }
        if changes.is_empty() && self.share_number.is_none() {
            return Err(invalid("a chat is changed by one field at least"));
        }
        Ok(changes.into_iter().map(|(_, change)| change).collect())
    }
}

fn invalid(why: impl Into<String>) -> ControlError {
    ControlError::Invalid(why.into())
}

pub(super) async fn change(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(new): Strict<ChangeChat>,
) -> Answer<Value> {
    let changes = new.changes()?;
    if let Some(ChatLabel { id, name, color, .. }) = &new.label {
        match (name, color) {
            (Some(name), color) => {
                let label = Label { name: name.clone(), color: color.unwrap_or_default() };
                control.edit_label(&number, id, Some(label)).await?;
            }
            (None, Some(_)) => {
                return Err(Failure::from(invalid("label.color does not go without label.name")));
            }
            (None, None) => {}
        }
    }
    if new.share_number.is_some() {
        control.share_number(&number, &new.with).await?;
    }
    for change in &changes {
        control.change_chat(&number, &new.with, change).await?;
    }
    Ok(Json(json!({ "changes": changes.len() })))
}

/// A label to make or change, or to delete.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EditLabel {
    id: String,
    name: Option<String>,
    color: Option<i32>,
    deleted: Option<bool>,
}

pub(super) async fn label(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(EditLabel { id, name, color, deleted }): Strict<EditLabel>,
) -> Answer<Value> {
    let label = match (deleted == Some(true), name) {
        (false, Some(name)) => Some(Label { name, color: color.unwrap_or_default() }),
        (false, None) => return Err(invalid("name is missing").into()),
        (true, None) if color.is_none() => None,
        (true, _) => return Err(invalid("deleted does not go with name and color").into()),
    };
    control.edit_label(&number, &id, label).await?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Block {
    with: String,
    #[serde(default = "yes")]
    blocked: bool,
}

pub(super) async fn block(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(Block { with, blocked }): Strict<Block>,
) -> Answer<Value> {
    control.block(&number, &with, blocked).await?;
    Ok(Json(json!({ "blocked": blocked })))
}
