//! The user of a session, and the second factor that the session must have proved.

use model::{User, UserId};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::{Accounts, SecondFactor, second_factor};
use crate::{Error, access::users};

/// Identifies one second factor of a person, from when it is enabled until it is disabled. A
/// session stores the one that it has proved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactorId(i64);

/// The person of a session, in their current state.
#[derive(Clone)]
pub struct SessionUser {
    pub user: User,
    /// A login session is bound to this value: it changes with the password, which ends older
    /// sessions.
    pub auth_hash: Vec<u8>,
    /// The step that follows their password.
    pub needs: SecondFactor,
    /// The second factor they have enabled.
    pub factor: Option<FactorId>,
}

impl SessionUser {
    /// Returns true if a session that has proved this second factor may still be used.
    pub fn admits(&self, proved: Option<FactorId>) -> bool {
        match self.needs {
            SecondFactor::None => true,
            SecondFactor::Required => proved.is_some() && proved == self.factor,
            SecondFactor::MustEnrol => false,
        }
    }
}

impl Accounts {
    /// Returns the person of a session, if they are active.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn for_session(&self, id: UserId) -> Result<Option<SessionUser>, Error> {
        let db = self.store().db();
        let Some(row) = users::active_row(db, id).await? else { return Ok(None) };
        let auth_hash = auth_hash(&row.password_hash);
        let user = users::to_model(row)?;
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

/// Returns a digest of the password's hash, because it is stored with the session.
fn auth_hash(password_hash: &str) -> Vec<u8> {
    Sha256::digest(password_hash).to_vec()
}
