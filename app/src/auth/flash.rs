//! What waits in a browser's session for the page that comes next, which shows it once.

use serde::Serialize;
use serde::de::DeserializeOwned;

use super::session;
use crate::ApiError;

/// Keeps a value for the next page.
///
/// # Errors
/// [`ApiError::Internal`].
pub(crate) async fn put(key: &str, value: impl Serialize) -> Result<(), ApiError> {
    let session = session().await?.session;
    super::keep_expiry(&session).await?;
    session.insert(key, value).await.map_err(ApiError::internal)
}

/// Takes it out, if there is one.
///
/// # Errors
/// [`ApiError::Internal`].
pub(crate) async fn take<T: DeserializeOwned>(key: &str) -> Result<Option<T>, ApiError> {
    let session = session().await?.session;
    // Removing marks the session as changed even where there was nothing: its cookie would be sent anew,
    // as one that ends with the browser.
    if session.get_value(key).await.map_err(ApiError::internal)?.is_none() {
        return Ok(None);
    }
    super::keep_expiry(&session).await?;
    session.remove(key).await.map_err(ApiError::internal)
}
