use leptos::form::ActionForm;
use leptos::prelude::*;
use leptos_meta::Title;
use model::{Role, User};

use super::{Failed, title};
use crate::ApiError;
use crate::api::{self, CreateUser};
use crate::components::{Avatar, Field, FormError, NewPassword, failure, text};
use crate::i18n::{Locale, t, use_locale};
use crate::loaded::{awaiting, loaded};

/// `/admin/atendentes`: who may log in, and a form for one more.
#[component]
pub(crate) fn Users() -> impl IntoView {
    let locale = use_locale();
    let action = ServerAction::<CreateUser>::new();
    let users = loaded(move || action.version().get(), |_| api::list_users());
    view! {
        <Title text=title(locale, t!(locale, users.title)) />
        {awaiting(move || async move {
            match users.await {
                Ok(users) => view! { <Loaded users action /> }.into_any(),
                // The guard around this page leads to the login.
                Err(ApiError::Unauthenticated) => ().into_any(),
                Err(error) => view! { <Failed error /> }.into_any(),
            }
        })}
    }
}

#[component]
fn Loaded(users: Vec<User>, action: ServerAction<CreateUser>) -> impl IntoView {
    let locale = use_locale();
    let created = text(move || match action.value().get() {
        Some(Ok(user)) => t!(locale, users.created, name = user.name.as_str()).to_string(),
        _ => String::new(),
    });
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
                <ActionForm action>
                    <div class="stack">
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
                        <FormError error=failure(action) />
                        <p class="done" role="status">{created}</p>
                        <button class="button" disabled=action.pending()>{t!(locale, users.submit)}</button>
                    </div>
                </ActionForm>
            </section>
        </main>
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
