//! States, reasons and errors in the words of the reader's language.
//!
//! One file per enum of [`model`] that people see: what it is called, and, where something is
//! wrong, what they can do about it.

#[cfg(feature = "ssr")]
mod access;
#[cfg(feature = "ssr")]
mod action;
#[cfg(feature = "ssr")]
mod country;
mod delivery;
mod error;
mod field;
mod gap;
mod kind;
mod media;
mod number;
mod reason;
mod state;

#[cfg(feature = "ssr")]
pub(crate) use access::access;
#[cfg(feature = "ssr")]
pub(crate) use action::action;
#[cfg(feature = "ssr")]
pub(crate) use country::country;
pub(crate) use delivery::{delivery, fail_reason};
pub(crate) use error::error;
pub(crate) use field::field;
#[cfg(feature = "ssr")]
pub(crate) use gap::absence;
pub(crate) use gap::gap;
pub(crate) use kind::kind;
pub(crate) use media::{file, media_trouble};
pub(crate) use number::number;
pub(crate) use reason::{reason, remedy};
pub(crate) use state::{state, tone, trouble};
