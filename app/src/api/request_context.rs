//! The context of a request: its user, and the values that several server functions need.

use model::{Mention, NewText, PhoneNumber, bounds};
use phone::Reading;
use service::Services;
use store::Viewer;

use crate::{ApiError, AppState, auth, i18n, labels};

/// The use cases of the server, and the user of this request's session as a viewer of the store.
///
/// # Errors
/// [`ApiError::Unauthenticated`] without a session, or when the user is gone or deactivated.
pub(super) async fn viewer() -> Result<(Services, Viewer), ApiError> {
    let services = AppState::of_request()?.services;
    let user = auth::session().await?.user.ok_or(ApiError::Unauthenticated)?;
    match services.store.viewer(user.user.id).await {
        Ok(viewer) => Ok((services, viewer.from_ip(auth::origin::ip()))),
        Err(store::Error::NotFound) => Err(ApiError::Unauthenticated),
        Err(error) => Err(error.into()),
    }
}

/// Parses a phone number that a user typed; `None` if the text is empty. `choice` is the answer to
/// an earlier question, and counts only if it is one of the possible meanings of the text.
///
/// # Errors
/// [`ApiError::Invalid`] when it is no phone number, [`ApiError::AmbiguousPhone`] when it can be
/// two.
pub(super) fn phone(typed: &str, choice: Option<&str>) -> Result<Option<PhoneNumber>, ApiError> {
    if typed.trim().is_empty() {
        return Ok(None);
    }
    let candidates = match phone::read(typed)? {
        Reading::One(phone) => return Ok(Some(phone)),
        Reading::Either(candidates) => candidates,
    };
    let locale = i18n::requested();
    let words = candidates.each_ref().map(|one| {
        let country = one.region.as_deref().map(|region| labels::country(locale, region));
        country.map_or(one.phone.to_string(), |country| format!("{country}: {}", one.phone))
    });
    if let Some(chosen) = words.iter().position(|words| Some(words.as_str()) == choice) {
        return Ok(Some(candidates[chosen].phone.clone()));
    }
    let [one, other] = words;
    Err(ApiError::AmbiguousPhone { one, other })
}

/// A text with the people whom it mentions, a JSON list of [`Mention`], or empty.
///
/// # Errors
/// [`ApiError::Malformed`] for anything else.
pub(super) fn new_text(text: String, mentions: &str) -> Result<NewText, ApiError> {
    if mentions.is_empty() {
        return Ok(text.into());
    }
    let mentions: Vec<Mention> = serde_json::from_str(mentions).map_err(|_| ApiError::Malformed)?;
    if mentions.len() > bounds::MENTIONS {
        return Err(ApiError::Malformed);
    }
    Ok(NewText { text, mentions })
}

/// The question about an ambiguous number, made again from the digits in one of its answers; `None`
/// if they are no such number.
pub(crate) fn repeated_phone_question(answer: &str) -> Option<ApiError> {
    let digits: String = answer.chars().filter(char::is_ascii_digit).take(20).collect();
    match phone(&digits, None) {
        Err(question @ ApiError::AmbiguousPhone { .. }) => Some(question),
        _ => None,
    }
}
