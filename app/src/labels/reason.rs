use model::EndReason;

use crate::clock::{Zone, day_month, hour_minute};
use crate::i18n::{Locale, t};

/// The reason why there is no session, in a few words beside "Desconectado".
pub(crate) fn reason(locale: Locale, reason: EndReason, zone: Zone) -> String {
    match reason {
        EndReason::QrExpired => t!(locale, reason.qr_expired).to_owned(),
        EndReason::CodeExpired => t!(locale, reason.code_expired).to_owned(),
        EndReason::CodeRefused => t!(locale, reason.code_refused).to_owned(),
        EndReason::Passkey => t!(locale, reason.passkey).to_owned(),
        EndReason::UnlinkedByPhone => t!(locale, reason.unlinked_by_phone).to_owned(),
        EndReason::UnlinkedHere => t!(locale, reason.unlinked_here).to_owned(),
        EndReason::Replaced => t!(locale, reason.replaced).to_owned(),
        EndReason::Banned { until: None } => t!(locale, reason.banned).to_owned(),
        EndReason::Banned { until: Some(until) } => {
            let until = zone.local(until);
            let when = format!("{} {}", day_month(locale, until.date()), hour_minute(until));
            t!(locale, reason.banned_until, when = when.as_str()).to_string()
        }
        EndReason::Outdated => t!(locale, reason.outdated).to_owned(),
        EndReason::Storage => t!(locale, reason.storage).to_owned(),
        EndReason::WrongNumber { ends_in } => {
            let digits = format!("{ends_in:04}");
            t!(locale, reason.wrong_number, ends_in = digits.as_str()).to_string()
        }
        EndReason::PhoneInUse { .. } => t!(locale, reason.phone_in_use).to_owned(),
    }
}

/// The remedy, as a sentence or two.
pub(crate) fn remedy(locale: Locale, reason: EndReason) -> &'static str {
    match reason {
        EndReason::QrExpired => t!(locale, reason.qr_expired_remedy),
        EndReason::CodeExpired => t!(locale, reason.code_expired_remedy),
        EndReason::CodeRefused => t!(locale, reason.code_refused_remedy),
        EndReason::Passkey => t!(locale, reason.passkey_remedy),
        EndReason::UnlinkedByPhone => t!(locale, reason.unlinked_by_phone_remedy),
        EndReason::UnlinkedHere => t!(locale, reason.unlinked_here_remedy),
        EndReason::Replaced => t!(locale, reason.replaced_remedy),
        EndReason::Banned { until: None } => t!(locale, reason.banned_remedy),
        EndReason::Banned { until: Some(_) } => t!(locale, reason.banned_until_remedy),
        EndReason::Outdated => t!(locale, reason.outdated_remedy),
        EndReason::Storage => t!(locale, reason.storage_remedy),
        EndReason::WrongNumber { .. } => t!(locale, reason.wrong_number_remedy),
        EndReason::PhoneInUse { .. } => t!(locale, reason.phone_in_use_remedy),
    }
}
