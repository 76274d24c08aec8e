//! Numbers as things that are had: added, changed, removed, and looked over.
//!
//! [`add`] makes them, [`edit`] changes what they are called and which phone may link them first,
//! [`change_phone`] has another take the place of one whose phone changed, [`remove`] removes them with
//! everything in them, [`overview`] is the administrators' list. Conversations are
//! [`inbox`](crate::inbox)'s.

mod add;
mod change_phone;
mod edit;
mod overview;
mod remove;

pub use add::NewNumber;
pub(crate) use add::insert;
