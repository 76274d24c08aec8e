//! The context of a request: its user, and the values that several server functions need.

use model::{Connection, PhoneNumber, WaMessageId};
use phone::Reading;
use store::{Grant, Manage, Viewer};

use crate::{ApiError, AppState, auth, i18n, labels};

/// The services of the server, and the user of this request's session as a viewer of the store.
///
/// # Errors
/// [`ApiError::Unauthenticated`] without a session, or when the user is gone or deactivated.
pub(super) async fn viewer() -> Result<(AppState, Viewer), ApiError> {
    let app = AppState::of_request()?;
    let user = auth::session().await?.user.ok_or(ApiError::Unauthenticated)?;
    match app.store.viewer(user.user.id).await {
        Ok(viewer) => Ok((app, viewer.from_ip(auth::origin::ip()))),
        Err(store::Error::NotFound) => Err(ApiError::Unauthenticated),
        Err(error) => Err(error.into()),
    }
}

/// The right to manage the given connection, or the viewer's own without one.
pub(super) async fn manage(
    viewer: &Viewer,
    connection: Option<model::ConnectionId>,
) -> Result<Grant<Manage>, ApiError> {
    let connection = match connection {
        Some(connection) => connection,
        None => viewer.own_connection().await?,
    };
    Ok(viewer.grant_manage(connection).await?)
}

/// The WhatsApp id of something to send: the browser's, or a new one for a form without JavaScript.
pub(super) fn message_id(given: Option<WaMessageId>) -> Result<WaMessageId, ApiError> {
    match given {
        Some(id) => Ok(id),
        None => crate::random::message_id().map_err(ApiError::internal),
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

/// The question about an ambiguous number, made again from the digits in one of its answers; `None`
/// if they are no such number.
pub(crate) fn repeated_phone_question(answer: &str) -> Option<ApiError> {
    let digits: String = answer.chars().filter(char::is_ascii_digit).take(20).collect();
    match phone(&digits, None) {
        Err(question @ ApiError::AmbiguousPhone { .. }) => Some(question),
        _ => None,
    }
}

/// Every connection the viewer sees, with its live state.
pub(super) async fn connections(
    app: &AppState,
    viewer: &Viewer,
) -> Result<Vec<Connection>, ApiError> {
    let rows = viewer.connections().await?;
    Ok(rows.into_iter().map(|row| app.pool.describe(row)).collect())
}
