//! Linking a number to a phone, and unlinking it.

use model::{ConnectionId, PhoneNumber};
use store::{Grant, Manage, Viewer};

use crate::throttle::key::Key;
use crate::{Error, Services};

/// Starts connecting the given number, or the viewer's own. Returns at once; the QR code comes as a
/// live event. A second call joins the first.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may manage the number.
pub async fn connect(
    services: &Services,
    viewer: &Viewer,
    connection: Option<ConnectionId>,
) -> Result<(), Error> {
    let grant = manage(viewer, connection).await?;
    Ok(services.pool.connect(&grant).await?)
}

/// Requests a pairing code from WhatsApp for this phone. The code comes as a live event.
///
/// Requests are slowed down: each one rings at a phone, which may be a stranger's.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may manage the number; [`Error::TooMany`].
pub async fn connect_with_code(
    services: &Services,
    viewer: &Viewer,
    connection: Option<ConnectionId>,
    phone: &PhoneNumber,
) -> Result<(), Error> {
    let grant = manage(viewer, connection).await?;
    services.throttle.count(&Key::pairing(viewer.user().id, &phone.digits()))?;
    Ok(services.pool.connect_with_code(&grant, phone).await?)
}

/// Unlinks the given number, or the viewer's own, from WhatsApp and deletes its credentials.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may manage the number.
pub async fn disconnect(
    services: &Services,
    viewer: &Viewer,
    connection: Option<ConnectionId>,
) -> Result<(), Error> {
    let grant = manage(viewer, connection).await?;
    Ok(services.pool.disconnect(&grant).await?)
}

/// The right to manage the given connection, or the viewer's own without one.
async fn manage(
    viewer: &Viewer,
    connection: Option<ConnectionId>,
) -> Result<Grant<Manage>, store::Error> {
    let connection = match connection {
        Some(connection) => connection,
        None => viewer.own_connection().await?,
    };
    viewer.grant_manage(connection).await
}
