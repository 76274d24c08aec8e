//! Logging in and out, the first administrator, and links with which a person chooses their password.

mod create_first_admin;
mod finish_login;
mod first_run;
mod link;
mod log_in;
mod log_out;
mod pending_login;
mod use_link;

pub use create_first_admin::{CreateFirstAdmin, create_first_admin};
pub use finish_login::{FinishLogin, finish_login};
pub use first_run::{FirstRun, first_run};
pub use link::{Link, link};
pub use log_in::{Login, login};
pub use log_out::{Logout, logout};
pub use pending_login::{Asked, PendingLoginPage, asked};
pub use use_link::{UseLink, use_link};
