//! What a viewer reads and does: numbers, conversations, messages.
//!
//! [`connections`], [`chats`] and [`messages`] are the reads of a [`Viewer`](crate::Viewer), each
//! starting from its scope, as do [`drafts`] and [`unread`] totals, and [`amended`] is how messages are by
//! then; [`send`], [`read`] and [`privacy`] are its changes; [`names`] is how people are called.

mod amended;
mod chats;
mod connections;
mod drafts;
mod messages;
mod names;
#[cfg(test)]
mod plans;
mod privacy;
mod read;
mod send;
mod unread;

pub(crate) use amended::{Amended, Of};
pub use chats::ChatsPage;
pub(crate) use chats::{by_id as chats_by_id, refresh_last};
pub(crate) use connections::rows as connection_rows;
pub use connections::{ConnectionRow, Linked};
pub(crate) use drafts::{pass_on as pass_on_drafts, prune as prune_drafts};
pub(crate) use messages::by_id as messages_by_id;
