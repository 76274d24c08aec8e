use chrono::{DateTime, Utc};
use leptos::prelude::*;

use super::text_signal;
use crate::clock::use_clock;
use crate::i18n::{t, use_locale};

/// A bar that runs out, for readers who cannot count along with the words beside it.
#[component]
pub(crate) fn Timer(
    /// The end of the time.
    until: DateTime<Utc>,
    /// The whole duration in seconds.
    lasts: u32,
) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let left = text_signal(move || clock.seconds_until(until).to_string());
    view! {
        <progress
            class="timer-bar"
            aria-label=t!(locale, pair.time_left)
            max=lasts.to_string()
            value=left
        ></progress>
    }
}
