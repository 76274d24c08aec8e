//! The translations, and the language of a page.
//!
//! The language is chosen once per page load: by the cookie if there is one, else Portuguese. The
//! browser's `Accept-Language` is ignored, because a Brazilian team on machines set to English
//! should not get two languages. So texts are plain strings, not signals.

use leptos::prelude::*;

pub(crate) use leptos_i18n::td_string as t;

mod generated {
    #![allow(clippy::all, dead_code, unreachable_pub, unused_imports)]
    include!(concat!(env!("OUT_DIR"), "/i18n.rs"));
}

pub(crate) use generated::i18n::Locale;

/// The language of this page.
pub(crate) fn use_locale() -> Locale {
    use_context().unwrap_or_else(requested)
}

/// The name of the cookie.
#[cfg(feature = "ssr")]
pub(crate) const COOKIE: &str = "idioma";

/// The language that the browser's cookie asks for.
#[cfg(feature = "ssr")]
pub(crate) fn requested() -> Locale {
    let parts: Option<http::request::Parts> = use_context();
    parts.map(|parts| requested_in(&parts.headers)).unwrap_or_default()
}

/// The language that a request with these headers asks for.
#[cfg(feature = "ssr")]
pub(crate) fn requested_in(headers: &http::HeaderMap) -> Locale {
    let language = crate::cookies::cookie_in(headers, COOKIE);
    language.and_then(|language| language.parse().ok()).unwrap_or_default()
}

/// The language in which the server rendered this page.
#[cfg(not(feature = "ssr"))]
pub(crate) fn requested() -> Locale {
    crate::browser::root_attribute("lang").and_then(|lang| lang.parse().ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    type Words = BTreeMap<String, BTreeMap<String, String>>;

    fn words(json: &str) -> Words {
        serde_json::from_str(json).unwrap()
    }

    /// The names between double braces.
    fn blanks(text: &str) -> Vec<&str> {
        text.split("{{").skip(1).filter_map(|rest| rest.split("}}").next()).collect()
    }

    #[test]
    fn every_language_has_every_word_with_the_same_blanks() {
        let portuguese = words(include_str!("../locales/pt-BR.json"));
        let english = words(include_str!("../locales/en.json"));
        let shape = |words: &Words| {
            let mut shape = BTreeMap::new();
            for (group, words) in words {
                for (name, text) in words {
                    let mut blanks: Vec<_> = blanks(text).into_iter().map(str::to_owned).collect();
                    blanks.sort();
                    shape.insert(format!("{group}.{name}"), blanks);
                }
            }
            shape
        };
        assert_eq!(shape(&portuguese), shape(&english));
    }

    /// Texts whose count is never one, or whose singular has another name (`gap.one`).
    const NEVER_ONE: [&str; 9] = [
        "actions.most",
        "attach.many",
        "attach.photos_how",
        "attach.poll_how",
        "files.too_many",
        "gap.several",
        "kind.timer_days",
        "options.too_many_pinned",
        "voice.limit",
    ];

    #[test]
    fn a_counted_word_has_its_singular() {
        for (group, texts) in words(include_str!("../locales/pt-BR.json")) {
            for (name, text) in &texts {
                let Some(counted) = text.split("{{ n }} ").nth(1) else { continue };
                // Units are the same for one and for many.
                let is_unit = matches!(counted.split(' ').next(), Some("h" | "min" | "s" | "%"));
                let key = format!("{group}.{name}");
                if !is_unit && !NEVER_ONE.contains(&key.as_str()) {
                    assert!(texts.contains_key(&format!("{name}_one")), "{key}: {text}");
                }
            }
        }
    }
}
