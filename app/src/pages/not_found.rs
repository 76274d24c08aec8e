use leptos::prelude::*;
use leptos_meta::Title;

use super::title;
use crate::api;
use crate::components::{Empty, Glyph, set_status};
use crate::i18n::{t, use_locale};

/// The page for an unknown address.
#[component]
pub(crate) fn NotFound() -> impl IntoView {
    let locale = use_locale();
    set_status(404);
    view! {
        <Title text=title(locale, t!(locale, missing.title)) />
        <main class="page">
            <Empty glyph=Glyph::Alert title=t!(locale, missing.title) lead=t!(locale, missing.lead)>
                <a class="button" href=api::INBOX>{t!(locale, missing.back)}</a>
            </Empty>
        </main>
    }
}
