use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::{Field, WrongAddress, failed, title};
use crate::api;
use crate::components::{Glyph, Icon};
use crate::i18n::{t, use_locale};
use crate::islands::Form;

/// `/entrar`.
#[component]
pub(crate) fn Login() -> impl IntoView {
    let locale = use_locale();
    let next = use_query_map().with_untracked(|query| query.get("next")).unwrap_or_default();
    view! {
        <Title text=title(locale, t!(locale, login.title)) />
        <main class="door">
            <section class="door-card">
                <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
                <h1>{t!(locale, app.name)}</h1>
                <p class="lead">{t!(locale, login.lead)}</p>
                <WrongAddress />
                <Form
                    action=api::Login::url().to_owned()
                    failed=failed(api::Login::url())
                    unauthenticated=Some(t!(locale, login.wrong).to_owned())
                    submit=t!(locale, login.submit).to_owned()
                >
                    <input type="hidden" name="next" value=next />
                    <Field label=t!(locale, field.email) name="email" kind="email" autocomplete="username" />
                    <Field label=t!(locale, field.password) name="password" kind="password" autocomplete="current-password" />
                    <label class="check">
                        <input type="checkbox" name="remember" value="true" />
                        <span>{t!(locale, login.remember)}</span>
                    </label>
                </Form>
            </section>
        </main>
    }
}
