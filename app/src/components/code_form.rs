use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::ConnectionId;

use super::{FormError, NumberField, Sending};
use crate::api;
use crate::i18n::{t, use_locale};

/// Asks for the phone's number and then requests a pairing code.
///
/// The field belongs to the browser alone: this program never writes into it, and the server shows
/// how it understood the number.
#[component]
pub(crate) fn CodeForm(connection: Option<ConnectionId>) -> impl IntoView {
    let locale = use_locale();
    let sending = Sending::new(None);
    view! {
        <form method="post" action=api::ConnectWithCode::url() on:submit=move |event| sending.submit(&event)>
            <NumberField connection />
            <div class="code-form">
                <p class="muted" id="code-form-why">{t!(locale, pair.with_code_lead)}</p>
                <label class="field">
                    <span>{t!(locale, pair.phone)}</span>
                    <input
                        name="phone"
                        type="tel"
                        inputmode="tel"
                        autocomplete="tel"
                        required
                        maxlength="80"
                        aria-describedby="code-form-why"
                        placeholder=t!(locale, pair.phone_example)
                    />
                </label>
                <FormError error=sending.failure />
                <button class="button" disabled=sending.pending>{t!(locale, pair.with_code)}</button>
            </div>
        </form>
    }
    .into_any()
}
