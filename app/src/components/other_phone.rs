use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::{ConnectionId, PhoneNumber};

use super::pair_again::PairAgain;
use super::{NumberField, Sending, text_signal};
use crate::api;
use crate::i18n::{t, use_locale};

/// Another phone scanned the code of a number: the expected phone, and three ways to continue.
#[component]
pub(super) fn OtherPhone(
    id: ConnectionId,
    /// The last four digits of the phone that scanned.
    ends_in: u16,
    /// The number's own phone.
    own: Memo<Option<PhoneNumber>>,
    sending: Sending,
) -> impl IntoView {
    let locale = use_locale();
    let scanned = t!(locale, pair.ends_in, ends_in = format!("{ends_in:04}")).to_string();
    view! {
        <div class="compare">
            <div><span>{t!(locale, pair.expects)}</span><b>{text_signal(move || own.with(|own| own.as_ref().map(PhoneNumber::to_string).unwrap_or_default()))}</b></div>
            <div>
                <span>{t!(locale, pair.scanned)}</span>
                <b>{scanned}</b>
                <span>{t!(locale, pair.nothing_kept)}</span>
            </div>
        </div>
        <h3>{t!(locale, pair.which)}</h3>
        <ul class="ways">
            <li>
                <p><b>{t!(locale, pair.wrong_phone)}</b>{t!(locale, pair.wrong_phone_hint)}</p>
                <PairAgain id label=t!(locale, pair.read_again) sending />
            </li>
            <li>
                <p><b>{t!(locale, pair.one_more)}</b>{t!(locale, pair.one_more_hint)}</p>
                <a class="button quiet" href=api::NEW_NUMBER>{t!(locale, number.add)}</a>
            </li>
            <li>
                <p><b>{t!(locale, pair.changed)}</b>{t!(locale, pair.changed_hint)}</p>
                <form method="post" action=api::ChangePhone::url()>
                    <NumberField connection=Some(id) />
                    <button class="button quiet">{t!(locale, pair.change)}</button>
                </form>
            </li>
        </ul>
    }
    .into_any()
}
