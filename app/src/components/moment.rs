use chrono::{DateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use super::text;

/// A `<time>`, written in the reader's words.
#[component]
pub(crate) fn Moment(at: Signal<DateTime<Utc>>, words: Signal<String>) -> impl IntoView {
    let datetime = text(move || at.get().to_rfc3339_opts(SecondsFormat::Secs, true));
    view! { <time datetime=datetime>{words}</time> }
}
