//! A person's preferences for the interface in this browser. They are cookies, so that the first
//! byte of a page is in the right language and colours, also before the login.

use leptos::prelude::use_context;
use model::{EnterKey, Language, Theme, UserPreferences};

use crate::cookies::{cookie_in, set_cookie};
use crate::i18n::{self, Locale};

const THEME: &str = "tema";
const ENTER: &str = "enter";
/// The lifetime of these cookies, a year in seconds.
const LASTS: u32 = 31_536_000;

/// The theme of this browser, as an attribute of the page's root; `None` follows the system.
pub(crate) fn theme() -> Option<&'static str> {
    cookie(THEME)?.parse::<Theme>().ok().map(Into::into)
}

/// The setting of the Enter key in this browser, as an attribute of the page's root. Without one
/// the device decides.
pub(crate) fn enter_key() -> Option<&'static str> {
    cookie(ENTER)?.parse::<EnterKey>().ok().map(Into::into)
}

/// Applies a person's preferences in this browser, wherever they chose them. Preferences that they
/// never chose stay.
pub(crate) fn apply(wanted: UserPreferences) {
    if let Some(language) = wanted.language {
        remember_language(language);
    }
    remember_theme(wanted.theme);
    remember_enter_key(wanted.enter_key);
}

pub(crate) fn remember_language(language: Language) {
    let locale = match language {
        Language::PtBr => Locale::pt_BR,
        Language::En => Locale::en,
    };
    set(i18n::COOKIE, locale.as_ref(), LASTS);
}

pub(crate) fn remember_theme(theme: Option<Theme>) {
    match theme {
        Some(theme) => set(THEME, theme.into(), LASTS),
        None => set(THEME, "", 0),
    }
}

pub(crate) fn remember_enter_key(enter_key: Option<EnterKey>) {
    match enter_key {
        Some(enter_key) => set(ENTER, enter_key.into(), LASTS),
        None => set(ENTER, "", 0),
    }
}

fn cookie(name: &str) -> Option<String> {
    let parts: http::request::Parts = use_context()?;
    cookie_in(&parts.headers, name)
}

fn set(name: &str, value: &str, seconds: u32) {
    let site = use_context::<crate::AppState>().map(|app| app.site).unwrap_or_default();
    set_cookie(&site, name, value, seconds);
}
