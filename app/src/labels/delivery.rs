use model::{Delivery, FailReason};

use crate::i18n::{Locale, t};

/// The name of a delivery state.
pub(crate) fn delivery(locale: Locale, delivery: Delivery) -> &'static str {
    match delivery {
        Delivery::Queued => t!(locale, delivery.queued),
        Delivery::Sent => t!(locale, delivery.sent),
        Delivery::Delivered => t!(locale, delivery.delivered),
        Delivery::Read => t!(locale, delivery.read),
        Delivery::Played => t!(locale, delivery.played),
        Delivery::Failed { .. } => t!(locale, delivery.failed),
    }
}

/// The reason for giving a message or a change of one up, as a sentence.
pub(crate) fn fail_reason(locale: Locale, reason: FailReason) -> &'static str {
    match reason {
        FailReason::Recipient => t!(locale, delivery.recipient),
        FailReason::Restricted => t!(locale, delivery.restricted),
        FailReason::Unlinked => t!(locale, delivery.unlinked),
        FailReason::Expired => t!(locale, delivery.expired),
        FailReason::Refused => t!(locale, delivery.refused),
        FailReason::TooLate => t!(locale, delivery.too_late),
        FailReason::NotSent => t!(locale, delivery.not_sent),
        FailReason::Upload => t!(locale, delivery.upload),
        FailReason::Cancelled => t!(locale, delivery.cancelled),
    }
}
