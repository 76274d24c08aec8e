use leptos::prelude::*;
use model::file_limits;

use super::script_parts::{ForPeople, close_button, icon_button, script_page, words};
use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};

/// The icon of a favourite, as a path (`components::icon`).
const STAR: &str = "M12 3.500l2.600 5.300 5.900.900-4.250 4.150 1 5.850L12 16.950 6.750 19.700l1-5.850L3.500 9.700l5.900-.900z";

/// `/atendente/inbox-pirata/figurinhas`: the parts for choosing and making stickers.
///
/// Scripts take `#stickers` from this page: the panel, the dialog of a sticker, their words and the limits
/// of a sticker (`browser/later/stickers/stickers-page.js`). Without scripts the page states that they are
/// needed.
#[component]
pub(crate) fn Stickers() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople::of_inbox(
        t!(locale, stickers.title),
        t!(locale, stickers.lead),
        t!(locale, stickers.back),
    );
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the scripts take from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div
            id="stickers"
            hidden
            data-bytes=file_limits::STICKER.to_string()
            data-side=file_limits::STICKER_SIDE.to_string()
        >
            <template data-part="panel"><Panel /></template>
            <template data-part="sticker"><Sticker /></template>
            <template data-part="made"><Made /></template>
            <template data-part="dialog"><Dialog /></template>
            {words(sentences(locale))}
        </div>
    }
    .into_any()
}

/// The content of the panel.
#[component]
fn Panel() -> impl IntoView {
    let locale = use_locale();
    let list = |name: &'static str, title: &'static str| {
        view! {
            <section data-list=name hidden>
                <h3 aria-hidden="true">{title}</h3>
                <ul class="sticker-grid" aria-label=title></ul>
            </section>
        }
    };
    view! {
        <div class="stickers">
            <p class="bad" role="alert" data-slot="problem" hidden></p>
            <button type="button" class="button quiet" data-make="">
                <Icon of=Glyph::Photo />
                {t!(locale, stickers.make)}
            </button>
            <input type="file" accept="image/*" data-file="" aria-label=t!(locale, stickers.make) hidden />
            {list("favourites", t!(locale, stickers.favourites))}
            {list("recent", t!(locale, stickers.recent))}
            <p class="muted" role="status" data-slot="status">{t!(locale, stickers.loading)}</p>
        </div>
    }
    .into_any()
}

/// A sticker to choose, with its star.
#[component]
fn Sticker() -> impl IntoView {
    let locale = use_locale();
    view! {
        <li>
            <button type="button" class="sticker-pick" data-send="">
                <img alt="" loading="lazy" decoding="async" />
            </button>
            {icon_button("keep", t!(locale, stickers.keep), STAR)}
        </li>
    }
    .into_any()
}

/// A sticker that was made of a picture, before it is sent.
#[component]
fn Made() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="sticker-made" role="group" tabindex="-1" aria-label=t!(locale, stickers.made)>
            <img alt=t!(locale, stickers.made) />
            <p class="muted" data-slot="still" hidden>{t!(locale, stickers.still)}</p>
            <div>
                <button type="button" class="button quiet" data-cancel="">{t!(locale, stickers.cancel)}</button>
                <button type="button" class="button" data-send-made="">
                    <Icon of=Glyph::Send />
                    {t!(locale, stickers.send)}
                </button>
            </div>
        </div>
    }
    .into_any()
}

/// The content of the dialog about a sticker of the conversation.
#[component]
fn Dialog() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="sticker-dialog">
            <header>
                <h2>{t!(locale, kind.sticker)}</h2>
                {close_button(t!(locale, actions.close))}
            </header>
            <img alt=t!(locale, kind.sticker) />
            <p class="bad" role="alert" data-slot="problem" hidden></p>
            <footer>
                <a class="button quiet" target="_blank" data-open="">{t!(locale, stickers.open)}</a>
                <button type="button" class="button" data-keep="" disabled></button>
            </footer>
        </div>
    }
    .into_any()
}

/// The sentences of the scripts.
fn sentences(locale: Locale) -> impl IntoIterator<Item = (&'static str, String)> {
    [
        ("title", t!(locale, kind.sticker).to_owned()),
        ("send_one", t!(locale, stickers.send_one, n = "{n}").to_string()),
        ("keep", t!(locale, stickers.keep).to_owned()),
        ("drop", t!(locale, stickers.unkeep).to_owned()),
        ("kept", t!(locale, stickers.kept).to_owned()),
        ("dropped", t!(locale, stickers.dropped).to_owned()),
        ("none", t!(locale, stickers.none).to_owned()),
        ("sent", t!(locale, stickers.sent).to_owned()),
        ("name", t!(locale, stickers.made).to_owned()),
        ("not_loaded", t!(locale, stickers.not_loaded).to_owned()),
        ("not_sent", t!(locale, stickers.not_sent).to_owned()),
        ("not_kept", t!(locale, stickers.not_kept).to_owned()),
        ("refused", t!(locale, stickers.refused).to_owned()),
        ("gone", t!(locale, stickers.gone).to_owned()),
        ("full", t!(locale, stickers.full).to_owned()),
        ("no_picture", t!(locale, stickers.no_picture).to_owned()),
        ("no_webp", t!(locale, stickers.no_webp).to_owned()),
    ]
}
