use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::text;
use crate::clock::use_clock;
use crate::i18n::{t, use_locale};

/// A bar that runs out, for those who cannot count along with the words beside it.
#[component]
pub(crate) fn Timer(
    /// When it runs out.
    until: DateTime<Utc>,
    /// How long it runs in all, in seconds.
    lasts: u32,
) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let left = text(move || clock.seconds_until(until).to_string());
    view! {
        <progress
            class="timer-bar"
            aria-label=t!(locale, pair.time_left)
            max=lasts.to_string()
            value=left
        ></progress>
    }
}
