use chrono::{DateTime, NaiveDateTime, SecondsFormat, Utc};
use leptos::prelude::*;

use crate::clock::use_clock;

/// A `<time>`, written by `how` in the reader's zone.
#[component]
pub(crate) fn Moment(
    #[prop(into)] at: Signal<DateTime<Utc>>,
    how: impl Fn(NaiveDateTime) -> String + Send + Sync + 'static,
) -> impl IntoView {
    let clock = use_clock();
    let text = Memo::new(move |_| how(clock.zone.get().local(at.get())));
    view! {
        <time datetime=move || at.get().to_rfc3339_opts(SecondsFormat::Secs, true)>{text}</time>
    }
}
