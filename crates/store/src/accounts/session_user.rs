//! The user of a session, and the factor that it has to have proved.

use model::{User, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Accounts, SecondFactor, second_factor};
use crate::Error;

/// One second factor of a person, from when it is turned on until it is turned off. A session keeps
/// which one it has proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorId(i64);

/// The person of a session, as they are now.
#[derive(Clone)]
pub struct SessionUser {
    pub user: User,
    /// A login session is bound to it: it changes with the password, and ends the sessions of before.
    pub auth_hash: Vec<u8>,
    /// What has to follow their password.
    pub needs: SecondFactor,
    /// The second factor they have turned on.
    pub factor: Option<FactorId>,
}

impl SessionUser {
    /// Returns true if a session that has proved this is good enough by now.
    pub fn admits(&self, proved: Option<FactorId>) -> bool {
        match self.needs {
            SecondFactor::None => true,
            SecondFactor::Required => proved.is_some() && proved == self.factor,
            SecondFactor::MustEnrol => false,
        }
    }
}

impl Accounts {
    /// The person of a session, while they are active.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn for_session(&self, id: UserId) -> Result<Option<SessionUser>, Error> {
        let db = self.store().db();
        let Some(row) = super::active_row(db, id).await? else { return Ok(None) };
        let auth_hash = auth_hash(&row.password_hash);
        let user = super::to_model(row)?;
        let factor = second_factor::confirmed(db, id).await?.map(|row| FactorId(row.confirmed_at));
        let needs = if factor.is_some() {
            SecondFactor::Required
        } else if second_factor::required(db, user.role).await? {
            SecondFactor::MustEnrol
        } else {
            SecondFactor::None
        };
        Ok(Some(SessionUser { user, auth_hash, needs, factor }))
    }
}

/// A digest of the password's hash, because it is kept with the session.
fn auth_hash(password_hash: &str) -> Vec<u8> {
    Sha256::digest(password_hash).to_vec()
}
