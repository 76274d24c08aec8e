use leptos::prelude::*;

use crate::components::{Glyph, Icon};
use crate::i18n::{t, use_locale};

/// The dialog of the gallery, which `browser/later/gallery/gallery.js` copies and fills with the pictures and videos
/// of the open conversation. Its parts are named by `data-part`, and its buttons by what they do.
#[component]
pub(super) fn Gallery() -> impl IntoView {
    let locale = use_locale();
    // The script counts.
    let of = t!(locale, gallery.position, nth = "{n}", of = "{of}").to_string();
    view! {
        <template id="gallery">
            <dialog class="gallery" aria-label=t!(locale, gallery.title)>
                <header class="gallery-bar">
                    <div class="gallery-about">
                        <strong dir="auto" data-part="who"></strong>
                        <time data-part="time"></time>
                    </div>
                    <p
                        class="gallery-position"
                        role="status"
                        data-part="position"
                        data-of=of
                        data-loading=t!(locale, actions.loading)
                    ></p>
                    <Tool does="reduce" name=t!(locale, gallery.reduce) glyph=Glyph::Minus />
                    <Tool does="enlarge" name=t!(locale, gallery.enlarge) glyph=Glyph::Plus />
                    <Tool does="reply" name=t!(locale, actions.reply) glyph=Glyph::Reply />
                    <Tool does="find" name=t!(locale, gallery.find) glyph=Glyph::Chats />
                    <a
                        class="round"
                        href=""
                        download=""
                        data-part="download"
                        title=t!(locale, gallery.download)
                        aria-label=t!(locale, gallery.download)
                    >
                        <Icon of=Glyph::Download />
                    </a>
                    <Tool does="close" name=t!(locale, actions.close) glyph=Glyph::Close />
                </header>
                <div class="gallery-stage" data-part="stage">
                    <p class="gallery-failed" role="alert" data-part="failed" hidden>
                        <Icon of=Glyph::Alert />
                        <span>{t!(locale, gallery.failed)}</span>
                    </p>
                </div>
                <div class="gallery-caption" dir="auto" data-part="caption"></div>
                <Tool does="previous" name=t!(locale, gallery.previous) glyph=Glyph::Back />
                <Tool does="next" name=t!(locale, gallery.next) glyph=Glyph::Back />
            </dialog>
        </template>
    }
    .into_any()
}

/// A button that is only an icon.
#[component]
fn Tool(does: &'static str, name: &'static str, glyph: Glyph) -> impl IntoView {
    view! {
        <button class="round" type="button" data-do=does title=name aria-label=name>
            <Icon of=glyph />
        </button>
    }
    .into_any()
}
