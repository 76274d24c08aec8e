use leptos::prelude::*;
use model::{Chat, Connection, ConnectionId, Downtime, NumberGrant, Removal, User};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// The data of the page of one number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberPage {
    pub number: Connection,
    /// Its older conversations may belong to another phone.
    pub maybe_mixed: bool,
    /// For its owner: the conversations whose privacy differs from the default.
    pub exceptions: Option<Vec<Chat>>,
    /// Its latest downtimes, the newest first.
    #[serde(rename = "gaps")]
    pub downtimes: Vec<Downtime>,
    /// The data that is removed with it, for users who may remove it.
    pub removal: Option<Removal>,
    /// The people with access to it, for administrators.
    pub access: Option<NumberAccess>,
}

/// The people with access to a number beside its owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberAccess {
    pub owner: Option<User>,
    pub grants: Vec<NumberGrant>,
    /// The active users who are neither the owner nor among the grants.
    pub others: Vec<User>,
}

/// The settings of a number, for users who may manage it.
#[server(prefix = "/api", endpoint = "number")]
pub async fn number(connection: ConnectionId) -> Result<NumberPage, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let grant = viewer.grant_manage(connection).await?;
    let row = viewer.connection(grant.connection()).await?;
    let exceptions = match row.owner == viewer.user().id {
        true => {
            let chats = viewer.privacy_exceptions(connection).await?.into_iter();
            Some(chats.map(|chat| crate::Reader::of_request().name(chat)).collect())
        }
        false => None,
    };
    let maybe_mixed = row.maybe_mixed;
    let number = app.pool.describe(row);
    let downtimes = viewer.downtimes(connection, super::DOWNTIMES).await?;
    let removal = match viewer.grant_remove(connection).await {
        Ok(grant) => Some(app.store.removal(&grant).await?),
        Err(store::Error::NotFound) => None,
        Err(error) => return Err(error.into()),
    };
    let access = match viewer.admin().await {
        Ok(admin) => {
            let grants = app.store.grants_on(&admin, connection).await?;
            let accounts = app.store.accounts().list(&admin).await?;
            let users =
                accounts.into_iter().filter(|one| one.status != model::UserStatus::Deactivated);
            let (owner, others): (Vec<_>, Vec<_>) = users
                .map(|account| account.user)
                .filter(|user| grants.iter().all(|grant| grant.user != user.id))
                .partition(|user| user.id == number.owner);
            Some(NumberAccess { owner: owner.into_iter().next(), grants, others })
        }
        Err(store::Error::Forbidden) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(NumberPage { number, maybe_mixed, exceptions, downtimes, removal, access })
}
