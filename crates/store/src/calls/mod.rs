//! Calls of the other side: those that ring, and numbers that reject them by themselves.
//!
//! A call is a message with the id of the call. While it rings it also has a row of its own, by which
//! its end finds it. A call of which nothing is heard any more ends as missed
//! ([`Store::end_ringing_calls`]).
//!
//! | module | content |
//! | --- | --- |
//! | [`ringing`] | calls that ring, and their end |
//! | [`policy`] | the decision about the calls of a number |
//! | [`answer`] | the text that callers get whose calls are rejected |
//!
//! [`Store::end_ringing_calls`]: crate::Store::end_ringing_calls

pub(crate) mod answer;
mod policy;
pub(crate) mod ringing;

pub use policy::CallAnswer;
pub(crate) use policy::{copy, of_number};
