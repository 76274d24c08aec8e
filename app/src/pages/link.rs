use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_params_map;
use model::{LinkKind, LoginLink};

use super::{WrongAddress, failed, title};
use crate::components::{Empty, Glyph, Icon, set_status};
use crate::i18n::{t, use_locale};
use crate::islands::{Form, NewPassword};
use crate::{ApiError, api};

/// `/convite/{token}`: the target of a link, for choosing a password.
#[component]
pub(crate) fn Link() -> impl IntoView {
    let token = use_params_map().with_untracked(|params| params.get("token")).unwrap_or_default();
    Suspend::new(async move {
        match api::link(token.clone()).await {
            Ok(link) => view! { <Greeting token link /> }.into_any(),
            Err(error) => view! { <Over error /> }.into_any(),
        }
    })
}

#[component]
fn Greeting(token: String, link: LoginLink) -> impl IntoView {
    let locale = use_locale();
    let (heading, lead, submit) = match link.kind {
        LinkKind::Invitation => (
            t!(locale, link.welcome, name = link.user.name.as_str()).to_string(),
            t!(locale, link.welcome_lead, email = link.user.email.as_str()).to_string(),
            t!(locale, link.welcome_submit),
        ),
        LinkKind::Reset => (
            t!(locale, link.reset).to_owned(),
            t!(locale, link.reset_lead, email = link.user.email.as_str()).to_string(),
            t!(locale, link.reset_submit),
        ),
    };
    view! {
        <Title text=title(locale, &heading) />
        <main class="door">
            <section class="door-card">
                <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
                <h1>{heading.clone()}</h1>
                <p class="lead">{lead}</p>
                <WrongAddress />
                <Form
                    action=api::UseLink::url().to_owned()
                    failed=failed(api::UseLink::url())
                    unauthenticated=None
                    submit=submit.to_owned()
                >
                    <input type="hidden" name="token" value=token />
                    <NewPassword label=t!(locale, field.password).to_owned() />
                </Form>
            </section>
        </main>
    }
    .into_any()
}

#[component]
fn Over(error: ApiError) -> impl IntoView {
    let locale = use_locale();
    set_status(error.status());
    let lead = match &error {
        ApiError::NotFound => t!(locale, link.over_lead).to_owned(),
        other => crate::labels::error(locale, other),
    };
    view! {
        <Title text=title(locale, t!(locale, link.over)) />
        <main class="page">
            <Empty glyph=Glyph::Alert title=t!(locale, link.over) lead>
                <a class="button" href=api::LOGIN>{t!(locale, link.to_login)}</a>
            </Empty>
        </main>
    }
    .into_any()
}
