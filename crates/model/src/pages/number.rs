use serde::{Deserialize, Serialize};

use crate::{CallPolicy, Chat, Connection, Downtime, NumberGrant, Removal, User, Visibility};

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
    /// The decision about its calls, for users who may make it.
    pub calls: Option<CallPolicy>,
    /// What contacts see of it, for users who may decide that.
    pub visibility: Option<Visibility>,
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
