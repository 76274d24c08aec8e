//! The events that keep open pages true.
//!
//! A change is numbered inside its transaction ([`record`]), announced after it ([`Hub`]), and can
//! be asked for again by number until it is pruned ([`Replay`]). An event carries the new value
//! whole, so a page may see one twice without harm; what must never happen is that it misses one
//! and believes itself up to date.
//!
//! Who may see what changes too. That is announced on the side ([`AccessChanged`]), for open pages to
//! ask again what they may show.

pub(crate) mod access;
mod change;
mod hub;
mod prune;
mod replay;

pub(crate) use change::{Change, record};
pub use hub::{AccessChanged, Committed, Hub};
pub use prune::{KEEP_EVENTS, KEEP_FOR};
pub use replay::Replay;
