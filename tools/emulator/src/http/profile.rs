//! `/phones/{number}/picture`, `/about`, `/privacy` and `/history`.

use axum::Json;
use axum::extract::{Path, State};
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Answer;
use super::strict::Strict;
use crate::control::{Control, ControlError, MadeHistory, NewPrivacy};
use crate::phone::NewHistory;
use crate::world::privacy::Audience;

/// A picture in base64, or its removal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPicture {
    base64: Option<String>,
    /// Only `true`.
    remove: Option<bool>,
}

/// The bytes of a picture that a request sets, or `None` if it removes the picture.
pub(super) fn read_picture(
    base64: Option<String>,
    remove: Option<bool>,
) -> Result<Option<Vec<u8>>, ControlError> {
    let invalid = |why: &str| Err(ControlError::Invalid(why.to_owned()));
    match (base64, remove) {
        (Some(_), Some(_)) => invalid("remove does not go with base64"),
        (None, None) => invalid("base64 is missing"),
        (None, Some(false)) => invalid("remove cannot be false"),
        (None, Some(true)) => Ok(None),
        (Some(picture), None) => match BASE64_STANDARD.decode(picture) {
            Ok(bytes) if !bytes.is_empty() => Ok(Some(bytes)),
            Ok(_) => invalid("base64 is empty"),
            Err(_) => invalid("base64 is not in base64"),
        },
    }
}

pub(super) async fn picture(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(SetPicture { base64, remove }): Strict<SetPicture>,
) -> Answer<Value> {
    let id = control.set_picture(&number, read_picture(base64, remove)?).await?;
    Ok(Json(json!({ "id": id })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetAbout {
    text: String,
}

pub(super) async fn about(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(SetAbout { text }): Strict<SetAbout>,
) -> Answer<Value> {
    control.set_about(&number, &text).await?;
    Ok(Json(json!({ "text": text })))
}

/// Who may see what; what is left out stays as it is.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPrivacy {
    picture: Option<Audience>,
    about: Option<Audience>,
    last: Option<Audience>,
    online: Option<Audience>,
}

pub(super) async fn privacy(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(SetPrivacy { picture, about, last, online }): Strict<SetPrivacy>,
) -> Answer<Value> {
    control.set_privacy(&number, NewPrivacy { picture, about, last, online }).await?;
    Ok(Json(json!({ "number": number })))
}

pub(super) async fn history(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(history): Strict<NewHistory>,
) -> Answer<MadeHistory> {
    Ok(Json(control.make_history(&number, history).await?))
}
