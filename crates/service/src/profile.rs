//! A person's own account.

use model::{AccountReset, EnterKey, Language, ProfilePage, SessionId, Theme, UserPreferences};
use store::Viewer;
use tower_sessions::session::Id;

use crate::throttle::key::Key;
use crate::{Error, Services};

/// The profile of a person. `session` is the one that they use now.
///
/// # Errors
/// [`Error::Store`].
pub async fn page(
    services: &Services,
    viewer: &Viewer,
    session: &Id,
) -> Result<ProfilePage, Error> {
    let preferences = viewer.preferences().await?;
    Ok(ProfilePage {
        user: viewer.user().clone(),
        theme: preferences.theme,
        enter_key: preferences.enter_key,
        second_factor: viewer.two_factor().await?,
        resets: viewer.account_resets().await?,
        sessions: services.store.web_sessions().mine(viewer, session).await?,
    })
}

/// Changes the person's name.
///
/// # Errors
/// [`store::Error::Invalid`].
pub async fn rename(viewer: &Viewer, name: &str) -> Result<(), Error> {
    Ok(viewer.rename(name).await?)
}

/// Changes the password; the old one is the proof. All sessions of the person but this one end, and
/// this one has to be bound to the new password.
///
/// # Errors
/// [`Error::TooMany`]; [`store::Error::WrongPassword`]; [`store::Error::Invalid`] when the new one
/// is not acceptable.
pub async fn change_password(
    services: &Services,
    viewer: &Viewer,
    old: &str,
    new: &str,
    session: &Id,
) -> Result<(), Error> {
    let keys = [Key::proof(viewer.user().id, &session.to_string())];
    services.throttle.check(&keys, viewer.change_password(old, new, session)).await
}

/// Sets the language of the interface.
///
/// # Errors
/// [`Error::Store`].
pub async fn set_language(viewer: &Viewer, language: Language) -> Result<(), Error> {
    let language = Some(language);
    let wanted = UserPreferences { language, ..viewer.preferences().await? };
    Ok(viewer.set_preferences(wanted).await?)
}

/// Sets the theme. Without a value it follows the system.
///
/// # Errors
/// [`Error::Store`].
pub async fn set_theme(viewer: &Viewer, theme: Option<Theme>) -> Result<(), Error> {
    let wanted = UserPreferences { theme, ..viewer.preferences().await? };
    Ok(viewer.set_preferences(wanted).await?)
}

/// Sets the effect of the Enter key. Without a value the device decides.
///
/// # Errors
/// [`Error::Store`].
pub async fn set_enter_key(viewer: &Viewer, enter_key: Option<EnterKey>) -> Result<(), Error> {
    let wanted = UserPreferences { enter_key, ..viewer.preferences().await? };
    Ok(viewer.set_preferences(wanted).await?)
}

/// Ends one of the person's sessions.
///
/// # Errors
/// Those of [`store::WebSessions::end`].
pub async fn end_session(
    services: &Services,
    viewer: &Viewer,
    session: &SessionId,
) -> Result<(), Error> {
    services.store.web_sessions().end(viewer, session).await?;
    Ok(())
}

/// Ends all sessions of the person except this one, and forgets the browsers that they are known by.
///
/// # Errors
/// [`Error::Store`].
pub async fn end_other_sessions(
    services: &Services,
    viewer: &Viewer,
    session: &Id,
) -> Result<(), Error> {
    services.store.web_sessions().end_others(viewer, session).await?;
    Ok(())
}

/// The latest change of the account by others, until its person has read about it.
///
/// # Errors
/// [`Error::Store`].
pub async fn notice(viewer: &Viewer) -> Result<Option<AccountReset>, Error> {
    Ok(viewer.account_notice().await?)
}

/// Records that the person has read that notice. The profile still shows the change.
///
/// # Errors
/// [`Error::Store`].
pub async fn dismiss_notice(viewer: &Viewer) -> Result<(), Error> {
    Ok(viewer.dismiss_account_notice().await?)
}
