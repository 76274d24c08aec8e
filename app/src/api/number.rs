use leptos::prelude::*;
use model::{Chat, Connection, ConnectionId, Gap, NumberGrant, Removal, User};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// What the page of one number shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberPage {
    pub number: Connection,
    /// Its older conversations may be another phone's.
    pub maybe_mixed: bool,
    /// For its owner: the conversations whose privacy is not that of the others.
    pub exceptions: Option<Vec<Chat>>,
    /// When it was away lately, the newest first.
    pub gaps: Vec<Gap>,
    /// What goes with it, for those who may remove it.
    pub removal: Option<Removal>,
    /// Who may work with it, for administrators.
    pub access: Option<NumberAccess>,
}

/// Who may work with a number beside its owner.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NumberAccess {
    pub owner: Option<User>,
    pub grants: Vec<NumberGrant>,
    /// The active users who are neither the owner nor among the grants.
    pub others: Vec<User>,
}

/// A number as those who may manage it see it.
#[server(prefix = "/api", endpoint = "number")]
pub async fn number(connection: ConnectionId) -> Result<NumberPage, ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let grant = viewer.grant_manage(connection).await?;
    let row = viewer.connection(grant.connection()).await?;
    let exceptions = match row.owner == viewer.user().id {
        true => {
            let chats = viewer.privacy_exceptions(connection).await?.into_iter();
            Some(chats.map(|chat| crate::Reader::asking().name(chat)).collect())
        }
        false => None,
    };
    let maybe_mixed = row.maybe_mixed;
    let number = app.pool.describe(row);
    let gaps = viewer.gaps(connection, super::GAPS).await?;
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
    Ok(NumberPage { number, maybe_mixed, exceptions, gaps, removal, access })
}
