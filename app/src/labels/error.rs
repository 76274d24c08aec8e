use crate::ApiError;
use crate::error::{Field, Problem};
use crate::i18n::{Locale, t};

/// The error and what to do about it, as a sentence.
pub(crate) fn error(locale: Locale, error: &ApiError) -> String {
    match error {
        ApiError::Unauthenticated => t!(locale, error.unauthenticated).to_owned(),
        ApiError::Forbidden => t!(locale, error.forbidden).to_owned(),
        ApiError::NotFound => t!(locale, error.not_found).to_owned(),
        ApiError::Invalid { field, problem } => invalid(locale, *field, *problem).to_owned(),
        ApiError::AmbiguousPhone { .. } => t!(locale, error.phone_ambiguous).to_owned(),
        ApiError::TooMany { seconds } => t!(locale, error.too_many, seconds = *seconds).to_string(),
        ApiError::Replaced => t!(locale, error.replaced).to_owned(),
        ApiError::Closed(closed) => super::closed(locale, *closed).to_owned(),
        ApiError::Unchangeable => t!(locale, error.unchangeable).to_owned(),
        ApiError::Edited => t!(locale, error.edited).to_owned(),
        ApiError::TooLate => t!(locale, error.too_late).to_owned(),
        #[cfg(feature = "ssr")]
        ApiError::TooManyPinned => {
            t!(locale, options.too_many_pinned, n = model::MOST_PINNED).to_string()
        }
        ApiError::NotForwardable => t!(locale, error.not_forwardable).to_owned(),
        #[cfg(feature = "ssr")]
        ApiError::NotYours => t!(locale, new_chat.not_yours).to_owned(),
        #[cfg(feature = "ssr")]
        ApiError::NotConnected => t!(locale, new_chat.not_connected).to_owned(),
        #[cfg(feature = "ssr")]
        ApiError::NoAnswer => t!(locale, new_chat.no_answer).to_owned(),
        #[cfg(feature = "ssr")]
        ApiError::NotOnWhatsapp => t!(locale, new_chat.not_on_whatsapp).to_owned(),
        ApiError::Malformed => t!(locale, error.malformed).to_owned(),
        ApiError::Internal { reference } => {
            t!(locale, error.internal, reference = reference.as_str()).to_string()
        }
        ApiError::Unwritable => t!(locale, error.unwritable).to_owned(),
        ApiError::Foreign(sentence) => sentence.clone(),
        ApiError::Unreachable => t!(locale, error.unreachable).to_owned(),
    }
}

fn invalid(locale: Locale, field: Field, problem: Problem) -> &'static str {
    match (field, problem) {
        (Field::Name, Problem::TooLong) => t!(locale, error.name_too_long),
        (Field::Name, _) => t!(locale, error.name_empty),
        (Field::Email, Problem::Taken) => t!(locale, error.email_taken),
        (Field::Email, _) => t!(locale, error.email_malformed),
        (Field::Label, Problem::TooMany) => t!(locale, error.too_many_numbers),
        (Field::Label, Problem::Different) => t!(locale, error.label_different),
        (Field::Label, _) => t!(locale, error.label),
        (Field::Password, Problem::TooLong) => t!(locale, error.password_too_long),
        (Field::Password, _) => t!(locale, error.password_too_short),
        (Field::OldPassword, _) => t!(locale, error.wrong_password),
        (Field::Code, _) => t!(locale, error.wrong_code),
        (Field::SetupCode, _) => t!(locale, error.setup_code),
        (Field::Role, Problem::LastOne) => t!(locale, error.last_admin),
        (Field::Role, _) => t!(locale, error.role),
        (Field::Numbers, _) => t!(locale, error.numbers),
        (Field::Phone, Problem::TooShort) => t!(locale, error.phone_too_short),
        (Field::Phone, Problem::Impossible) => t!(locale, error.phone_impossible),
        (Field::Phone, _) => t!(locale, error.phone),
        (Field::Text, Problem::Empty) => t!(locale, error.text_empty),
        (Field::Text, _) => t!(locale, error.text_too_long),
        (Field::Reaction, _) => t!(locale, error.reaction),
    }
}
