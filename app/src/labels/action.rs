use model::AuditAction;

use crate::i18n::{Locale, t};

/// The name of an audited action.
pub(crate) fn action(locale: Locale, action: AuditAction) -> &'static str {
    match action {
        AuditAction::Login => t!(locale, audit_action.login),
        AuditAction::LoginFailed => t!(locale, audit_action.login_failed),
        AuditAction::Logout => t!(locale, audit_action.logout),
        AuditAction::UserCreated => t!(locale, audit_action.user_created),
        AuditAction::UserInvited => t!(locale, audit_action.user_invited),
        AuditAction::InvitationUsed => t!(locale, audit_action.invitation_used),
        AuditAction::UserRenamed => t!(locale, audit_action.user_renamed),
        AuditAction::RoleChanged => t!(locale, audit_action.role_changed),
        AuditAction::UserDeactivated => t!(locale, audit_action.user_deactivated),
        AuditAction::UserReactivated => t!(locale, audit_action.user_reactivated),
        AuditAction::PasswordChanged => t!(locale, audit_action.password_changed),
        AuditAction::PasswordLinkCreated => t!(locale, audit_action.password_link_created),
        AuditAction::PasswordReset => t!(locale, audit_action.password_reset),
        AuditAction::SessionsEnded => t!(locale, audit_action.sessions_ended),
        AuditAction::TotpEnabled => t!(locale, audit_action.totp_enabled),
        AuditAction::TotpDisabled => t!(locale, audit_action.totp_disabled),
        AuditAction::TotpRequiredChanged => t!(locale, audit_action.totp_required_changed),
        AuditAction::RecoveryCodeUsed => t!(locale, audit_action.recovery_code_used),
        AuditAction::AccessGranted => t!(locale, audit_action.access_granted),
        AuditAction::AccessRevoked => t!(locale, audit_action.access_revoked),
        AuditAction::ConnectionCreated => t!(locale, audit_action.connection_created),
        AuditAction::ConnectionRenamed => t!(locale, audit_action.connection_renamed),
        AuditAction::ConnectionChanged => t!(locale, audit_action.connection_changed),
        AuditAction::ConnectionRemoved => t!(locale, audit_action.connection_removed),
        AuditAction::ConnectionOwnerChanged => t!(locale, audit_action.connection_owner_changed),
        AuditAction::PairingStarted => t!(locale, audit_action.pairing_started),
        AuditAction::Paired => t!(locale, audit_action.paired),
        AuditAction::WrongNumber => t!(locale, audit_action.wrong_number),
        AuditAction::PhoneInUse => t!(locale, audit_action.phone_in_use),
        AuditAction::PhoneChanged => t!(locale, audit_action.phone_changed),
        AuditAction::Unlinked => t!(locale, audit_action.unlinked),
        AuditAction::ChatsPrivateChanged => t!(locale, audit_action.chats_private_changed),
        AuditAction::GroupAccessChanged => t!(locale, audit_action.group_access_changed),
        AuditAction::ChatCleared => t!(locale, audit_action.chat_cleared),
        AuditAction::ContactBlocked => t!(locale, audit_action.contact_blocked),
        AuditAction::AuditExported => t!(locale, audit_action.audit_exported),
    }
}
