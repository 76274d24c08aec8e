//! Browsers that a person has logged in with before.
//!
//! Strangers can guess at an account as often as they like, so every login attempt is slowed down.
//! A browser that logged in before is recognized by a token of its own, so that its person never
//! waits because of strangers. The token proves nothing else: password and second factor are still
//! required. It is forgotten together with all other logins of the person.

use std::{collections::HashSet, net::IpAddr};

use chrono::{TimeDelta, Utc};
use model::UserId;
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    QueryOrder as _, sea_query::Query,
};

use super::{Accounts, Email};
use crate::{
    Error, codec,
    entity::{login_device, user},
    secrets::{self, Secret},
};

/// Maximum number of browsers of one person. Another one replaces the least recently used.
const MAX_DEVICES: usize = 20;

/// A browser that has not logged in for this long is unknown again.
const DEVICE_LIFETIME: TimeDelta = TimeDelta::days(180);

/// The origin of a login attempt, as known to the account that is tried.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LoginOrigin {
    /// A browser that has logged in before; holds the digest of its token.
    KnownDevice(String),
    /// Another browser, in a network from which the person has logged in.
    KnownNetwork,
    /// Neither the browser nor the network is known.
    Unknown,
}

/// The token by which a browser is recognized: 32 hexadecimal digits.
#[derive(Debug, Clone)]
pub struct DeviceToken(Secret);

impl DeviceToken {
    const LENGTH: usize = 32;

    /// Reads a token from a cookie; `None` if the text cannot be a token.
    pub fn read(text: &str) -> Option<Self> {
        let is_token = text.len() == Self::LENGTH
            && text.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        is_token.then(|| Self(Secret::new(text.to_owned())))
    }

    fn random() -> Result<Self, Error> {
        Ok(Self(Secret::new(hex::encode(secrets::random::<{ Self::LENGTH / 2 }>()?))))
    }

    /// Returns the text for the cookie.
    pub fn expose(&self) -> &str {
        self.0.expose()
    }

    fn digest(&self) -> String {
        secrets::digest(self.expose())
    }
}

impl Accounts {
    /// Returns how the account with this address knows a browser with these tokens, in this
    /// network. The query is the same for an address without an account.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn known(
        &self,
        email: &Email,
        tokens: &[DeviceToken],
        network: Option<IpAddr>,
    ) -> Result<LoginOrigin, Error> {
        let person = Query::select()
            .column(user::Column::Id)
            .from(user::Entity)
            .and_where(user::Column::Email.eq(email.as_str()))
            .to_owned();
        let theirs = login_device::Column::UserId.in_subquery(person);
        self.origin(theirs, tokens, network).await
    }

    /// Does the same as [`Self::known`] for a person.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn known_to(
        &self,
        user: UserId,
        tokens: &[DeviceToken],
        network: Option<IpAddr>,
    ) -> Result<LoginOrigin, Error> {
        self.origin(login_device::Column::UserId.eq(user.0), tokens, network).await
    }

    async fn origin(
        &self,
        theirs: sea_orm::sea_query::SimpleExpr,
        tokens: &[DeviceToken],
        network: Option<IpAddr>,
    ) -> Result<LoginOrigin, Error> {
        let since = codec::micros(Utc::now() - DEVICE_LIFETIME);
        let devices = login_device::Entity::find()
            .filter(theirs)
            .filter(login_device::Column::UsedAt.gt(since))
            .all(self.store().db())
            .await?;
        let digests: Vec<String> = tokens.iter().map(DeviceToken::digest).collect();
        if let Some(device) = devices.iter().find(|device| digests.contains(&device.token_hash)) {
            return Ok(LoginOrigin::KnownDevice(device.token_hash.clone()));
        }
        let network = network.map(|network| network.to_string());
        match network.is_some() && devices.iter().any(|device| device.network == network) {
            true => Ok(LoginOrigin::KnownNetwork),
            false => Ok(LoginOrigin::Unknown),
        }
    }

    /// Remembers the browser of a person who has just logged in. Returns the tokens that the
    /// browser keeps from now on: a new one for this person, and those of `tokens` that belong to
    /// other people.
    ///
    /// # Errors
    /// [`Error::Database`], [`Error::Random`].
    pub async fn remember_device(
        &self,
        user: UserId,
        tokens: Vec<DeviceToken>,
        network: Option<IpAddr>,
    ) -> Result<Vec<DeviceToken>, Error> {
        let token = DeviceToken::random()?;
        let now = Utc::now();
        let writing = self.store().write().await?;
        let devices = login_device::Entity::find()
            .filter(login_device::Column::UserId.eq(user.0))
            .order_by_desc(login_device::Column::UsedAt)
            .all(&writing.tx)
            .await?;
        let since = codec::micros(now - DEVICE_LIFETIME);
        let digests: Vec<String> = tokens.iter().map(DeviceToken::digest).collect();
        let mut kept = 0;
        for device in &devices {
            let is_this = digests.contains(&device.token_hash);
            if !is_this && device.used_at > since && kept + 1 < MAX_DEVICES {
                kept += 1;
                continue;
            }
            let key = (device.user_id, device.token_hash.clone());
            login_device::Entity::delete_by_id(key).exec(&writing.tx).await?;
        }
        let others = known_to_others(&writing.tx, user, &digests, since).await?;
        let row = login_device::ActiveModel {
            user_id: Set(user.0),
            token_hash: Set(token.digest()),
            network: Set(network.map(|network| network.to_string())),
            used_at: Set(codec::micros(now)),
        };
        login_device::Entity::insert(row).exec_without_returning(&writing.tx).await?;
        writing.commit().await?;
        let kept = tokens.into_iter().zip(digests).filter(|(_, digest)| others.contains(digest));
        Ok(std::iter::once(token).chain(kept.map(|(token, _)| token)).collect())
    }
}

/// Returns those of these digests that belong to other people. Expired tokens are left out, because
/// they would take up space in the cookie.
async fn known_to_others(
    tx: &impl ConnectionTrait,
    user: UserId,
    digests: &[String],
    since: i64,
) -> Result<HashSet<String>, Error> {
    let rows = login_device::Entity::find()
        .filter(login_device::Column::TokenHash.is_in(digests.iter().map(String::as_str)))
        .filter(login_device::Column::UserId.ne(user.0))
        .filter(login_device::Column::UsedAt.gt(since))
        .all(tx)
        .await?;
    Ok(rows.into_iter().map(|row| row.token_hash).collect())
}
