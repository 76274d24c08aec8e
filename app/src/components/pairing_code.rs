use leptos::prelude::*;
use model::PairingCode;

use super::text_signal;
use super::timer::Timer;
use crate::clock::use_clock;
use crate::i18n::{t, use_locale};

/// The lifetime of a pairing code in seconds (wacore 0.7, `pair_code::PAIR_CODE_VALIDITY_SECS`);
/// the bar is full when that is left.
const LASTS: u32 = 180;

/// Eight characters to type on the phone, read as two groups of four.
#[component]
pub(crate) fn Code(code: PairingCode) -> impl IntoView {
    let locale = use_locale();
    let clock = use_clock();
    let PairingCode { code, phone, expires_at } = code;
    let dashed = match code.split_at_checked(4) {
        Some((first, last)) => format!("{first}-{last}"),
        None => code,
    };
    let left = text_signal(move || {
        t!(locale, pair.code_left, seconds = clock.seconds_until(expires_at)).to_string()
    });
    view! {
        <figure class="code">
            <output
                class="code-letters"
                aria-label=t!(locale, pair.code, code = dashed.as_str()).to_string()
            >
                {dashed.clone()}
            </output>
            <figcaption>
                <Timer until=expires_at lasts=LASTS />
                <span>{left}</span>
                <span>{t!(locale, pair.code_for, phone = phone.as_str()).to_string()}</span>
            </figcaption>
        </figure>
    }
}
