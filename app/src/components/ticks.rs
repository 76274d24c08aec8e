use leptos::prelude::*;
use model::Delivery;

use super::{Glyph, flag, text};
use crate::i18n::use_locale;
use crate::words;

/// Clock, ✓, ✓✓, blue ✓✓, or the sign that it was not sent.
#[component]
pub(crate) fn Ticks(delivery: Signal<Option<Delivery>>) -> impl IntoView {
    let locale = use_locale();
    let class = text(move || {
        match delivery.get() {
            Some(Delivery::Read) => "tick read",
            Some(Delivery::Failed { .. }) => "tick failed",
            _ => "tick",
        }
        .to_owned()
    });
    let drawing = text(move || delivery.get().map(glyph).map_or("", Glyph::path).to_owned());
    let words = text(move || {
        delivery
            .get()
            .map(|delivery| words::delivery(locale, delivery))
            .unwrap_or_default()
            .to_owned()
    });
    view! {
        <span class=class role="img" aria-label=words hidden=flag(move || delivery.get().is_none())>
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
        Delivery::Delivered | Delivery::Read => Glyph::Checks,
        Delivery::Failed { .. } => Glyph::Alert,
    }
}
