use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::{Field, WrongAddress, failed, title};
use crate::api;
use crate::auth::setup;
use crate::components::{Glyph, Icon};
use crate::i18n::{t, use_locale};
use crate::islands::{Form, NewPassword};

/// `/configurar`: creates the first administrator. The page is gone once there is one.
#[component]
pub(crate) fn Setup() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Title text=title(locale, t!(locale, setup.title)) />
        <main class="door">
            <section class="door-card">
                <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
                <h1>{t!(locale, setup.title)}</h1>
                <p class="lead">{t!(locale, setup.lead)}</p>
                <WrongAddress />
                <Form
                    action=api::CreateFirstAdmin::url().to_owned()
                    failed=failed(api::CreateFirstAdmin::url())
                    unauthenticated=None
                    submit=t!(locale, setup.submit).to_owned()
                >
                    <CodeField />
                    <Field label=t!(locale, field.name) name="name" autocomplete="name" maxlength="80" />
                    <Field label=t!(locale, field.email) name="email" kind="email" autocomplete="username" />
                    <NewPassword label=t!(locale, field.password).to_owned() />
                </Form>
            </section>
        </main>
    }
}

/// The code that the server printed, filled in for visitors who opened its link.
#[component]
fn CodeField() -> impl IntoView {
    let locale = use_locale();
    view! {
        <div class="field">
            <label for="setup-code">{t!(locale, setup.code)}</label>
            <input
                id="setup-code"
                name="code"
                value=setup::offered()
                autocomplete="off"
                autocapitalize="characters"
                spellcheck="false"
                maxlength="64"
                required
                aria-describedby="setup-code-hint"
            />
            <p class="hint" id="setup-code-hint">{t!(locale, setup.code_hint)}</p>
        </div>
    }
}
