use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{EnterKey, Theme, TwoFactor, WebSession};

use super::account_notice::AccountResets;
use super::{Exact, Field, HERE, failed, framed, title, with_time};
use crate::api::{self, ProfilePage};
use crate::i18n::{Locale, t, use_locale};
use crate::islands::{Form, NewPassword};
use crate::labels;

/// `/perfil`: the user's own name, password and sessions.
#[component]
pub(crate) fn Profile() -> impl IntoView {
    let locale = use_locale();
    let done = use_query_map().with_untracked(|query| query.get("feito")).unwrap_or_default();
    let [rename, password] = [api::Rename::url(), api::ChangePassword::url()].map(failed);
    let not_ended = failed(api::EndSession::url()).or_else(|| failed(api::EndOtherSessions::url()));
    let said = move |what: &str, words: &'static str| {
        (done == what).then(|| view! { <p class="done" role="status">{words}</p> })
    };
    view! {
        <Title text=title(locale, t!(locale, profile.title)) />
        {framed(api::profile(), move |page: ProfilePage| {
            let ProfilePage { user, theme, enter_key, second_factor, sessions, resets } = page;
            let several = sessions.len() > 1;
            view! {
                <main class="page profile">
                    <header>
                        <h1>{t!(locale, profile.title)}</h1>
                        <p class="lead">{user.email}</p>
                    </header>
                    <section class="panel" aria-labelledby="profile-name">
                        <h2 id="profile-name">{t!(locale, profile.name)}</h2>
                        {said("nome", t!(locale, profile.renamed))}
                        <Form
                            action=api::Rename::url().to_owned()
                            failed=rename
                            unauthenticated=None
                            submit=t!(locale, profile.rename).to_owned()
                        >
                            <label class="field">
                                <span>{t!(locale, field.name)}</span>
                                <input name="name" value=user.name autocomplete="name" maxlength="80" required />
                            </label>
                        </Form>
                    </section>
                    <section class="panel" aria-labelledby="profile-password">
                        <h2 id="profile-password">{t!(locale, profile.password)}</h2>
                        {said("senha", t!(locale, profile.password_changed))}
                        <Form
                            action=api::ChangePassword::url().to_owned()
                            failed=password
                            unauthenticated=None
                            submit=t!(locale, profile.change_password).to_owned()
                        >
                            <Field label=t!(locale, profile.old_password) name="old" kind="password" autocomplete="current-password" />
                            <NewPassword label=t!(locale, profile.new_password).to_owned() />
                            <p class="hint">{t!(locale, profile.password_hint)}</p>
                        </Form>
                    </section>
                    <Second second_factor />
                    <AccountResets resets />
                    <Look theme enter_key />
                    <section class="panel" aria-labelledby="profile-sessions">
                        <h2 id="profile-sessions">{t!(locale, profile.sessions)}</h2>
                        {said("sessao", t!(locale, profile.session_ended))}
                        {not_ended.map(|error| view! {
                            <div class="form-error" role="alert"><p>{labels::error(locale, &error)}</p></div>
                        })}
                        <ul class="logins" aria-labelledby="profile-sessions">
                            {sessions.into_iter().map(|session| view! { <Login session /> }).collect_view()}
                        </ul>
                        {several.then(|| view! {
                            <form method="post" action=api::EndOtherSessions::url()>
                                <button class="button quiet wide">{t!(locale, profile.end_others)}</button>
                            </form>
                        })}
                    </section>
                </main>
            }
            .into_any()
        })}
    }
}

/// The state of the second factor, and a link to change it.
#[component]
fn Second(second_factor: TwoFactor) -> impl IntoView {
    let locale = use_locale();
    let (state, change) = match second_factor.enabled {
        true => (
            t!(locale, totp.left, n = second_factor.recovery_codes).to_string(),
            t!(locale, totp.change),
        ),
        false => (t!(locale, totp.off).to_owned(), t!(locale, totp.begin)),
    };
    view! {
        <section class="panel" aria-labelledby="profile-second">
            <h2 id="profile-second">{t!(locale, totp.title)}</h2>
            {second_factor.enabled.then(|| view! { <p class="done">{t!(locale, totp.on)}</p> })}
            <p class="hint">{state}</p>
            <a class="button quiet wide" href=api::SECOND_FACTOR>{change}</a>
        </section>
    }
    .into_any()
}

/// Language, theme, and the Enter key.
#[component]
fn Look(theme: Option<Theme>, enter_key: Option<EnterKey>) -> impl IntoView {
    let locale = use_locale();
    let themes = [
        ("", t!(locale, profile.theme_system), None),
        ("light", t!(locale, profile.theme_light), Some(Theme::Light)),
        ("dark", t!(locale, profile.theme_dark), Some(Theme::Dark)),
    ];
    let keys = [
        ("", t!(locale, profile.enter_device), None),
        ("sends", t!(locale, profile.enter_sends), Some(EnterKey::Sends)),
        ("breaks", t!(locale, profile.enter_breaks), Some(EnterKey::Breaks)),
    ];
    let languages = [("pt-BR", "Português (Brasil)", Locale::pt_BR), ("en", "English", Locale::en)];
    view! {
        <section class="panel" aria-labelledby="profile-look">
            <h2 id="profile-look">{t!(locale, profile.look)}</h2>
            <form method="post" action=api::SetTheme::url() class="choice">
                <label class="field">
                    <span>{t!(locale, profile.theme)}</span>
                    <select name="theme">
                        {themes.map(|(value, name, which)| view! {
                            <option value=value selected=which == theme>{name}</option>
                        })}
                    </select>
                </label>
                <button class="button quiet">{t!(locale, profile.apply_theme)}</button>
            </form>
            <form method="post" action=api::SetLanguage::url() class="choice">
                <label class="field">
                    <span>{t!(locale, profile.language)}</span>
                    <select name="language">
                        {languages.map(|(value, name, which)| view! {
                            <option value=value selected=which == locale>{name}</option>
                        })}
                    </select>
                </label>
                <button class="button quiet">{t!(locale, profile.apply_language)}</button>
            </form>
            <form method="post" action=api::SetEnterKey::url() class="choice">
                <label class="field">
                    <span>{t!(locale, profile.enter)}</span>
                    <select name="enter_key">
                        {keys.map(|(value, name, which)| view! {
                            <option value=value selected=which == enter_key>{name}</option>
                        })}
                    </select>
                </label>
                <button class="button quiet">{t!(locale, profile.apply_enter)}</button>
            </form>
        </section>
    }
    .into_any()
}

/// A session of the user, and a button that ends it.
#[component]
fn Login(session: WebSession) -> impl IntoView {
    let locale = use_locale();
    let browser = session.user_agent.as_deref().and_then(browser);
    let browser = browser.unwrap_or_else(|| t!(locale, profile.unknown_browser).to_owned());
    let since = t!(locale, profile.since, when = HERE).to_string();
    let since = with_time(&since, session.created_at, Exact::Minute);
    let seen = t!(locale, profile.seen, when = HERE).to_string();
    let seen = with_time(&seen, session.last_seen_at, Exact::Minute);
    let end = t!(locale, profile.end_named, browser = browser.as_str()).to_string();
    view! {
        <li>
            <div>
                <strong>{browser}</strong>
                {session.ip.map(|ip| view! { <span class="muted">{ip.to_string()}</span> })}
                <span class="muted">{since}</span>
                <span class="muted">{seen}</span>
            </div>
            {if session.current {
                view! { <span class="role" data-role="admin">{t!(locale, profile.this_one)}</span> }.into_any()
            } else {
                view! {
                    <form method="post" action=api::EndSession::url()>
                        <input type="hidden" name="session" value=session.id.0 />
                        <button class="button quiet" aria-label=end>{t!(locale, profile.end)}</button>
                    </form>
                }
                .into_any()
            }}
        </li>
    }
}

/// The program and system, from a `User-Agent` header. The order matters: most browsers also claim
/// to be others.
fn browser(user_agent: &str) -> Option<String> {
    let first = |names: &[(&str, &'static str)]| {
        names.iter().find(|(mark, _)| user_agent.contains(mark)).map(|(_, name)| *name)
    };
    let program = first(&[
        ("Edg", "Edge"),
        ("OPR/", "Opera"),
        ("SamsungBrowser", "Samsung Internet"),
        ("Firefox", "Firefox"),
        ("FxiOS", "Firefox"),
        ("Chrome", "Chrome"),
        ("CriOS", "Chrome"),
        ("Safari", "Safari"),
    ])?;
    let system = first(&[
        ("Android", "Android"),
        ("iPhone", "iPhone"),
        ("iPad", "iPad"),
        ("Windows", "Windows"),
        ("Mac OS X", "macOS"),
        ("CrOS", "ChromeOS"),
        ("Linux", "Linux"),
    ]);
    Some(system.map_or_else(|| program.to_owned(), |system| format!("{program} · {system}")))
}

#[cfg(test)]
mod tests {
    use super::browser;

    #[test]
    fn browsers_are_told_apart_though_they_claim_to_be_each_other() {
        let chrome = "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36";
        assert_eq!(browser(chrome).as_deref(), Some("Chrome · Linux"));
        assert_eq!(browser(&format!("{chrome} Edg/140.0")).as_deref(), Some("Edge · Linux"));
        assert_eq!(
            browser("Mozilla/5.0 (Windows NT 10.0) Firefox/140.0").as_deref(),
            Some("Firefox · Windows")
        );
        assert_eq!(browser("curl/8"), None);
    }
}
