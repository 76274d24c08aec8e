use leptos::prelude::*;
use model::bounds;

use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};
use crate::pages::script_parts::{problem_and_status, words};

/// The form of the dialog "Enviar localização" (`browser/later/places/place-dialog.js`).
#[component]
pub(super) fn PlaceForm() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div id="send-place" hidden>
            <template data-part="form"><Form /></template>
            {words(sentences(locale))}
        </div>
    }
    .into_any()
}

#[component]
fn Form() -> impl IntoView {
    let locale = use_locale();
    let optional = t!(locale, attach.optional);
    view! {
        <form class="place-form" novalidate>
            <h2>{t!(locale, attach.send_place)}</h2>
            <div class="stack">
                <button type="button" class="button quiet" data-here="">
                    <Icon of=Glyph::Place />
                    {t!(locale, attach.here)}
                </button>
                <label class="field">
                    <span>{t!(locale, attach.where_is_it)}</span>
                    <input
                        name="where"
                        dir="ltr"
                        autocomplete="off"
                        spellcheck="false"
                        maxlength="2000"
                        placeholder="-15.794229, -47.882166"
                        aria-describedby="send-place-how"
                    />
                    <span class="hint" id="send-place-how">{t!(locale, attach.where_how)}</span>
                </label>
                {problem_and_status()}
                <label class="field">
                    <span>{t!(locale, attach.place_name)}</span>
                    <input name="name" dir="auto" autocomplete="off" maxlength=bounds::PLACE.to_string() placeholder=optional />
                </label>
                <label class="field">
                    <span>{t!(locale, attach.address)}</span>
                    <input name="address" dir="auto" autocomplete="off" maxlength=bounds::PLACE.to_string() placeholder=optional />
                </label>
                <figure class="place-preview" data-slot="preview" aria-label=t!(locale, attach.preview) hidden>
                    <strong data-slot="name" dir="auto"></strong>
                    <span data-slot="address" dir="auto"></span>
                    <a class="link" data-slot="map" target="_blank" rel="noopener noreferrer nofollow"></a>
                </figure>
            </div>
            <div class="dialog-buttons">
                <button type="button" class="button quiet" data-close="">{t!(locale, actions.cancel)}</button>
                <button class="button" data-send="" disabled>{t!(locale, files.send)}</button>
            </div>
        </form>
    }
    .into_any()
}

fn sentences(locale: Locale) -> impl IntoIterator<Item = (&'static str, String)> {
    [
        ("locating", t!(locale, attach.locating).to_owned()),
        ("accuracy", t!(locale, attach.accuracy, distance = "{distance}").to_string()),
        ("denied", t!(locale, attach.denied).to_owned()),
        ("insecure", t!(locale, attach.insecure).to_owned()),
        ("unavailable", t!(locale, attach.unavailable).to_owned()),
        ("out_of_range", t!(locale, attach.out_of_range).to_owned()),
        ("unreadable", t!(locale, attach.unreadable).to_owned()),
        ("short_link", t!(locale, attach.short_link).to_owned()),
        ("sending", t!(locale, attach.sending).to_owned()),
        ("refused", t!(locale, attach.refused).to_owned()),
        ("not_sent", t!(locale, attach.not_sent).to_owned()),
    ]
}
