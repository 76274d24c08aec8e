use chrono::{DateTime, Utc};
use leptos::prelude::*;

use crate::clock::Zone;
use crate::i18n::{Locale, use_locale};

/// The smallest unit that is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exact {
    Day,
    Minute,
    Second,
}

/// A time on a page that is rendered once, as opposed to one in an island. It is written in
/// Brasília time and labelled so; the element `local-time` (`start.js`) converts it to the
/// browser's own zone.
#[component]
pub(super) fn LocalTime(at: DateTime<Utc>, to: Exact) -> impl IntoView {
    let locale = use_locale();
    let time = match to {
        Exact::Day => "",
        Exact::Minute => " %H:%M",
        Exact::Second => " %H:%M:%S",
    };
    let day = if locale == Locale::en { "%m/%d/%Y" } else { "%d/%m/%Y" };
    let words = Zone::Brasilia.local(at).format(&format!("{day}{time} (Brasília)")).to_string();
    let to = match to {
        Exact::Day => "day",
        Exact::Minute => "minute",
        Exact::Second => "second",
    };
    view! {
        <local-time data-to=to>
            <time datetime=at.to_rfc3339_opts(chrono::SecondsFormat::Secs, true)>{words}</time>
        </local-time>
    }
}

/// A placeholder for a time in a sentence; no sentence contains it otherwise.
pub(super) const HERE: &str = "\u{0}";

/// A placeholder for a person's name.
pub(super) const WHO: &str = "\u{1}";

/// A sentence with a name in place of [`WHO`], isolated in its own direction, and a time in place
/// of [`HERE`].
pub(super) fn with_name_and_time(
    sentence: &str,
    name: String,
    at: DateTime<Utc>,
    to: Exact,
) -> AnyView {
    let (before, after) = sentence.split_once(WHO).unwrap_or((sentence, ""));
    let part = |part: &str| match part.contains(HERE) {
        true => with_time(part, at, to),
        false => part.to_owned().into_any(),
    };
    view! { {part(before)}<bdi>{name}</bdi>{part(after)} }.into_any()
}

/// A sentence with a time in place of [`HERE`].
pub(super) fn with_time(sentence: &str, at: DateTime<Utc>, to: Exact) -> AnyView {
    let (before, after) = sentence.split_once(HERE).unwrap_or((sentence, ""));
    view! { {before.to_owned()}<LocalTime at to />{after.to_owned()} }.into_any()
}
