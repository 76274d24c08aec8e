//! The server functions, one per file: each determines its user, then makes one call.
//!
//! All are `POST /api/{name}` with a form as body. The user always comes from the session. A form
//! sent without JavaScript is answered with a redirect to its page.

mod account_notice;
mod add_number;
mod audit;
mod begin_second_factor;
mod change_password;
mod change_phone;
mod chats;
mod confirm_second_factor;
mod connect;
mod connect_with_code;
mod connections;
mod create_first_admin;
mod discard_change;
mod disconnect;
mod dismiss_account_notice;
mod edit_message;
mod edit_number;
mod end_other_sessions;
mod end_session;
mod end_sessions;
mod finish_login;
mod first_run;
mod forward;
mod inbox;
mod invite;
mod link;
mod list_users;
mod login;
mod logout;
mod make_link;
mod mark_read;
mod me;
mod message_text;
mod message_versions;
mod messages;
mod messages_from;
mod number;
mod pending_login;
mod person;
mod profile;
mod react;
mod remove_number;
mod remove_second_factor;
mod rename;
#[cfg(feature = "ssr")]
mod request_context;
mod require_second_factor;
mod reset_second_factor;
mod retry;
mod retry_change;
mod revoke_message;
mod save_draft;
mod second_factor;
mod send_text;
mod set_access;
mod set_active;
mod set_enter_key;
mod set_language;
mod set_private;
mod set_private_by_default;
mod set_role;
mod set_theme;
mod status;
mod unread;
mod use_link;
mod users;

pub use account_notice::{AccountNotice, account_notice};
pub use add_number::{AddNumber, add_number};
pub use audit::{Audit, AuditChoice, audit};
pub use begin_second_factor::{BeginSecondFactor, begin_second_factor};
pub use change_password::{ChangePassword, change_password};
pub use change_phone::{ChangePhone, change_phone};
pub use chats::{Chats, chats};
pub use confirm_second_factor::{ConfirmSecondFactor, confirm_second_factor};
pub use connect::{Connect, connect};
pub use connect_with_code::{ConnectWithCode, connect_with_code};
pub use connections::{Connections, connections};
pub use create_first_admin::{CreateFirstAdmin, create_first_admin};
pub use discard_change::{DiscardChange, discard_change};
pub use disconnect::{Disconnect, disconnect};
pub use dismiss_account_notice::{DismissAccountNotice, dismiss_account_notice};
pub use edit_message::{EditMessage, edit_message};
pub use edit_number::{EditNumber, edit_number};
pub use end_other_sessions::{EndOtherSessions, end_other_sessions};
pub use end_session::{EndSession, end_session};
pub use end_sessions::{EndSessions, end_sessions};
pub use finish_login::{FinishLogin, finish_login};
pub use first_run::{FirstRun, first_run};
pub use forward::{Forward, forward};
pub use inbox::{Inbox, inbox};
pub use invite::{Invite, invite};
pub use link::{Link, link};
pub use list_users::{ListUsers, list_users};
pub use login::{Login, login};
pub use logout::{Logout, logout};
pub use make_link::{MakeLink, make_link};
pub use mark_read::{MarkRead, mark_read};
pub use me::{Me, me};
pub use message_text::{MessageText, message_text};
pub use message_versions::{MessageVersions, message_versions};
pub use messages::{Messages, messages};
pub use messages_from::{MessagesFrom, messages_from};
pub use number::{Number, number};
pub use pending_login::{Asked, PendingLoginPage, asked};
pub use person::{Person, person};
pub use profile::{Profile, profile};
pub use react::{React, react};
pub use remove_number::{RemoveNumber, remove_number};
pub use remove_second_factor::{RemoveSecondFactor, remove_second_factor};
pub use rename::{Rename, rename};
#[cfg(feature = "ssr")]
pub(crate) use request_context::repeated_phone_question;
pub use require_second_factor::{RequireSecondFactor, require_second_factor};
pub use reset_second_factor::{ResetSecondFactor, reset_second_factor};
pub use retry::{Retry, retry};
pub use retry_change::{RetryChange, retry_change};
pub use revoke_message::{RevokeMessage, revoke_message};
pub use save_draft::{SaveDraft, save_draft};
pub use second_factor::{Enrolling, RecoveryCodes, SecondFactor, SecondFactorPage, second_factor};
pub use send_text::{SendText, send_text};
pub use set_access::{SetAccess, set_access};
pub use set_active::{SetActive, set_active};
pub use set_enter_key::{SetEnterKey, set_enter_key};
pub use set_language::{SetLanguage, set_language};
pub use set_private::{SetPrivate, set_private};
pub use set_private_by_default::{SetPrivateByDefault, set_private_by_default};
pub use set_role::{SetRole, set_role};
pub use set_theme::{SetTheme, set_theme};
pub use status::{Status, status};
pub use unread::{Unread, unread};
pub use use_link::{UseLink, use_link};
pub use users::{FreshLink, Users, UsersPage, users};

// The data of their answers.
pub use model::{
    AuditPage, CHATS_PAGE, ConnectionsPage, InboxPage, MESSAGES_FROM, MESSAGES_PAGE, NumberAccess,
    NumberPage, OpenChat, PersonNumber, PersonPage, ProfilePage,
};

/// The main page, and the target of a login.
pub const INBOX: &str = "/atendente/inbox-pirata";
pub const LOGIN: &str = "/entrar";
/// The page that asks for a second factor.
pub const CODE: &str = "/entrar/codigo";
pub const PROFILE: &str = "/perfil";
pub const SECOND_FACTOR: &str = "/perfil/duas-etapas";
pub const SETUP: &str = "/configurar";
/// The prefix of a link for choosing a password; its token follows.
pub const LINK: &str = "/convite/";
pub const USERS: &str = "/admin/atendentes";

/// The page of one person's access to numbers, for administrators.
pub fn person_page(id: model::UserId) -> String {
    format!("{USERS}/{id}")
}

/// The list of all numbers, for administrators.
pub const CONNECTIONS: &str = "/admin/conexoes";
/// The history, for administrators; the other path is the same as a file.
pub const AUDIT: &str = "/admin/auditoria";
pub const AUDIT_CSV: &str = "/admin/auditoria.csv";
/// The page for adding a number.
pub const NEW_NUMBER: &str = "/numeros/novo";

/// The page for naming, restricting and removing a number.
pub fn number_page(id: model::ConnectionId) -> String {
    format!("/numeros/{id}")
}
