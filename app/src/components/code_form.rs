use leptos::prelude::*;
use model::ConnectionId;

use super::{FormError, NumberField, Sending};
use crate::i18n::{t, use_locale};
use crate::words;

/// Asks for the phone's number and then for a pairing code.
#[component]
pub(crate) fn CodeForm(connection: Option<ConnectionId>) -> impl IntoView {
    let locale = use_locale();
    let sending = Sending::new(None);
    let typed = RwSignal::new(String::new());
    view! {
        <form method="post" action="/api/connect_with_code" on:submit=move |event| sending.submit(&event)>
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
                        maxlength="24"
                        aria-describedby="code-form-why"
                        placeholder=t!(locale, pair.phone_example)
                        prop:value=typed
                        on:input:target=move |event| typed.set(as_typed(&event.target().value()))
                    />
                </label>
                <button class="button" disabled=sending.pending>{t!(locale, pair.with_code)}</button>
                <FormError error=sending.failure />
            </div>
        </form>
    }
    .into_any()
}

/// Groups the digits while somebody types. A number without a country is taken as Brazilian as soon
/// as it has an area code and enough digits to tell; one that starts with `+` is left to its owner.
fn as_typed(text: &str) -> String {
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    match text.trim_start().starts_with('+') {
        _ if digits.is_empty() => text.trim_start().to_owned(),
        true => words::phone(&digits),
        false if digits.len() < 10 => digits,
        false if digits.len() <= 11 => words::phone(&format!("55{digits}")),
        false => words::phone(&digits),
    }
}

#[cfg(test)]
mod tests {
    use super::as_typed;

    #[test]
    fn numbers_take_shape_while_they_are_typed() {
        for (typed, shown) in [
            ("", ""),
            ("+", "+"),
            ("6199812", "6199812"),
            ("(61) 99812-4471", "+55 61 99812-4471"),
            ("5561998124471", "+55 61 99812-4471"),
            ("+5561998", "+55 61 998"),
            ("+1415555", "+1415555"),
        ] {
            assert_eq!(as_typed(typed), shown);
        }
    }
}
