//! The properties of a number, as fields of the forms that add and change one.

use leptos::prelude::*;
use model::NumberColor;

use crate::i18n::{Locale, t, use_locale};

#[component]
pub(super) fn Label(value: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <label class="field">
            <span>{t!(locale, number.label)}</span>
            <input
                name="label"
                value=value
                maxlength="40"
                required
                autocomplete="off"
                placeholder=t!(locale, number.label_example)
            />
        </label>
    }
}

#[component]
pub(super) fn Colors(chosen: NumberColor) -> impl IntoView {
    let locale = use_locale();
    view! {
        <fieldset class="field swatches">
            <legend>{t!(locale, number.color)}</legend>
            {NumberColor::ALL.iter().map(|&color| {
                let name = color_name(locale, color);
                view! {
                    <label class="swatch" data-color=color.as_str() title=name>
                        <input type="radio" name="color" value=color.as_str() checked=color == chosen aria-label=name />
                    </label>
                }
            }).collect_view()}
        </fieldset>
    }
}

/// The phone that may link the number.
#[component]
pub(super) fn ExpectedPhone(value: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <label class="field">
            <span>{t!(locale, number.expected)}</span>
            <input
                name="phone"
                type="tel"
                inputmode="tel"
                autocomplete="off"
                maxlength="80"
                value=value
                placeholder=t!(locale, pair.phone_example)
                aria-describedby="expected-why"
            />
            <span class="hint" id="expected-why">{t!(locale, number.expected_hint)}</span>
        </label>
    }
}

fn color_name(locale: Locale, color: NumberColor) -> &'static str {
    match color {
        NumberColor::Green => t!(locale, color.green),
        NumberColor::Blue => t!(locale, color.blue),
        NumberColor::Violet => t!(locale, color.violet),
        NumberColor::Orange => t!(locale, color.orange),
        NumberColor::Pink => t!(locale, color.pink),
        NumberColor::Teal => t!(locale, color.teal),
        NumberColor::Yellow => t!(locale, color.yellow),
        NumberColor::Gray => t!(locale, color.gray),
    }
}
