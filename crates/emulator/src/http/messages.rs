//! `/phones/{number}/messages` and what goes with chatting.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Answer;
use crate::control::{Control, ControlError, PhoneMessage, Sent};
use crate::world::account::Typing;

/// Which chat to list, and whether to wait for it to grow.
#[derive(Deserialize)]
pub(super) struct Chat {
    with: String,
    /// Wait until the chat has this many messages …
    min: Option<usize>,
    /// … but no longer than this; the messages come either way.
    wait_ms: Option<u64>,
}

pub(super) async fn list(
    State(control): State<Control>,
    Path(number): Path<String>,
    Query(chat): Query<Chat>,
) -> Answer<Vec<PhoneMessage>> {
    if let (Some(min), Some(wait)) = (chat.min, chat.wait_ms) {
        let patience = Duration::from_millis(wait);
        let waited =
            control.until(&number, &chat.with, patience, |messages| messages.len() >= min).await;
        match waited {
            Ok(messages) => return Ok(Json(messages)),
            Err(ControlError::TimedOut(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok(Json(control.messages(&number, &chat.with).await?))
}

/// A message to send. Text is served; the other kinds of the contract are refused by name.
#[derive(Deserialize)]
pub(super) struct NewMessage {
    to: String,
    text: Option<String>,
    reply_to: Option<String>,
    #[serde(flatten)]
    others: serde_json::Map<String, Value>,
}

/// Fields of `NewMessage` that ask for something else than text.
const UNSUPPORTED: [(&str, &str); 10] = [
    ("media", "media messages"),
    ("mentions", "mentions"),
    ("view_once", "view-once messages"),
    ("reaction", "reactions"),
    ("edit", "edits"),
    ("revoke", "revocations"),
    ("location", "locations"),
    ("contact", "contacts"),
    ("poll", "polls"),
    ("sticker", "stickers"),
];

pub(super) async fn send(
    State(control): State<Control>,
    Path(number): Path<String>,
    Json(message): Json<NewMessage>,
) -> Answer<Sent> {
    for (field, what) in UNSUPPORTED {
        if message.others.contains_key(field) {
            return Err(ControlError::NotSupported(what).into());
        }
    }
    let Some(text) = message.text else {
        return Err(ControlError::Invalid("a message needs text".to_owned()).into());
    };
    let id = control.send_reply(&number, &message.to, &text, message.reply_to.as_deref()).await?;
    Ok(Json(Sent { id }))
}

#[derive(Deserialize)]
pub(super) struct With {
    #[serde(alias = "to")]
    with: String,
}

pub(super) async fn read(
    State(control): State<Control>,
    Path(number): Path<String>,
    Json(With { with }): Json<With>,
) -> Answer<Value> {
    let read = control.read(&number, &with).await?;
    Ok(Json(json!({ "read": read })))
}

#[derive(Deserialize)]
pub(super) struct SetTyping {
    #[serde(alias = "with")]
    to: String,
    #[serde(default = "composing")]
    state: Typing,
}

fn composing() -> Typing {
    Typing::Composing
}

pub(super) async fn typing(
    State(control): State<Control>,
    Path(number): Path<String>,
    Json(SetTyping { to, state }): Json<SetTyping>,
) -> Answer<Value> {
    control.typing(&number, &to, state).await?;
    Ok(Json(json!({ "state": state })))
}
