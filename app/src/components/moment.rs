use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use super::text_signal;

/// A `<time>`, written in the reader's language.
#[component]
pub(crate) fn Moment(at: Signal<DateTime<Utc>>, words: Signal<String>) -> impl IntoView {
    let datetime = text_signal(move || at.get().to_rfc3339_opts(SecondsFormat::Secs, true));
    view! { <time datetime=datetime>{words}</time> }
}
