//! The entries of the audit trail.

use std::{collections::BTreeMap, net::IpAddr};

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use crate::{AuditId, ConnectionId, UserId};

/// Defines the enum of actions, the text of each in the database and in JSON, and the list of all.
/// It is not derived with strum, as the names of other enums are: the texts are written out, so that
/// a variant that is renamed keeps its text.
macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $text:literal,)*) => {
        /// An audited action. The texts are kept for ever, in the database and in exports: none is
        /// ever changed or given another meaning.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum AuditAction {
            $($(#[$doc])* #[serde(rename = $text)] $name,)*
        }

        impl AuditAction {
            /// Every action, for a filter's menu.
            pub const ALL: &[Self] = &[$(Self::$name,)*];

            pub fn as_str(self) -> &'static str {
                match self {
                    $(Self::$name => $text,)*
                }
            }
        }
    };
}

actions! {
    Login = "login",
    /// The target is the e-mail address that was tried.
    LoginFailed = "login_failed",
    Logout = "logout",
    UserCreated = "user_created",
    UserInvited = "user_invited",
    InvitationUsed = "invitation_used",
    UserRenamed = "user_renamed",
    RoleChanged = "role_changed",
    UserDeactivated = "user_deactivated",
    UserReactivated = "user_reactivated",
    /// Changed by the person, who knew the old one.
    PasswordChanged = "password_changed",
    /// A link to set another password was made.
    PasswordLinkCreated = "password_link_created",
    /// Replaced without the old one: by such a link, or from the command line.
    PasswordReset = "password_reset",
    SessionsEnded = "sessions_ended",
    TotpEnabled = "totp_enabled",
    TotpDisabled = "totp_disabled",
    TotpRequiredChanged = "totp_required_changed",
    RecoveryCodeUsed = "recovery_code_used",
    AccessGranted = "access_granted",
    AccessRevoked = "access_revoked",
    ConnectionCreated = "connection_created",
    ConnectionRenamed = "connection_renamed",
    /// Its colour or its expected phone changed.
    ConnectionChanged = "connection_changed",
    ConnectionRemoved = "connection_removed",
    ConnectionOwnerChanged = "connection_owner_changed",
    PairingStarted = "pairing_started",
    Paired = "paired",
    /// Another phone than the number's own scanned, and was unlinked.
    WrongNumber = "wrong_number",
    /// The phone of another number scanned, and was unlinked.
    PhoneInUse = "phone_in_use",
    /// The number has another phone from now on: a new number took its place.
    PhoneChanged = "phone_changed",
    Unlinked = "unlinked",
    ChatsPrivateChanged = "chats_private_changed",
    /// A group was given to some people only, or to everybody again; or the groups of a grant changed.
    GroupAccessChanged = "group_access_changed",
    /// All messages of a chat were removed, or the chat with them.
    ChatCleared = "chat_cleared",
    /// A contact was blocked or unblocked.
    ContactBlocked = "contact_blocked",
    AuditExported = "audit_exported",
}

/// The text names no action.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("unknown action")]
pub struct UnknownAction;

impl std::str::FromStr for AuditAction {
    type Err = UnknownAction;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.iter().copied().find(|action| action.as_str() == text).ok_or(UnknownAction)
    }
}

/// The actor of an audited action.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Actor {
    /// A person, with the name they had at the time.
    User { id: UserId, name: String },
    /// The operator, who ran the program on the machine.
    Console,
    /// A phone or WhatsApp, whose action the session of the number noticed.
    System,
    /// A person who was not logged in.
    Anonymous,
}

/// One entry. Its names are those of the time, so it stays readable after people and numbers are
/// deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditEntry {
    pub id: AuditId,
    #[serde(with = "crate::time")]
    pub at: DateTime<Utc>,
    pub actor: Actor,
    pub action: AuditAction,
    /// The number that it concerns.
    pub connection: Option<ConnectionId>,
    pub connection_label: Option<String>,
    /// The person that it was done to, if any.
    pub subject: Option<UserId>,
    /// The name of the subject, or a short description of another target.
    pub target: Option<String>,
    /// The address of the request, if it came over the network.
    pub ip: Option<IpAddr>,
    /// Further details, such as `from` and `to` of a change.
    pub detail: BTreeMap<String, String>,
}

/// A filter of entries. Every field that is set narrows it.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct AuditFilter {
    /// Entries by this person, or about them.
    pub user: Option<UserId>,
    pub action: Option<AuditAction>,
    pub connection: Option<ConnectionId>,
    /// Entries from this moment on.
    pub from: Option<DateTime<Utc>>,
    /// Entries before this moment.
    pub to: Option<DateTime<Utc>>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_action_has_one_text_everywhere() {
        for &action in AuditAction::ALL {
            assert_eq!(action.as_str().parse(), Ok(action));
            let json = serde_json::to_string(&action).unwrap();
            assert_eq!(json, format!("\"{}\"", action.as_str()));
        }
        assert_eq!("Login".parse::<AuditAction>(), Err(UnknownAction));
    }

    #[test]
    fn no_two_actions_share_a_text() {
        let texts: std::collections::HashSet<_> =
            AuditAction::ALL.iter().map(|action| action.as_str()).collect();
        assert_eq!(texts.len(), AuditAction::ALL.len());
    }
}
