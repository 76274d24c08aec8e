use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use leptos_router::hooks::use_query_map;

use super::title;
use crate::api::{self, Login as LoginAction};
use crate::components::{Field, FormError, Glyph, Icon, failure};
use crate::i18n::{t, use_locale};
use crate::loaded::{awaiting, loaded};

/// `/entrar`.
#[component]
pub(crate) fn Login() -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<LoginAction>::new();
    let first_run = loaded(|| (), |()| api::first_run());
    let query = use_query_map();
    let next = move || query.with(|query| query.get("next")).unwrap_or_default();
    view! {
        <Title text=title(locale, t!(locale, login.title)) />
        {awaiting(move || async move {
            matches!(first_run.await, Ok(true)).then(|| view! { <Redirect path=api::SETUP /> }).into_any()
        })}
        <main class="door">
            <section class="door-card">
                <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
                <h1>{t!(locale, app.name)}</h1>
                <p class="lead">{t!(locale, login.lead)}</p>
                <ActionForm action>
                    <div class="stack">
                        <input type="hidden" name="next" value=next />
                        <Field label=t!(locale, field.email) name="email" kind="email" autocomplete="username" />
                        <Field label=t!(locale, field.password) name="password" kind="password" autocomplete="current-password" />
                        <label class="check">
                            <input type="checkbox" name="remember" value="true" />
                            <span>{t!(locale, login.remember)}</span>
                        </label>
                        <FormError error=failure(action) unauthenticated=t!(locale, login.wrong) />
                        <button class="button wide" disabled=action.pending()>{t!(locale, login.submit)}</button>
                    </div>
                </ActionForm>
            </section>
        </main>
    }
}
