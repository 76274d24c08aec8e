//! What a viewer reads and does: numbers, conversations, messages.
//!
//! * [`connections`], [`chats`], [`messages`], [`drafts`] and [`unread`] hold the reads of a
//!   [`Viewer`](crate::Viewer), each of which starts from its scope. [`whole`] reads a text of which a
//!   bubble shows the beginning.
//! * [`send`], [`read`] and [`privacy`] hold its changes.
//! * [`amended`] applies edits and deletions to messages; [`names`] says what people are called.

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
mod whole;

pub(crate) use amended::{Amended, Of};
pub use chats::ChatsPage;
pub(crate) use chats::{by_id as chats_by_id, refresh_last};
pub(crate) use connections::rows as connection_rows;
pub use connections::{ConnectionRow, Linked};
pub(crate) use drafts::{pass_on as pass_on_drafts, prune as prune_drafts};
pub(crate) use messages::by_id as messages_by_id;

use sea_orm::{
    ColumnTrait,
    sea_query::{Expr, Func, SimpleExpr},
};

/// The beginning of what a column holds: texts are long, lists are longer.
pub(crate) fn beginning(column: impl ColumnTrait, characters: usize) -> SimpleExpr {
    let length = i32::try_from(characters).unwrap_or(i32::MAX);
    Func::cust("SUBSTR").arg(Expr::col(column.as_column_ref())).arg(1).arg(length).into()
}
