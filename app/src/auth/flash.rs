//! Values in a browser's session for the next page, which shows them once.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::session;
use crate::ApiError;

/// Stores a value for the next page.
///
/// # Errors
/// [`ApiError::Internal`].
pub(crate) async fn put(key: &str, value: impl Serialize) -> Result<(), ApiError> {
    let session = session().await?.session;
    super::keep_expiry(&session).await?;
    session.insert(key, value).await.map_err(ApiError::internal)
}

/// Takes the value out, if there is one.
///
/// # Errors
/// [`ApiError::Internal`].
pub(crate) async fn take<T: DeserializeOwned>(key: &str) -> Result<Option<T>, ApiError> {
    let session = session().await?.session;
    // Removing marks the session as changed even if there was no value: its cookie would be sent
    // again, as one that ends with the browser.
    if session.get_value(key).await.map_err(ApiError::internal)?.is_none() {
        return Ok(None);
    }
    super::keep_expiry(&session).await?;
    session.remove(key).await.map_err(ApiError::internal)
}
