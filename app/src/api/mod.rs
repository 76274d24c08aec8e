//! The server functions, one per file, by resource: each determines its user, parses what was
//! typed, makes one call of `service`, and answers with a redirect or data.
//!
//! All are `POST /api/{name}` with a form as body; [`ServerFn::url`] is that path. The user always
//! comes from the session. A form sent without JavaScript is answered with a redirect to its page.
//!
//! [`ServerFn::url`]: leptos::server_fn::ServerFn::url

mod audit;
mod chats;
mod groups;
mod login;
mod messages;
mod numbers;
mod pairing;
mod profile;
#[cfg(feature = "ssr")]
mod request_context;
mod second_factor;
mod users;

pub use audit::{Audit, AuditChoice, audit};
pub use chats::*;
pub use groups::*;
pub use login::*;
pub use messages::*;
pub use numbers::*;
pub use pairing::*;
pub use profile::*;
#[cfg(feature = "ssr")]
pub(crate) use request_context::repeated_phone_question;
pub use second_factor::*;
pub use users::*;

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
/// The page for starting a conversation.
pub const NEW_CHAT: &str = "/nova-conversa";
/// The page for the timer of a conversation's messages.
pub fn timer_page(chat: model::ChatId) -> String {
    format!("{INBOX}/chat/{chat}/temporarias")
}

/// The page with the data of a group.
pub fn group_page(chat: model::ChatId) -> String {
    format!("{INBOX}/chat/{chat}/grupo")
}

/// The page with the receipts of a message in a group.
pub fn message_info_page(message: model::MessageId) -> String {
    format!("/recibos/{message}")
}

/// The page of what can be done with a conversation.
pub fn options_page(chat: model::ChatId) -> String {
    format!("{INBOX}/chat/{chat}/opcoes")
}

/// The page that asks again before it is done.
pub const CONFIRM: &str = "confirmar";

/// The page about the person or the group of a conversation.
pub fn details_page(chat: model::ChatId) -> String {
    format!("{INBOX}/chat/{chat}/dados")
}

/// The page whose form the dialog for sending files shows.
pub const SEND_FILES: &str = "/atendente/inbox-pirata/anexar";
/// The page for adding a number.
pub const NEW_NUMBER: &str = "/numeros/novo";

/// The page for naming, restricting and removing a number.
pub fn number_page(id: model::ConnectionId) -> String {
    format!("/numeros/{id}")
}
