//! What others may know of an account: its picture, its business, and who may see what.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};
use wacore_binary::Jid;

use super::account::Account;
use super::business::Business;
use super::picture::Picture;
use super::privacy::Privacy;

/// The server's records of an account's profile. The text under the name is beside them.
#[derive(Debug, Default, Clone, Serialize, Deserialize)]
#[serde(default)]
pub(crate) struct Profile {
    pub(crate) picture: Option<Picture>,
    pub(crate) business: Option<Business>,
    /// The certificate with the name of the business (`VerifiedNameCertificate`).
    pub(crate) certificate: Option<Vec<u8>>,
    pub(crate) privacy: Privacy,
    /// The numbers in the phone's address book, which the phone uploads.
    pub(crate) contacts: BTreeSet<String>,
    /// JIDs of the people that the account has blocked: LIDs, as far as those are known.
    pub(crate) blocked: BTreeSet<String>,
}

impl Profile {
    /// Returns `true` if the account has blocked another one.
    pub(crate) fn blocks(&self, other: &Account) -> bool {
        let is_other = |jid: &String| jid.parse::<Jid>().is_ok_and(|jid| other.owns(&jid));
        self.blocked.iter().any(is_other)
    }
}
