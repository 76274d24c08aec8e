use leptos::prelude::*;

use super::phone_choices::PhoneChoices;
use super::{Glyph, Icon, bool_signal, erased_view, text_signal};
use crate::ApiError;
use crate::i18n::{t, use_locale};
use crate::labels;

/// The error of the form around it.
#[component]
pub(crate) fn FormError(
    error: RwSignal<Option<ApiError>>,
    /// This sentence ("wrong e-mail or password") replaces "log in again" in an error.
    #[prop(optional_no_strip)]
    unauthenticated: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    let sentence = text_signal(move || match (error.get(), &unauthenticated) {
        (None, _) => String::new(),
        (Some(ApiError::Unauthenticated), Some(instead)) => instead.clone(),
        (Some(error), _) => labels::error(locale, &error),
    });
    view! {
        <div class="form-error" role="alert">
            <p hidden=bool_signal(move || sentence.with(String::is_empty))>
                <Icon of=Glyph::Alert />
                <span>{sentence}</span>
            </p>
            // This part is rebuilt for every question, so that no earlier answer is left.
            {erased_view(move || match error.get() {
                Some(ApiError::AmbiguousPhone { one, other }) => {
                    view! { <PhoneChoices one other /> }.into_any()
                }
                _ => ().into_any(),
            })}
        </div>
    }
    .into_any()
}

/// An error outside of any form; it stays until it is closed.
#[component]
pub(crate) fn Notice(error: RwSignal<Option<ApiError>>) -> impl IntoView {
    let locale = use_locale();
    let sentence = text_signal(move || {
        error.get().map(|what| labels::error(locale, &what)).unwrap_or_default()
    });
    view! {
        <div class="notice" role="alert">
            <p hidden=bool_signal(move || sentence.with(String::is_empty))>
                <Icon of=Glyph::Alert />
                <span>{sentence}</span>
                <button
                    class="round"
                    aria-label=t!(locale, error.dismiss)
                    on:click=move |_| error.set(None)
                >
                    <Icon of=Glyph::Close />
                </button>
            </p>
        </div>
    }
    .into_any()
}
