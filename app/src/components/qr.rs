use leptos::prelude::*;
use model::QrCode;

use super::text_signal;
use super::timer::Timer;
use crate::clock::use_clock;
use crate::i18n::{t, use_locale};

/// The code to scan, its remaining time, and its number in the sequence.
#[component]
pub(crate) fn Qr(code: QrCode) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let QrCode { svg, expires_at, lasts, number, of } = code;
    let left = text_signal(move || {
        // The two clocks agree to a second or so.
        let seconds = clock.seconds_until(expires_at).min(lasts.into());
        match number < of {
            true => t!(locale, pair.next_qr, seconds = seconds).to_string(),
            false => t!(locale, pair.last_qr, seconds = seconds).to_string(),
        }
    });
    view! {
        <figure class="qr">
            <div class="qr-picture" role="img" aria-label=t!(locale, pair.qr) inner_html=svg></div>
            <figcaption>
                <span class="qr-left"><Timer until=expires_at lasts /><span>{left}</span></span>
                <span class="muted">
                    {t!(locale, pair.which_qr, number = number, of = of).to_string()}
                </span>
            </figcaption>
        </figure>
    }
}
