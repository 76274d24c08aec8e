//! The pages, one per file, and what they share: the guard around everything behind a login.

mod inbox;
mod login;
mod not_found;
mod setup;
mod users;
mod workspace;

pub(crate) use inbox::Inbox;
pub(crate) use login::Login;
pub(crate) use not_found::NotFound;
pub(crate) use setup::Setup;
pub(crate) use users::Users;
pub(crate) use workspace::Workspace;

use crate::ApiError;
use crate::components::{Empty, Glyph};
use crate::i18n::{t, use_locale};
use crate::words;
use leptos::prelude::*;

/// Sets the HTTP status of the page being rendered; in the browser there is none to set.
fn set_status(code: u16) {
    #[cfg(feature = "ssr")]
    if let Some(response) = use_context::<leptos_axum::ResponseOptions>()
        && let Ok(code) = http::StatusCode::from_u16(code)
    {
        response.set_status(code);
    }
    #[cfg(not(feature = "ssr"))]
    let _ = code;
}

/// The title of a page in the browser's tab.
fn title(locale: crate::i18n::Locale, page: &str) -> String {
    t!(locale, app.title, page = page).to_string()
}

/// A page that could not be made, and a link that tries again.
#[component]
fn Failed(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    set_status(error.status());
    view! {
        <main class="page">
            <Empty glyph=Glyph::Alert title=t!(locale, app.name) lead=words::error(locale, &error)>
                <a class="button" href="" rel="external">{t!(locale, error.retry)}</a>
            </Empty>
        </main>
    }
}
