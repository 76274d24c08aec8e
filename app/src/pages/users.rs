use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use model::{Account, LinkKind, Role, User, UserId, UserStatus};

use super::{
    Exact, Field, HERE, Refused, WHO, failed, framed, title, with_name_and_time, with_time,
};
use crate::api::{self, FreshLink, UsersPage};
use crate::components::Avatar;
use crate::i18n::{Locale, t, use_locale};
use crate::islands::{Copy, Form};

/// The actions on a user, as the forms of this page send them.
const ACTIONS: [&str; 6] = [
    api::SetRole::PATH,
    api::SetActive::PATH,
    api::MakeLink::PATH,
    api::EndSessions::PATH,
    api::ResetSecondFactor::PATH,
    api::RequireSecondFactor::PATH,
];

/// `/admin/atendentes`: the users with their roles, and the form that invites one.
#[component]
pub(crate) fn Users() -> impl IntoView {
    let locale = use_locale();
    view! {
        <Title text=title(locale, t!(locale, users.title)) />
        {framed(api::users(), move |page: UsersPage| {
            let UsersPage { accounts, me, required, link } = page;
            view! {
                <main class="page users">
                    <header>
                        <h1>{t!(locale, users.title)}</h1>
                        <p class="lead">{t!(locale, users.lead)}</p>
                    </header>
                    {link.map(|link| view! { <Fresh link /> })}
                    {ACTIONS.map(|action| view! { <Refused action /> })}
                    <ul class="people" aria-label=t!(locale, users.list)>
                        {accounts.into_iter().map(|account| view! { <Person account me /> }).collect_view()}
                    </ul>
                    <div class="side">
                    <section class="panel" aria-labelledby="new-user">
                        <h2 id="new-user">{t!(locale, users.invite)}</h2>
                        <Form
                            action=api::Invite::url().to_owned()
                            failed=failed(api::Invite::url())
                            unauthenticated=None
                            submit=t!(locale, users.invite_submit).to_owned()
                        >
                            <Field label=t!(locale, field.name) name="name" autocomplete="off" maxlength="80" />
                            <Field label=t!(locale, field.email) name="email" kind="email" autocomplete="off" />
                            <label class="field">
                                <span>{t!(locale, field.role)}</span>
                                <Roles chosen=Role::Atendente />
                            </label>
                            <dl class="hint roles">
                                <dt>{t!(locale, users.role_atendente)}</dt>
                                <dd>{t!(locale, users.role_atendente_hint)}</dd>
                                <dt>{t!(locale, users.role_admin)}</dt>
                                <dd>{t!(locale, users.role_admin_hint)}</dd>
                            </dl>
                        </Form>
                    </section>
                    <Requirement required />
                    </div>
                </main>
            }
            .into_any()
        })}
    }
}

/// The link that was just created: this page shows it once.
#[component]
fn Fresh(link: FreshLink) -> impl IntoView {
    let locale = use_locale();
    let lead = match link.kind {
        LinkKind::Invitation => t!(locale, users.invited, name = WHO, until = HERE).to_string(),
        LinkKind::Reset => t!(locale, users.reset, name = WHO, until = HERE).to_string(),
    };
    let lead = with_name_and_time(&lead, link.name, link.expires_at, Exact::Minute);
    view! {
        <section class="panel fresh" role="status">
            <p>{lead}</p>
            <Copy label=t!(locale, users.link).to_owned() value=link.address />
            <p class="hint">{t!(locale, users.link_hint)}</p>
        </section>
    }
    .into_any()
}

/// One user; the actions are inside their row. The forms are plain: the page loads again.
#[component]
fn Person(account: Account, me: UserId) -> impl IntoView {
    let locale = use_locale();
    let Account { user, status, last_seen_at, totp, .. } = account;
    let seen = last_seen_at.map(|at| {
        with_time(&format!(" · {}", t!(locale, users.seen, at = HERE)), at, Exact::Minute)
    });
    let state = match status {
        UserStatus::Invited => Some(t!(locale, users.status_invited)),
        UserStatus::Deactivated => Some(t!(locale, users.status_deactivated)),
        UserStatus::Active => None,
    };
    let has_totp = totp.then(|| format!(" · {}", t!(locale, users.totp)));
    view! {
        <li>
            <details>
                <summary>
                    <Avatar name=user.name.clone() seed=user.id.0 />
                    <div class="who">
                        <strong>{user.name.clone()}</strong>
                        <span class="muted">{user.email.clone()}{seen}{has_totp}</span>
                    </div>
                    {state.map(|state| view! { <span class="role" data-status=true>{state}</span> })}
                    <span class="role" data-role=user.role.as_str()>{role_name(locale, user.role)}</span>
                </summary>
                // Users reset their own factor in the profile, with password and code.
                <Actions status can_reset=totp && user.id != me user />
            </details>
        </li>
    }
    .into_any()
}

#[component]
fn Actions(user: User, status: UserStatus, can_reset: bool) -> impl IntoView {
    let locale = use_locale();
    let id = user.id.to_string();
    let about = {
        let id = id.clone();
        move || view! { <input type="hidden" name="user" value=id.clone() /> }
    };
    let let_in = status != UserStatus::Deactivated;
    let (active, label, hint) = match let_in {
        true => ("false", t!(locale, users.deactivate), t!(locale, users.deactivate_hint)),
        false => ("true", t!(locale, users.reactivate), t!(locale, users.reactivate_hint)),
    };
    let link = match status {
        UserStatus::Invited => t!(locale, users.invite_again),
        _ => t!(locale, users.reset_link),
    };
    view! {
        <div class="actions">
            <p class="inline">
                <span class="hint">{t!(locale, users.access_hint)}</span>
                <a class="link" href=api::person_page(user.id)>{t!(locale, access.title)}</a>
            </p>
            <form method="post" action=api::SetRole::url() class="inline">
                {about()}
                <label>
                    <span class="sr">{t!(locale, users.role_of, name = user.name).to_string()}</span>
                    <Roles chosen=user.role />
                </label>
                <button class="link">{t!(locale, users.change_role)}</button>
            </form>
            {let_in.then(|| view! {
                <form method="post" action=api::MakeLink::url() class="inline">
                    {about()}
                    <span class="hint">{t!(locale, users.link_what)}</span>
                    <button class="link">{link}</button>
                </form>
                <form method="post" action=api::EndSessions::url() class="inline">
                    {about()}
                    <span class="hint">{t!(locale, users.end_sessions_hint)}</span>
                    <button class="link">{t!(locale, users.end_sessions)}</button>
                </form>
            })}
            {can_reset.then(|| view! {
                <form method="post" action=api::ResetSecondFactor::url() class="inline">
                    {about()}
                    <span class="hint">{t!(locale, users.totp_reset_hint)}</span>
                    <button class="link">{t!(locale, users.totp_reset)}</button>
                </form>
            })}
            <form method="post" action=api::SetActive::url() class="inline">
                {about()}
                <input type="hidden" name="active" value=active />
                <span class="hint">{hint}</span>
                <button class="link" class:danger=let_in>{label}</button>
            </form>
        </div>
    }
    .into_any()
}

/// The roles that must have a second factor.
#[component]
fn Requirement(required: Vec<Role>) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="panel" aria-labelledby="requirement">
            <h2 id="requirement">{t!(locale, users.totp_title)}</h2>
            <p class="hint">{t!(locale, users.totp_lead)}</p>
            {[Role::Admin, Role::Atendente].map(|role| {
                let on = required.contains(&role);
                let (state, change) = match on {
                    true => (t!(locale, users.totp_required), t!(locale, users.totp_release)),
                    false => (t!(locale, users.totp_optional), t!(locale, users.totp_require)),
                };
                let name = role_name(locale, role);
                view! {
                    <form method="post" action=api::RequireSecondFactor::url() class="inline requirement">
                        <input type="hidden" name="role" value=role.as_str() />
                        <input type="hidden" name="required" value=(!on).to_string() />
                        <span><strong>{name}</strong>" "<span class="muted">{state}</span></span>
                        <button class="link" aria-label=format!("{change}: {name}")>{change}</button>
                    </form>
                }
            })}
        </section>
    }
    .into_any()
}

#[component]
fn Roles(chosen: Role) -> impl IntoView {
    let locale = use_locale();
    view! {
        <select name="role">
            {[Role::Atendente, Role::Admin].map(|role| view! {
                <option value=role.as_str() selected=role == chosen>{role_name(locale, role)}</option>
            })}
        </select>
    }
}

fn role_name(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Admin => t!(locale, users.role_admin),
        Role::Atendente => t!(locale, users.role_atendente),
    }
}
