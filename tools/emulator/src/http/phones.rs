//! `/phones`: creation, description, and the actions of users besides chatting.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Value, json};

use super::error::Answer;
use super::strict::Strict;
use crate::control::{Control, ControlError, NewPhone, PhoneInfo, Scanned};
use crate::json::null_as_default;
use crate::world::addressing::Addressing;
use crate::world::business::Business;
use crate::world::presence::Presence;

pub(super) async fn list(State(control): State<Control>) -> Json<Vec<PhoneInfo>> {
    Json(control.phones().await)
}

#[derive(Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct MakePhone {
    number: Option<String>,
    name: Option<String>,
    #[serde(deserialize_with = "null_as_default")]
    addressing: Addressing,
    /// Others need a token of the account to write to it.
    #[serde(deserialize_with = "null_as_default")]
    restricted: bool,
    /// The profile of a business.
    business: Option<Business>,
}

pub(super) async fn make(
    State(control): State<Control>,
    Strict(new): Strict<MakePhone>,
) -> Answer<PhoneInfo> {
    let MakePhone { number, name, addressing, restricted, business } = new;
    let made = control.make_phone(NewPhone { number, name, addressing }).await?;
    if restricted {
        control.restrict(&made.number, true).await?;
    }
    if let Some(business) = business.clone() {
        control.set_business(&made.number, business).await?;
    }
    Ok(Json(PhoneInfo { restricted, business, ..made }))
}

pub(super) async fn show(
    State(control): State<Control>,
    Path(number): Path<String>,
) -> Answer<PhoneInfo> {
    Ok(Json(control.phone_info(&number).await?))
}

pub(super) async fn scan(
    State(control): State<Control>,
    Path(number): Path<String>,
    qr: String,
) -> Answer<Scanned> {
    Ok(Json(control.scan_with(&number, qr.trim()).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct PairCode {
    code: String,
}

pub(super) async fn pair_code(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(PairCode { code }): Strict<PairCode>,
) -> Answer<Scanned> {
    Ok(Json(control.enter_pair_code(&number, &code).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetName {
    name: String,
}

pub(super) async fn name(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(SetName { name }): Strict<SetName>,
) -> Answer<Value> {
    control.set_name(&number, &name).await?;
    Ok(Json(json!({ "name": name })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SaveContact {
    number: String,
    name: String,
}

pub(super) async fn save_contact(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(contact): Strict<SaveContact>,
) -> Answer<Value> {
    control.save_contact(&number, &contact.number, &contact.name).await?;
    Ok(Json(json!({ "number": contact.number, "name": contact.name })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPresence {
    available: bool,
    /// The time at which the app was left, in seconds since 1970.
    last_seen: Option<i64>,
}

pub(super) async fn presence(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(SetPresence { available, last_seen }): Strict<SetPresence>,
) -> Answer<Value> {
    match (available, last_seen) {
        (true, Some(_)) => {
            let why = "last_seen does not go with available".to_owned();
            return Err(ControlError::Invalid(why).into());
        }
        (false, Some(_)) => {
            control.set_presence(&number, Presence::Unavailable { last: last_seen }).await?;
        }
        (available, None) => control.presence(&number, available).await?,
    }
    Ok(Json(json!({ "available": available })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetNetwork {
    online: bool,
}

pub(super) async fn network(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(SetNetwork { online }): Strict<SetNetwork>,
) -> Answer<Value> {
    control.network(&number, online).await?;
    Ok(Json(json!({ "online": online })))
}

pub(super) async fn unlink(
    State(control): State<Control>,
    Path((number, device)): Path<(String, u16)>,
) -> Answer<Value> {
    control.unlink(&number, device).await?;
    Ok(Json(json!({ "removed": device })))
}
