//! `/phones/{number}/messages` and other routes of chatting.

use std::time::Duration;

use axum::Json;
use axum::extract::{Path, Query, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Answer;
use super::listed::ListedMessage;
use super::new_message::{Content, SendRequest};
use super::strict::Strict;
use crate::control::{Control, ControlError, ReceiptType, Sent};
use crate::json::null_as_default;
use crate::world::presence::Typing;

/// The chat to list, and optionally the length to wait for.
#[derive(Deserialize)]
pub(super) struct ChatQuery {
    with: String,
    /// Wait until the chat has this many messages.
    min: Option<usize>,
    /// Wait no longer than this; the messages are returned either way.
    wait_ms: Option<u64>,
}

pub(super) async fn list(
    State(control): State<Control>,
    Path(number): Path<String>,
    Query(chat): Query<ChatQuery>,
) -> Answer<Vec<ListedMessage>> {
    let messages = match chat.min.zip(chat.wait_ms) {
        None => control.messages(&number, &chat.with).await?,
        Some((min, wait)) => {
            let timeout = Duration::from_millis(wait);
            let waited =
                control.until(&number, &chat.with, timeout, |messages| messages.len() >= min).await;
            match waited {
                Err(ControlError::TimedOut(_)) => control.messages(&number, &chat.with).await?,
                waited => waited?,
            }
        }
    };
    Ok(Json(messages.into_iter().map(ListedMessage::from).collect()))
}

pub(super) async fn send(
    State(control): State<Control>,
    Path(number): Path<String>,
    SendRequest { to, content }: SendRequest,
) -> Answer<Sent> {
    let id = match content {
        Content::New(message) => control.send_message(&number, &to, *message).await?,
        Content::Presented(text, presentation) => {
            control.send_as(&number, &to, &text, &presentation).await?
        }
        Content::Raw(content, presentation) => {
            control.send_content(&number, &to, &content, &presentation).await?
        }
        Content::Update(update) => control.update_message(&number, &to, &update).await?,
        Content::Vote { id, options } => control.vote(&number, &to, &id, &options).await?,
        Content::Timer(seconds) => control.set_timer(&number, &to, seconds).await?,
    };
    Ok(Json(Sent { id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct MarkRead {
    #[serde(alias = "to")]
    with: String,
    #[serde(default, deserialize_with = "null_as_default")]
    r#type: ReceiptType,
}

pub(super) async fn read(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(MarkRead { with, r#type }): Strict<MarkRead>,
) -> Answer<Value> {
    let read = control.read_as(&number, &with, r#type).await?;
    Ok(Json(json!({ "read": read })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetTyping {
    #[serde(alias = "with")]
    to: String,
    /// `composing` if left out.
    state: Option<Typing>,
}

pub(super) async fn typing(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(SetTyping { to, state }): Strict<SetTyping>,
) -> Answer<Value> {
    let state = state.unwrap_or(Typing::Composing);
    control.typing(&number, &to, state).await?;
    Ok(Json(json!({ "state": state })))
}
