//! Who is asking.

use model::Connection;
use store::{Grant, Manage, Viewer};

use crate::{ApiError, AppState, auth};

/// The program's parts, and the user of this request's session as the store sees them.
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

/// The right to manage the connection named, or the viewer's own where none is.
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

/// The digits of a phone as somebody typed it; `None` where nothing was typed.
///
/// # Errors
/// [`ApiError::Invalid`] when it is no phone number.
pub(super) fn phone(typed: &str) -> Result<Option<String>, ApiError> {
    match typed.trim() {
        "" => Ok(None),
        typed => {
            Ok(Some(gateway::parse_phone(typed).map_err(gateway::ConnectError::InvalidPhone)?))
        }
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
