//! The reads and changes of a user: numbers, chats and messages.
//!
//! They are functions of a [`Viewer`](crate::Viewer), or of the store with a
//! [`Grant`](crate::Grant). Every query starts from the scope of the user, so a row that the user
//! may not read is never selected: a missing chat and a forbidden one give the same `NotFound`.
//! Every change is one transaction, and is announced to open pages after its commit
//! ([`crate::live`]). Only the list of linked numbers, for startup, belongs to no user.
//!
//! | module | content |
//! | --- | --- |
//! | [`connections`] | the numbers of a user, and the linked numbers for startup |
//! | [`chats`] | the list of chats, in pages |
//! | [`messages`] | the messages of a chat, in pages; [`whole`] reads a whole long text |
//! | [`unread`] | the unread messages of each number |
//! | [`drafts`] | unsent texts, which their author alone reads |
//! | [`send`] | sending a text, and sending or fetching again after a failure |
//! | [`read`] | marking a chat as read |
//! | [`privacy`] | private chats, which the owner of the number alone reads |
//! | [`updated`] | applies message updates (edits, deletions, reactions) on reading |
//! | [`names`] | the displayed name of a contact |

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
mod updated;
mod whole;

pub use chats::ChatsPage;
pub(crate) use chats::{by_id as chats_by_id, refresh_last};
pub(crate) use connections::rows as connection_rows;
pub use connections::{ConnectionRow, Linked};
pub(crate) use drafts::{prune as prune_drafts, reassign as reassign_drafts};
pub(crate) use messages::by_id as messages_by_id;
pub(crate) use updated::{MessageKey, Updated};

use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, Func, SimpleExpr},
};

/// Selects the first characters of a column, so that lists do not load whole texts.
pub(crate) fn beginning(column: impl ColumnTrait, characters: usize) -> SimpleExpr {
    let length = i32::try_from(characters).unwrap_or(i32::MAX);
    Func::cust("SUBSTR").arg(Expr::col(column.as_column_ref())).arg(1).arg(length).into()
}
