//! Names of states, reasons and errors in the reader's language.
//!
//! There is one file per enum of [`model`] that people see: its names and, for problems, what
//! people can do about them.

#[cfg(feature = "ssr")]
mod access;
#[cfg(feature = "ssr")]
mod action;
mod closed;
#[cfg(feature = "ssr")]
mod country;
mod delivery;
mod downtime;
mod error;
mod field;
#[cfg(feature = "ssr")]
mod group_change;
mod kind;
mod media;
mod notice;
mod number;
#[cfg(feature = "ssr")]
mod poll;
mod reason;
mod state;

#[cfg(feature = "ssr")]
pub(crate) use access::access;
#[cfg(feature = "ssr")]
pub(crate) use action::action;
pub(crate) use closed::closed;
#[cfg(feature = "ssr")]
pub(crate) use country::country;
pub(crate) use delivery::{delivery, fail_reason};
pub(crate) use downtime::downtime;
#[cfg(feature = "ssr")]
pub(crate) use downtime::downtime_summary;
pub(crate) use error::error;
pub(crate) use field::field;
#[cfg(feature = "ssr")]
pub(crate) use group_change::group_change;
pub(crate) use kind::kind;
#[cfg(feature = "ssr")]
pub(crate) use media::{bytes, pages};
pub(crate) use media::{file, media_trouble};
pub(crate) use notice::notice;
pub(crate) use number::{number, number_among};
#[cfg(feature = "ssr")]
pub(crate) use poll::{poll_note, voters, votes};
pub(crate) use reason::{reason, remedy};
pub(crate) use state::{state, tone, trouble};
