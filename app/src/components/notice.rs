use leptos::prelude::*;

use super::phone_choices::PhoneChoices;
use super::{Glyph, Icon, flag, part, text};
use crate::ApiError;
use crate::i18n::{t, use_locale};
use crate::words;

/// What is wrong with the form around it.
#[component]
pub(crate) fn FormError(
    error: RwSignal<Option<ApiError>>,
    /// Says "wrong e-mail or password" where an error would say "log in again".
    #[prop(optional_no_strip)]
    unauthenticated: Option<String>,
) -> impl IntoView {
    let locale = use_locale();
    let sentence = text(move || match (error.get(), &unauthenticated) {
        (None, _) => String::new(),
        (Some(ApiError::Unauthenticated), Some(instead)) => instead.clone(),
        (Some(error), _) => words::error(locale, &error),
    });
    view! {
        <div class="form-error" role="alert">
            <p hidden=flag(move || sentence.with(String::is_empty))>
                <Icon of=Glyph::Alert />
                <span>{sentence}</span>
            </p>
            // Made anew for every question, so that no answer is left over.
            {part(move || match error.get() {
                Some(ApiError::AmbiguousPhone { one, other }) => {
                    view! { <PhoneChoices one other /> }.into_any()
                }
                _ => ().into_any(),
            })}
        </div>
    }
    .into_any()
}

/// Something that failed without a form to say so; stays until it is closed.
#[component]
pub(crate) fn Notice(error: RwSignal<Option<ApiError>>) -> impl IntoView {
    let locale = use_locale();
    let sentence =
        text(move || error.get().map(|what| words::error(locale, &what)).unwrap_or_default());
    view! {
        <div class="notice" role="alert">
            <p hidden=flag(move || sentence.with(String::is_empty))>
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
