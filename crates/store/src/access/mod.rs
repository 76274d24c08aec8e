//! Who may do what.
//!
//! * [`scope`]: the rule itself, once, as SQL. Every read and every proof uses it.
//! * [`viewer`]: [`Viewer`], the door for one user.
//! * [`grant`]: [`Grant<Write>`], [`Grant<Manage>`] and [`Admin`], proofs that only this module makes. A
//!   function that takes one cannot be called without the check having been made.
//! * [`share`]: giving a user access to a number, and taking it away.
//!
//! | | read | write | manage |
//! | --- | --- | --- | --- |
//! | owner, admin | yes | yes | yes |
//! | `can_read` | yes | no | no |
//! | `can_write` | yes | yes | no |
//! | `can_manage` | yes | no | yes |
//! | anybody else, deactivated users | no | no | no |
//!
//! To those who may not read it, a number does not exist: [`Error::NotFound`](crate::Error::NotFound).

mod grant;
mod scope;
mod share;
mod viewer;

pub use grant::{Admin, Grant, Manage, Write};
pub(crate) use scope::{Right, Scope, allows};
pub use share::Access;
pub use viewer::Viewer;
