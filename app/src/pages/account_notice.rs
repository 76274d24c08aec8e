//! Notices of what others did to the user's account: on every page until they are read, and in the
//! profile permanently.

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::{AccountReset, Actor, ResetKind};

use super::{Exact, HERE, with_time};
use crate::api;
use crate::components::{Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};

/// The notice above a page.
#[component]
pub(super) fn AccountNotice(reset: AccountReset) -> impl IntoView {
    let locale = use_locale();
    view! {
        <aside class="account-notice" aria-label=t!(locale, account.title)>
            <Icon of=Glyph::Alert />
            <p dir="auto">{sentences(locale, &reset)}" "{t!(locale, account.lead)}</p>
            <form method="post" action=api::DismissAccountNotice::url()>
                <button class="button quiet">{t!(locale, account.read)}</button>
            </form>
            <a class="link" href=format!("{}#profile-account", api::PROFILE)>{t!(locale, account.more)}</a>
        </aside>
    }
}

/// The notices in the profile.
#[component]
pub(super) fn AccountResets(resets: Vec<AccountReset>) -> impl IntoView {
    let locale = use_locale();
    (!resets.is_empty()).then(|| {
        view! {
            <section class="panel" aria-labelledby="profile-account">
                <h2 id="profile-account">{t!(locale, account.title)}</h2>
                <p class="hint">{t!(locale, account.lead)}</p>
                <ul class="resets" aria-labelledby="profile-account">
                    {resets.iter().map(|reset| view! {
                        <li dir="auto">{sentences(locale, reset)}</li>
                    }).collect_view()}
                </ul>
            </section>
        }
    })
}

fn sentences(locale: Locale, reset: &AccountReset) -> AnyView {
    let who = match &reset.by {
        Actor::User { name, .. } => name.clone(),
        Actor::Console => t!(locale, audit.console).to_owned(),
        Actor::System => t!(locale, audit.system).to_owned(),
        Actor::Anonymous => t!(locale, audit.anonymous).to_owned(),
    };
    let from = reset.ip.map(|ip| t!(locale, account.from, ip = ip.to_string()).to_string());
    let from = from.map(|from| format!(" {from}"));
    let done = match (reset.kind, reset.made_at) {
        (ResetKind::Password, Some(_)) => t!(locale, account.used, when = HERE).to_string(),
        (ResetKind::Password, None) => {
            t!(locale, account.password, who = who.as_str(), when = HERE).to_string()
        }
        (ResetKind::SecondFactor, _) => {
            t!(locale, account.second_factor, who = who.as_str(), when = HERE).to_string()
        }
    };
    let made = reset.made_at.map(|made_at| {
        let made = t!(locale, account.link, who = who.as_str(), when = HERE).to_string();
        view! { {with_time(&made, made_at, Exact::Minute)}" " }
    });
    view! { {made}{with_time(&done, reset.at, Exact::Minute)}{from} }.into_any()
}
