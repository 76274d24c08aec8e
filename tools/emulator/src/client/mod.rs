//! A connected client, as the handlers of its stanzas see it: its [`connection`], and the [`session`] of the
//! device that is logged in on it.

pub(crate) mod connection;
pub(crate) mod session;
