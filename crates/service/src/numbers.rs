//! The numbers that a viewer sees, and their settings.

use model::{
    CallPolicy, Connection, ConnectionId, ConnectionsPage, NumberAccess, NumberColor, NumberPage,
    PhoneNumber, UserId, UserStatus, Visibility,
};
use store::{NewNumber, Viewer};

use crate::error::if_allowed;
use crate::{Error, Services};

/// Downtimes on the page of a number.
const DOWNTIMES: u64 = 10;

/// All connections the viewer sees, with their current state.
///
/// # Errors
/// [`Error::Store`].
pub async fn all(services: &Services, viewer: &Viewer) -> Result<Vec<Connection>, Error> {
    let rows = viewer.connections().await?;
    Ok(rows.into_iter().map(|row| services.pool.describe(row)).collect())
}

/// All numbers of the installation, with their figures.
///
/// # Errors
/// [`store::Error::Forbidden`] unless the viewer is an administrator.
pub async fn overview(services: &Services, viewer: &Viewer) -> Result<ConnectionsPage, Error> {
    let admin = viewer.admin().await?;
    let seq = viewer.last_seq().await?;
    let overview = services.store.connections_overview(&admin).await?;
    let numbers =
        overview.into_iter().map(|(row, figures)| (services.pool.describe(row), figures)).collect();
    Ok(ConnectionsPage { seq, numbers })
}

/// The settings of a number.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may manage the number.
pub async fn page(
    services: &Services,
    viewer: &Viewer,
    connection: ConnectionId,
) -> Result<NumberPage, Error> {
    let grant = viewer.grant_manage(connection).await?;
    let row = viewer.connection(grant.connection()).await?;
    let exceptions = match row.owner == viewer.user().id {
        true => Some(viewer.privacy_exceptions(connection).await?),
        false => None,
    };
    let maybe_mixed = row.maybe_mixed;
    let number = services.pool.describe(row);
    let downtimes = viewer.downtimes(connection, DOWNTIMES).await?;
    let removal = match if_allowed(viewer.grant_remove(connection).await)? {
        Some(grant) => Some(services.store.removal(&grant).await?),
        None => None,
    };
    let calls = if_allowed(viewer.call_policy(connection).await)?;
    let visibility = if_allowed(viewer.visibility(connection).await)?;
    let access = match viewer.admin().await {
        Ok(admin) => {
            let grants = services.store.grants_on(&admin, connection).await?;
            let accounts = services.store.accounts().list(&admin).await?;
            let users = accounts.into_iter().filter(|one| one.status != UserStatus::Deactivated);
            let (owner, others): (Vec<_>, Vec<_>) = users
                .map(|account| account.user)
                .filter(|user| grants.iter().all(|grant| grant.user != user.id))
                .partition(|user| user.id == number.owner);
            Some(NumberAccess { owner: owner.into_iter().next(), grants, others })
        }
        Err(store::Error::Forbidden) => None,
        Err(error) => return Err(error.into()),
    };
    Ok(NumberPage {
        number,
        maybe_mixed,
        exceptions,
        downtimes,
        calls,
        visibility,
        removal,
        access,
    })
}

/// Adds a number, for the viewer or, by an administrator, for `owner`. Only `phone` may link it;
/// without one any may.
///
/// # Errors
/// [`store::Error::Forbidden`] for another owner unless the viewer is an administrator;
/// [`store::Error::Invalid`].
pub async fn add(
    services: &Services,
    viewer: &Viewer,
    label: String,
    color: NumberColor,
    phone: Option<PhoneNumber>,
    owner: Option<UserId>,
) -> Result<ConnectionId, Error> {
    let new = NewNumber { label, color: Some(color), expected_phone: phone };
    let added = match owner.filter(|owner| *owner != viewer.user().id) {
        Some(owner) => services.store.create_connection(&viewer.admin().await?, owner, new).await?,
        None => viewer.add_connection(new).await?,
    };
    Ok(added)
}

/// Changes the name and colour of a number and, while it is not linked, the phone that may link it:
/// `Some(None)` allows any, `None` changes nothing.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may manage the number; [`store::Error::Invalid`];
/// [`store::Error::Linked`].
pub async fn edit(
    services: &Services,
    viewer: &Viewer,
    connection: ConnectionId,
    label: &str,
    color: NumberColor,
    phone: Option<Option<&PhoneNumber>>,
) -> Result<(), Error> {
    let (grant, store) = (viewer.grant_manage(connection).await?, &services.store);
    store.rename_connection(&grant, label).await?;
    store.recolor_connection(&grant, Some(color)).await?;
    if let Some(phone) = phone {
        store.expect_phone(&grant, phone).await?;
    }
    Ok(())
}

/// Lets another phone link a number from now on, and returns the number that it is to link. Messages
/// of the old phone stay readable and cannot be answered.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may manage the number; those of
/// `Store::change_phone`.
pub async fn change_phone(
    services: &Services,
    viewer: &Viewer,
    connection: ConnectionId,
) -> Result<ConnectionId, Error> {
    let grant = viewer.grant_manage(connection).await?;
    Ok(services.pool.change_phone(&grant).await?)
}

/// Unlinks a number from WhatsApp and removes it with all its conversations. `confirmation` is the
/// number's name, typed.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer is its owner or an administrator;
/// [`Error::WrongConfirmation`].
pub async fn remove(
    services: &Services,
    viewer: &Viewer,
    connection: ConnectionId,
    confirmation: &str,
) -> Result<(), Error> {
    let remove = viewer.grant_remove(connection).await?;
    let removal = services.store.removal(&remove).await?;
    if confirmation.trim() != removal.label {
        return Err(Error::WrongConfirmation);
    }
    // Unlinking comes first, so that the phone keeps no linked device that nobody here knows.
    services.pool.disconnect(&viewer.grant_manage(connection).await?).await?;
    Ok(services.pool.remove(&remove).await?)
}

/// Decides what becomes of the calls of a number from now on.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer owns the number or is an administrator;
/// [`store::Error::TextTooLong`].
pub async fn set_call_policy(
    viewer: &Viewer,
    connection: ConnectionId,
    policy: &CallPolicy,
) -> Result<(), Error> {
    Ok(viewer.set_call_policy(connection, policy).await?)
}

/// Decides what contacts see of the people who work with a number from now on.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer owns the number or is an administrator.
pub async fn set_visibility(
    viewer: &Viewer,
    connection: ConnectionId,
    visibility: Visibility,
) -> Result<(), Error> {
    Ok(viewer.set_visibility(connection, visibility).await?)
}

/// Makes all conversations of a number private by default, future ones included, or ends that.
/// Conversations that are marked otherwise are not affected.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer owns the number.
pub async fn set_private_by_default(
    viewer: &Viewer,
    connection: ConnectionId,
    private: bool,
) -> Result<(), Error> {
    Ok(viewer.set_private_by_default(connection, private).await?)
}
