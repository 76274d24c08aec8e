//! Chats as rows: finding them, and what belongs to a chat as a whole.
//!
//! Nothing here begins a transaction, and nothing but [`actions`] announces a change. The callers
//! ([`crate::ingest`], [`crate::outbox`], [`crate::inbox`]) do both.
//!
//! | module | content |
//! | --- | --- |
//! | [`find`] | the chat with a contact, or a group; it is created if there is none |
//! | [`last_message`] | the last message of a chat, by which the list is sorted |
//! | [`mod@move_back`] | messages that were written by a clock ahead of WhatsApp's |
//! | [`read_marks`] | the messages of a chat that users have read |
//! | [`draft_rows`] | the drafts in a chat |
//! | [`picture`] | the address of the picture that a row shows |
//! | [`load`] | rows as [`model::Chat`] |
//! | [`actions`] | changes of that state that wait for WhatsApp |
//! | [`state`] | what the phone keeps of a chat: archived, pinned, muted and so on |

pub(crate) mod actions;
pub(crate) mod draft_rows;
pub(crate) mod find;
mod last_message;
pub(crate) mod load;
mod move_back;
pub(crate) mod picture;
pub(crate) mod read_marks;
pub(crate) mod state;

pub(crate) use last_message::{forget_last, refresh_last, set_last};
pub(crate) use load::by_id;
pub(crate) use move_back::move_back;
