//! The tables, as sea-orm entities. The meaning of a column is documented at its field. The tables
//! and their indexes are created in `migrations`. No entity leaves the crate.
//!
//! Times are in microseconds since 1970 (`codec`). Three entities have another name than their
//! table: [`message_update`] (table `amendment`), [`downtime`] (table `gap`) and [`raw_message`]
//! (table `original`).

pub(crate) mod audit;
pub(crate) mod call_answer;
pub(crate) mod call_policy;
pub(crate) mod chat;
pub(crate) mod chat_action;
pub(crate) mod chat_group;
pub(crate) mod connection;
pub(crate) mod connection_up;
pub(crate) mod contact;
pub(crate) mod contact_alias;
pub(crate) mod downtime;
pub(crate) mod draft;
pub(crate) mod early_read;
pub(crate) mod group_access;
pub(crate) mod group_member;
pub(crate) mod group_receipt;
pub(crate) mod live_event;
pub(crate) mod login_device;
pub(crate) mod login_link;
pub(crate) mod media;
pub(crate) mod media_copy;
pub(crate) mod message;
pub(crate) mod message_update;
pub(crate) mod number_access;
pub(crate) mod number_visibility;
pub(crate) mod outbox;
pub(crate) mod picture;
pub(crate) mod raw_message;
pub(crate) mod recovery_code;
pub(crate) mod ringing_call;
pub(crate) mod setting;
pub(crate) mod sticker_favourite;
pub(crate) mod totp;
pub(crate) mod upload;
pub(crate) mod user;
pub(crate) mod web_session;
