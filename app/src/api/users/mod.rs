//! The administration of users, and of their access to numbers.

mod end_sessions;
mod invite;
mod list;
mod make_link;
mod page;
mod person;
mod require_second_factor;
mod reset_second_factor;
mod set_access;
mod set_active;
mod set_role;

pub use end_sessions::{EndSessions, end_sessions};
pub use invite::{Invite, invite};
pub use list::{ListUsers, list_users};
pub use make_link::{MakeLink, make_link};
pub use page::{FreshLink, Users, UsersPage, users};
pub use person::{Person, person};
pub use require_second_factor::{RequireSecondFactor, require_second_factor};
pub use reset_second_factor::{ResetSecondFactor, reset_second_factor};
pub use set_access::{SetAccess, set_access};
pub use set_active::{SetActive, set_active};
pub use set_role::{SetRole, set_role};
