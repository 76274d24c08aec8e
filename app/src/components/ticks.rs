use leptos::prelude::*;
use model::Delivery;

use super::{Glyph, Icon};
use crate::i18n::use_locale;
use crate::words;

/// Clock, ✓, ✓✓, blue ✓✓, or the sign that it was not sent.
#[component]
pub(crate) fn Ticks(#[prop(into)] delivery: Signal<Option<Delivery>>) -> impl IntoView {
    let locale = use_locale();
    move || {
        delivery.get().map(|delivery| {
            let (glyph, class) = match delivery {
                Delivery::Queued => (Glyph::Clock, "tick"),
                Delivery::Sent => (Glyph::Check, "tick"),
                Delivery::Delivered => (Glyph::Checks, "tick"),
                Delivery::Read => (Glyph::Checks, "tick read"),
                Delivery::Failed { .. } => (Glyph::Alert, "tick failed"),
            };
            view! {
                <span class=class role="img" aria-label=words::delivery(locale, delivery)>
                    <Icon of=glyph />
                </span>
            }
        })
    }
}
