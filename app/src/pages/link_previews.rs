use leptos::prelude::*;

use super::script_parts::{ForPeople, icon_button, script_page, words};
use crate::components::Glyph;
use crate::i18n::{t, use_locale};

/// `/atendente/inbox-pirata/previas`: the parts for previews of links in the composer.
///
/// Scripts take `#link-previews` from this page: the card above the field and its words
/// (`browser/later/previews/link-preview.js`). Without scripts the page states that they are needed.
#[component]
pub(crate) fn LinkPreviews() -> impl IntoView {
    let locale = use_locale();
    let people = ForPeople::of_inbox(
        t!(locale, link_preview.title),
        t!(locale, link_preview.lead),
        t!(locale, link_preview.back),
    );
    script_page(people, || view! { <Parts /> }.into_any())
}

/// Everything that the scripts take from this page.
#[component]
fn Parts() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div id="link-previews" hidden>
            <template data-part="card"><Card /></template>
            {words([
                ("shown", t!(locale, link_preview.shown, title = "{title}").to_string()),
                ("removed", t!(locale, link_preview.removed).to_owned()),
            ])}
        </div>
    }
    .into_any()
}

/// The card above the field. Scripts fill it with what the page says of itself.
#[component]
fn Card() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="link-preview" role="group" aria-label=t!(locale, link_preview.card)>
            <img data-slot="picture" alt="" hidden />
            <div class="link-words">
                <strong data-slot="title" dir="auto"></strong>
                <span data-slot="description" dir="auto"></span>
                <span class="muted" data-slot="host" dir="ltr"></span>
            </div>
            {icon_button("remove", t!(locale, link_preview.remove), Glyph::Close.path())}
        </div>
    }
    .into_any()
}
