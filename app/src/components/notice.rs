use leptos::prelude::*;

use super::{Glyph, Icon};
use crate::ApiError;
use crate::i18n::{t, use_locale};
use crate::words;

/// What is wrong with the form above it.
#[component]
pub(crate) fn FormError<T: Send + Sync + 'static>(
    /// The form's last answer.
    #[prop(into)]
    result: Signal<Option<Result<T, ApiError>>>,
    /// Says "wrong e-mail or password" where an error would say "log in again".
    #[prop(optional)]
    unauthenticated: Option<&'static str>,
) -> impl IntoView {
    let locale = use_locale();
    let sentence = move || {
        result.with(|result| match (result, unauthenticated) {
            (Some(Err(ApiError::Unauthenticated)), Some(instead)) => Some(instead.to_owned()),
            (Some(Err(error)), _) => Some(words::error(locale, error)),
            _ => None,
        })
    };
    view! {
        <div class="form-error" role="alert">
            {move || {
                sentence().map(|sentence| view! { <p><Icon of=Glyph::Alert /><span>{sentence}</span></p> })
            }}
        </div>
    }
    .into_any()
}

/// Something that failed without a form to say so; stays until it is closed.
#[component]
pub(crate) fn Notice(error: RwSignal<Option<ApiError>>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="notice" role="alert">
            {move || {
                error.get().map(|what| view! {
                    <p>
                        <Icon of=Glyph::Alert />
                        <span>{words::error(locale, &what)}</span>
                        <button
                            class="round"
                            aria-label=t!(locale, error.dismiss)
                            on:click=move |_| error.set(None)
                        >
                            <Icon of=Glyph::Close />
                        </button>
                    </p>
                })
            }}
        </div>
    }
    .into_any()
}
