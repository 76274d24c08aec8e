use leptos::prelude::*;
use model::Delivery;

use super::{Glyph, bool_signal, text_signal};
use crate::i18n::use_locale;
use crate::labels;

/// The delivery state as an icon: clock, ✓, ✓✓, blue ✓✓, or a failure.
#[component]
pub(crate) fn Ticks(delivery: Signal<Option<Delivery>>) -> impl IntoView {
    let locale = use_locale();
    let class = text_signal(move || {
        match delivery.get() {
            Some(Delivery::Read | Delivery::Played) => "tick read",
            Some(Delivery::Failed { .. }) => "tick failed",
            Some(Delivery::Queued) => "tick queued",
            _ => "tick",
        }
        .to_owned()
    });
    let drawing = text_signal(move || delivery.get().map(glyph).map_or("", Glyph::path).to_owned());
    let words = text_signal(move || {
        delivery
            .get()
            .map(|delivery| labels::delivery(locale, delivery))
            .unwrap_or_default()
            .to_owned()
    });
    view! {
        <span class=class role="img" aria-label=words hidden=bool_signal(move || delivery.get().is_none())>
            <svg class="icon" viewBox="0 0 24 24" aria-hidden="true">
                <path d=drawing></path>
            </svg>
        </span>
    }
}

fn glyph(delivery: Delivery) -> Glyph {
    match delivery {
        Delivery::Queued => Glyph::Clock,
        Delivery::Sent => Glyph::Check,
        Delivery::Delivered | Delivery::Read | Delivery::Played => Glyph::Checks,
        Delivery::Failed { .. } => Glyph::Alert,
    }
}
