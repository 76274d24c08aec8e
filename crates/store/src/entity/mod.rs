//! The tables, as sea-orm sees them. What each column means is written at its field; the tables and
//! their indexes are made in `migrations`. Nothing here leaves the crate.

pub(crate) mod amendment;
pub(crate) mod audit;
pub(crate) mod chat;
pub(crate) mod connection;
pub(crate) mod connection_up;
pub(crate) mod contact;
pub(crate) mod contact_alias;
pub(crate) mod draft;
pub(crate) mod early_read;
pub(crate) mod gap;
pub(crate) mod live_event;
pub(crate) mod login_device;
pub(crate) mod login_link;
pub(crate) mod media;
pub(crate) mod message;
pub(crate) mod number_access;
pub(crate) mod original;
pub(crate) mod outbox;
pub(crate) mod recovery_code;
pub(crate) mod setting;
pub(crate) mod totp;
pub(crate) mod unsent_receipt;
pub(crate) mod user;
pub(crate) mod web_session;
