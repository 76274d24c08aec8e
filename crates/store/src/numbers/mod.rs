//! The management of numbers. Their chats are in [`inbox`](crate::inbox).
//!
//! * [`connections`] reads the numbers of a user, and the linked numbers for startup.
//! * [`add`] creates a number.
//! * [`edit`] changes its label, its colour and the phone that may link it first.
//! * [`change_phone`] replaces a number whose phone changed with a new one.
//! * [`share`] grants a user access to a number, and revokes it.
//! * [`visibility`] decides what contacts see of the people who work with it.
//! * [`remove`] removes a number with everything in it.
//! * [`overview`] is the administrators' list of all numbers; [`uptimes`] is a part of it.

mod add;
mod change_phone;
pub(crate) mod connections;
mod edit;
mod overview;
mod remove;
mod share;
mod uptimes;
pub(crate) mod visibility;

use add::insert;

pub use add::NewNumber;
pub use connections::{ConnectionRow, Linked};
