use leptos::html;
use leptos::prelude::*;

use crate::browser;
use crate::components::{bool_signal, text_signal};
use crate::i18n::{t, use_locale};

/// A text for use elsewhere, and a button that copies it.
#[island]
pub fn Copy(
    /// The name of the text.
    label: String,
    value: String,
) -> impl IntoView {
    let locale = use_locale();
    let field = NodeRef::<html::Input>::new();
    let awake = RwSignal::new(false);
    let copied = RwSignal::new(false);
    Effect::new(move || awake.set(true));
    let copy = move |_| {
        if let Some(field) = field.get_untracked() {
            copied.set(browser::copy(&field));
        }
    };
    let says = text_signal(move || match copied.get() {
        true => t!(locale, copy.done).to_owned(),
        false => t!(locale, copy.copy).to_owned(),
    });
    view! {
        <div class="copy">
            <label class="field">
                <span>{label}</span>
                <input readonly node_ref=field value=value />
            </label>
            <button class="button" type="button" hidden=bool_signal(move || !awake.get()) on:click=copy>
                <span aria-live="polite">{says}</span>
            </button>
        </div>
    }
}
