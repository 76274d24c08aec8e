use leptos::prelude::*;
use leptos_meta::Title;

use super::{framed, title};
use crate::api;
use crate::components::{Glyph, Icon};
use crate::i18n::{t, use_locale};
use crate::islands::Connections as Island;

/// `/admin/conexoes`: all numbers, their owners and states.
#[component]
pub(crate) fn Connections() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Title text=title(locale, t!(locale, connections.title)) />
        {framed(api::connections(), move |page| view! {
            <main class="page connections">
                <header>
                    <div>
                        <h1>{t!(locale, connections.title)}</h1>
                        <p class="lead">{t!(locale, connections.lead)}</p>
                    </div>
                    <a class="button" href=api::NEW_NUMBER>
                        <Icon of=Glyph::Plus />
                        {t!(locale, number.add)}
                    </a>
                </header>
                <Island page />
            </main>
        }
        .into_any())}
    }
}
