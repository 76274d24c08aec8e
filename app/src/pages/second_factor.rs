use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;

use super::enrolling::{CodeField, Enrol};
use super::{Field, failed, framed, title};
use crate::api::{self, RecoveryCodes, SecondFactorPage};
use crate::i18n::{t, use_locale};
use crate::islands::Form;

/// `/perfil/duas-etapas`: turns the user's second factor on and off.
#[component]
pub(crate) fn SecondFactor() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Title text=title(locale, t!(locale, totp.title)) />
        {framed(api::second_factor(), move |page: SecondFactorPage| {
            let SecondFactorPage { state, enrolling, codes } = page;
            let body = match (codes, enrolling) {
                (Some(codes), _) => view! { <Codes codes /> }.into_any(),
                (None, _) if state.enabled => {
                    view! { <TurnOff left=state.recovery_codes required=state.required /> }.into_any()
                }
                (None, Some(enrolling)) => view! {
                    <section class="panel">
                        <Enrol enrolling />
                        <Form
                            action=api::ConfirmSecondFactor::url().to_owned()
                            failed=failed(api::ConfirmSecondFactor::url())
                            unauthenticated=None
                            submit=t!(locale, totp.turn_on).to_owned()
                        >
                            <CodeField label=t!(locale, totp.code) />
                            <Field label=t!(locale, profile.old_password) name="password" kind="password" autocomplete="current-password" />
                        </Form>
                    </section>
                }
                .into_any(),
                (None, None) => view! {
                    <section class="panel">
                        <p>{t!(locale, totp.what)}</p>
                        <form method="post" action=api::BeginSecondFactor::url()>
                            <button class="button wide">{t!(locale, totp.begin)}</button>
                        </form>
                    </section>
                }
                .into_any(),
            };
            view! {
                <main class="page narrow">
                    <header>
                        <h1>{t!(locale, totp.title)}</h1>
                        <p class="lead">{t!(locale, totp.lead)}</p>
                    </header>
                    {body}
                    <p><a class="link" href=api::PROFILE>{t!(locale, totp.to_profile)}</a></p>
                </main>
            }
            .into_any()
        })}
    }
}

#[component]
fn Codes(codes: RecoveryCodes) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="panel fresh" role="status">
            <h2>{t!(locale, totp.codes)}</h2>
            <p>{t!(locale, totp.codes_lead)}</p>
            <ul class="recovery-codes" aria-label=t!(locale, totp.codes)>
                {codes.codes.into_iter().map(|code| view! { <li><code>{code}</code></li> }).collect_view()}
            </ul>
            <a class="button wide" href=codes.next>{t!(locale, totp.codes_kept)}</a>
        </section>
    }
    .into_any()
}

#[component]
fn TurnOff(left: u64, required: bool) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="panel takes-away">
            <p class="done">{t!(locale, totp.on)}</p>
            <p>{t!(locale, totp.left, n = left).to_string()}</p>
            {required.then(|| view! { <p class="hint">{t!(locale, totp.required)}</p> })}
            <Form
                action=api::RemoveSecondFactor::url().to_owned()
                failed=failed(api::RemoveSecondFactor::url())
                unauthenticated=None
                submit=t!(locale, totp.turn_off).to_owned()
            >
                <Field label=t!(locale, profile.old_password) name="password" kind="password" autocomplete="current-password" />
                <CodeField label=t!(locale, totp.code_or_recovery) />
            </Form>
        </section>
    }
    .into_any()
}
