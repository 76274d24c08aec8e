//! The management of numbers. Their chats are in [`inbox`](crate::inbox).
//!
//! * [`add`] creates a number.
//! * [`edit`] changes its label, its colour and the phone that may link it first.
//! * [`change_phone`] replaces a number whose phone changed with a new one.
//! * [`remove`] removes a number with everything in it.
//! * [`overview`] is the administrators' list of all numbers.

mod add;
mod change_phone;
mod edit;
mod overview;
mod remove;

pub use add::NewNumber;
pub(crate) use add::insert;
