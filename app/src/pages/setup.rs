use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;

use super::title;
use crate::api::{self, CreateFirstAdmin};
use crate::components::{Field, FormError, Glyph, Icon, NewPassword, failure};
use crate::i18n::{t, use_locale};
use crate::loaded::{awaiting, loaded};

/// `/configurar`: the first administrator. Gone once there is one.
#[component]
pub(crate) fn Setup() -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<CreateFirstAdmin>::new();
    let first_run = loaded(|| (), |()| api::first_run());
    view! {
        <Title text=title(locale, t!(locale, setup.title)) />
        {awaiting(move || async move {
            matches!(first_run.await, Ok(false)).then(|| view! { <Redirect path=api::LOGIN /> }).into_any()
        })}
        <main class="door">
            <section class="door-card">
                <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
                <h1>{t!(locale, setup.title)}</h1>
                <p class="lead">{t!(locale, setup.lead)}</p>
                <ActionForm action>
                    <div class="stack">
                        <Field label=t!(locale, field.name) name="name" autocomplete="name" maxlength="80" />
                        <Field label=t!(locale, field.email) name="email" kind="email" autocomplete="username" />
                        <NewPassword />
                        <FormError error=failure(action) />
                        <button class="button wide" disabled=action.pending()>{t!(locale, setup.submit)}</button>
                    </div>
                </ActionForm>
            </section>
        </main>
    }
}
