use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use model::{Role, User};

use super::{Field, failed, framed, title};
use crate::api;
use crate::components::Avatar;
use crate::i18n::{Locale, t, use_locale};
use crate::islands::{Form, NewPassword};

/// `/admin/atendentes`: who may log in, and a form for one more.
#[component]
pub(crate) fn Users() -> impl IntoView {
    let locale = use_locale();
    let new = use_query_map().with_untracked(|query| query.get("novo")?.parse().ok());
    let failed = failed("/api/create_user");
    view! {
        <Title text=title(locale, t!(locale, users.title)) />
        {framed(api::list_users(), move |users| {
            let created = users.iter().find(|user| Some(user.id) == new).cloned();
            view! {
                <main class="page users">
                    <header>
                        <h1>{t!(locale, users.title)}</h1>
                        <p class="lead">{t!(locale, users.lead)}</p>
                    </header>
                    <ul class="people" aria-label=t!(locale, users.list)>
                        {users.into_iter().map(|user| view! { <Person user /> }).collect_view()}
                    </ul>
                    <section class="panel" aria-labelledby="new-user">
                        <h2 id="new-user">{t!(locale, users.new)}</h2>
                        {created.map(|user| view! {
                            <p class="done" role="status">
                                {t!(locale, users.created, name = user.name).to_string()}
                            </p>
                        })}
                        <Form
                            action="/api/create_user".to_owned()
                            failed
                            unauthenticated=None
                            submit=t!(locale, users.submit).to_owned()
                        >
                            <Field label=t!(locale, field.name) name="name" autocomplete="off" maxlength="80" />
                            <Field label=t!(locale, field.email) name="email" kind="email" autocomplete="off" />
                            <NewPassword />
                            <label class="field">
                                <span>{t!(locale, field.role)}</span>
                                <select name="role">
                                    {[Role::Atendente, Role::Admin].map(|role| view! {
                                        <option value=role.as_str()>{role_name(locale, role)}</option>
                                    })}
                                </select>
                            </label>
                            <dl class="hint roles">
                                <dt>{t!(locale, users.role_atendente)}</dt>
                                <dd>{t!(locale, users.role_atendente_hint)}</dd>
                                <dt>{t!(locale, users.role_admin)}</dt>
                                <dd>{t!(locale, users.role_admin_hint)}</dd>
                            </dl>
                        </Form>
                    </section>
                </main>
            }
            .into_any()
        })}
    }
}

#[component]
fn Person(user: User) -> impl IntoView {
    let locale = use_locale();
    view! {
        <li>
            <Avatar name=user.name.clone() seed=user.id.0 />
            <div class="who">
                <strong>{user.name}</strong>
                <span class="muted">{user.email}</span>
            </div>
            <span class="role" data-role=user.role.as_str()>{role_name(locale, user.role)}</span>
        </li>
    }
}

fn role_name(locale: Locale, role: Role) -> &'static str {
    match role {
        Role::Admin => t!(locale, users.role_admin),
        Role::Atendente => t!(locale, users.role_atendente),
    }
}
