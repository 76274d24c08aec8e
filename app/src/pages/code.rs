use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::enrolling::{CodeField, Enrol};
use super::{Failed, Field, WrongAddress, failed, title};
use crate::api::PendingLoginPage;
use crate::components::{Glyph, Icon};
use crate::i18n::{t, use_locale};
use crate::islands::Form;
use crate::{ApiError, api};

/// `/entrar/codigo`: the second step of a login. A user who has no second factor and must have one
/// turns it on here, also in an existing session that lacks it by now. Without a right password
/// before, it redirects to the login.
#[component]
pub(crate) fn Code() -> impl IntoView {
    Suspend::new(async move {
        match api::asked().await {
            Ok(page) => view! { <Ask page /> }.into_any(),
            Err(ApiError::Unauthenticated) => {
                leptos_axum::redirect(api::LOGIN);
                ().into_any()
            }
            Err(error) => view! { <Failed error /> }.into_any(),
        }
    })
}

#[component]
fn Ask(page: PendingLoginPage) -> impl IntoView {
    let locale = use_locale();
    let PendingLoginPage { email, enrolling, needs_password, is_old } = page;
    let next = use_query_map().with_untracked(|query| query.get("next")).filter(|_| is_old);
    let (heading, lead, label) = match &enrolling {
        Some(_) => (
            t!(locale, totp.enrol_title),
            t!(locale, totp.enrol_lead, email = email).to_string(),
            t!(locale, totp.code),
        ),
        None => (
            t!(locale, totp.ask_title),
            t!(locale, totp.ask_lead, email = email).to_string(),
            t!(locale, totp.code_or_recovery),
        ),
    };
    view! {
        <Title text=title(locale, heading) />
        <main class="door">
            <section class="door-card">
                <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
                <h1>{heading}</h1>
                <p class="lead">{lead}</p>
                {enrolling.map(|enrolling| view! { <Enrol enrolling /> })}
                <WrongAddress />
                <Form
                    action=api::FinishLogin::url().to_owned()
                    failed=failed(api::FinishLogin::url())
                    unauthenticated=Some(t!(locale, totp.too_late).to_owned())
                    submit=t!(locale, login.submit).to_owned()
                >
                    {next.map(|next| view! { <input type="hidden" name="next" value=next /> })}
                    <CodeField label />
                    {needs_password.then(|| view! {
                        <Field label=t!(locale, profile.old_password) name="password" kind="password" autocomplete="current-password" />
                    })}
                </Form>
                {match is_old {
                    // A logged-in user does not see the login.
                    true => view! {
                        <form method="post" action=api::Logout::url() class="door-else">
                            <button class="link">{t!(locale, totp.other_account)}</button>
                        </form>
                    }
                    .into_any(),
                    false => view! {
                        <p class="door-else"><a class="link" href=api::LOGIN>{t!(locale, totp.other_account)}</a></p>
                    }
                    .into_any(),
                }}
            </section>
        </main>
    }
    .into_any()
}
