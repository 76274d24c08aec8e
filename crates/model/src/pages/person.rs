use serde::{Deserialize, Serialize};

use crate::{Connection, NumberGrant, User};

/// The data of the page of one person's access.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonPage {
    pub user: User,
    /// The requested numbers: first those the person may work with, then the others.
    pub numbers: Vec<PersonNumber>,
    /// There are more than these.
    pub more: bool,
}

/// A number, and the person's relation to it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PersonNumber {
    pub number: Connection,
    /// The name of the number's owner.
    pub owner: String,
    /// The person's grant on it, if any.
    pub grant: Option<NumberGrant>,
}
