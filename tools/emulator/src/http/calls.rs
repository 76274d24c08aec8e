//! `/phones/{number}/call`: calls of a phone.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Answer;
use super::strict::Strict;
use crate::control::{Control, Sent};
use crate::json::null_as_default;
use crate::world::calls::CallState;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PlaceCall {
    #[serde(alias = "to")]
    with: String,
    #[serde(default, deserialize_with = "null_as_default")]
    video: bool,
    /// It goes on ringing.
    #[serde(default, deserialize_with = "null_as_default")]
    ring: bool,
}

pub(super) async fn call(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(PlaceCall { with, video, ring }): Strict<PlaceCall>,
) -> Answer<Sent> {
    let id = match ring {
        true => control.ring(&number, &with, video).await?,
        false => control.call(&number, &with, video).await?,
    };
    Ok(Json(Sent { id }))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct EndCall {
    id: String,
    /// `given_up` if left out.
    how: Option<CallState>,
}

pub(super) async fn end_call(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(EndCall { id, how }): Strict<EndCall>,
) -> Answer<Value> {
    let how = how.unwrap_or(CallState::GivenUp);
    control.end_call(&number, &id, how).await?;
    Ok(Json(json!({ "state": how })))
}
