use model::{ConnectionState, StorageTrouble};

use crate::i18n::{Locale, t};

/// The word on the badge.
pub(crate) fn state(locale: Locale, state: &ConnectionState) -> &'static str {
    match state {
        ConnectionState::Disconnected { .. } => t!(locale, state.disconnected),
        ConnectionState::Connecting { .. } => t!(locale, state.connecting),
        ConnectionState::AwaitingScan { .. } => t!(locale, state.awaiting_scan),
        ConnectionState::AwaitingCode { .. } => t!(locale, state.awaiting_code),
        ConnectionState::Paused { .. } => t!(locale, state.paused),
        ConnectionState::Syncing => t!(locale, state.syncing),
        ConnectionState::Connected => t!(locale, state.connected),
    }
}

/// The colour on the badge, as `data-tone`; the word always goes with it.
pub(crate) fn tone(state: &ConnectionState) -> &'static str {
    match state {
        ConnectionState::Disconnected { reason: None } => "off",
        ConnectionState::Disconnected { reason: Some(_) } => "bad",
        ConnectionState::Connecting { .. } | ConnectionState::Syncing => "busy",
        ConnectionState::AwaitingScan { .. }
        | ConnectionState::AwaitingCode { .. }
        | ConnectionState::Paused { .. } => "warn",
        ConnectionState::Connected => "ok",
    }
}

/// The reason why a number is paused, and what happens to messages sent meanwhile.
pub(crate) fn trouble(locale: Locale, why: StorageTrouble) -> &'static str {
    match why {
        StorageTrouble::DiskFull => t!(locale, state.disk_full),
        StorageTrouble::Database => t!(locale, state.database),
    }
}
