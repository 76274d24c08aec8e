use leptos::prelude::*;

use crate::i18n::{t, use_locale};

/// Asks which of two numbers was meant, as part of the form that it was typed into.
#[component]
pub(crate) fn PhoneChoices(one: String, other: String) -> impl IntoView {
    let locale = use_locale();
    view! {
        <fieldset class="choices">
            <legend class="sr">{t!(locale, error.phone_which)}</legend>
            <Choice words=one />
            <Choice words=other />
        </fieldset>
    }
    .into_any()
}

#[component]
fn Choice(words: String) -> impl IntoView {
    view! {
        <label class="check">
            <input type="radio" name="choice" value=words.clone() />
            <span>{words}</span>
        </label>
    }
    .into_any()
}
