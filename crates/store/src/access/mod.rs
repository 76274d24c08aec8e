//! Permissions of users.
//!
//! * [`scope`]: the rule itself, once, as SQL. Every read and every proof uses it.
//! * [`viewer`]: [`Viewer`], the access of one user.
//! * [`grant`]: [`Grant<Write>`], [`Grant<Manage>`] and [`Admin`], proofs that only this module
//!   makes. A function that takes one cannot be called without the check.
//! * [`actor_context`]: [`ActorContext`], the user of a proof and their address, for the audit trail.
//! * [`users`]: the active users, read from their rows.
//!
//! Granting a user access to a number, and revoking it, is in [`numbers`](crate::numbers).
//!
//! | | read | write | manage | remove, decide on calls and receipts | private chats |
//! | --- | --- | --- | --- | --- | --- |
//! | owner | yes | yes | yes | yes | yes |
//! | admin | yes | yes | yes | yes | no |
//! | `can_read` | yes | no | no | no | no |
//! | `can_write` | yes | yes | no | no | no |
//! | `can_manage` | yes | no | yes | no | no |
//! | anybody else, deactivated users | no | no | no | no | no |
//!
//! A private chat exists for the number's owner only, regardless of the rights of others. A group exists for
//! the owner, for admins, and for those whose grant includes it ([`crate::inbox`], `group_access`).
//!
//! For users who may not read it, a number does not exist:
//! [`Error::NotFound`](crate::Error::NotFound).

mod actor_context;
mod grant;
mod scope;
pub(crate) mod users;
mod viewer;

pub use actor_context::ActorContext;
pub use grant::{Admin, Grant, Manage, Remove, Write};
pub(crate) use scope::{Right, Scope, is_private};
pub use viewer::Viewer;
