//! `/groups`: groups, and the changes that their members make.

use axum::Json;
use axum::extract::{Path, State};
use serde::Deserialize;

use super::error::Answer;
use super::profile::read_picture;
use super::strict::Strict;
use crate::control::{Control, GroupChange, GroupInfo, MembersChange, NewGroup, RequestsAnswer};

pub(super) async fn list(State(control): State<Control>) -> Json<Vec<GroupInfo>> {
    Json(control.groups().await)
}

pub(super) async fn make(
    State(control): State<Control>,
    Strict(new): Strict<NewGroup>,
) -> Answer<GroupInfo> {
    Ok(Json(control.make_group(new).await?))
}

pub(super) async fn show(
    State(control): State<Control>,
    Path(jid): Path<String>,
) -> Answer<GroupInfo> {
    Ok(Json(control.group(&jid).await?))
}

pub(super) async fn change(
    State(control): State<Control>,
    Path(jid): Path<String>,
    Strict(change): Strict<GroupChange>,
) -> Answer<GroupInfo> {
    Ok(Json(control.change_group(&jid, change).await?))
}

pub(super) async fn members(
    State(control): State<Control>,
    Path(jid): Path<String>,
    Strict(change): Strict<MembersChange>,
) -> Answer<GroupInfo> {
    Ok(Json(control.change_members(&jid, &change).await?))
}

pub(super) async fn leave(
    State(control): State<Control>,
    Path((jid, number)): Path<(String, String)>,
) -> Answer<GroupInfo> {
    Ok(Json(control.leave_group(&jid, &number).await?))
}

pub(super) async fn requests(
    State(control): State<Control>,
    Path(jid): Path<String>,
    Strict(answer): Strict<RequestsAnswer>,
) -> Answer<GroupInfo> {
    Ok(Json(control.answer_requests(&jid, &answer).await?))
}

/// A picture in base64, or its removal.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct SetPicture {
    /// The number of the phone that makes the change; an admin's if left out.
    by: Option<String>,
    base64: Option<String>,
    /// Only `true`.
    remove: Option<bool>,
}

pub(super) async fn picture(
    State(control): State<Control>,
    Path(jid): Path<String>,
    Strict(SetPicture { by, base64, remove }): Strict<SetPicture>,
) -> Answer<GroupInfo> {
    let picture = read_picture(base64, remove)?;
    Ok(Json(control.set_group_picture(&jid, by.as_deref(), picture).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct ResetInvite {
    /// The number of the phone that resets the link; an admin's if left out.
    by: Option<String>,
}

pub(super) async fn reset_invite(
    State(control): State<Control>,
    Path(jid): Path<String>,
    Strict(ResetInvite { by }): Strict<ResetInvite>,
) -> Answer<GroupInfo> {
    Ok(Json(control.reset_invite(&jid, by.as_deref()).await?))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Join {
    /// The code of the invite link.
    code: String,
}

pub(super) async fn join(
    State(control): State<Control>,
    Path(number): Path<String>,
    Strict(Join { code }): Strict<Join>,
) -> Answer<GroupInfo> {
    Ok(Json(control.join_group(&code, &number).await?))
}
