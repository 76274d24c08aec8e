use leptos::prelude::*;

use super::script_parts::icon_button;
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
                    {icon_button("reduce", t!(locale, gallery.reduce), Glyph::Minus.path())}
                    {icon_button("enlarge", t!(locale, gallery.enlarge), Glyph::Plus.path())}
                    {icon_button("reply", t!(locale, actions.reply), Glyph::Reply.path())}
                    {icon_button("find", t!(locale, gallery.find), Glyph::Chats.path())}
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
                    {icon_button("close", t!(locale, actions.close), Glyph::Close.path())}
                </header>
                <div class="gallery-stage" data-part="stage">
                    <p class="gallery-failed" role="alert" data-part="failed" hidden>
                        <Icon of=Glyph::Alert />
                        <span>{t!(locale, gallery.failed)}</span>
                    </p>
                </div>
                <div class="gallery-caption" dir="auto" data-part="caption"></div>
                {icon_button("previous", t!(locale, gallery.previous), Glyph::Back.path())}
                {icon_button("next", t!(locale, gallery.next), Glyph::Back.path())}
            </dialog>
        </template>
    }
    .into_any()
}
