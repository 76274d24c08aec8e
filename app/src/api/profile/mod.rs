//! The user's own account: name, password, preferences, sessions, and changes by others.

mod account_notice;
mod change_password;
mod dismiss_account_notice;
mod end_other_sessions;
mod end_session;
mod me;
mod page;
mod rename;
mod set_enter_key;
mod set_language;
mod set_theme;

pub use account_notice::{AccountNotice, account_notice};
pub use change_password::{ChangePassword, change_password};
pub use dismiss_account_notice::{DismissAccountNotice, dismiss_account_notice};
pub use end_other_sessions::{EndOtherSessions, end_other_sessions};
pub use end_session::{EndSession, end_session};
pub use me::{Me, me};
pub use page::{Profile, profile};
pub use rename::{Rename, rename};
pub use set_enter_key::{SetEnterKey, set_enter_key};
pub use set_language::{SetLanguage, set_language};
pub use set_theme::{SetTheme, set_theme};
