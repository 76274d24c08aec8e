//! The events that keep open pages up to date.
//!
//! A change is numbered inside its transaction ([`record`]), published after the commit ([`Hub`]),
//! and can be read again by number until it is pruned ([`Replay`]). An event has the complete new
//! value, so a page may receive it twice without harm. A page must never miss an event without
//! noticing it.
//!
//! Changes of access are published on a second channel ([`AccessChanged`]), so that open pages
//! check again what they may show.

pub(crate) mod access;
mod change;
mod hub;
mod prune;
mod replay;
mod wakeups;

pub(crate) use change::{Change, record};
pub use hub::{AccessChanged, Committed, Hub};
pub(crate) use prune::prune;
pub use prune::{KEEP_EVENTS, KEEP_FOR};
pub use replay::Replay;
pub use wakeups::Wakeups;
pub(crate) use wakeups::Work;
