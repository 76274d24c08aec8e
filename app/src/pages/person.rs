use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{Access, Role, UserId};

use super::{AccessChoice, Exact, HERE, Refused, WHO, framed, title, with_name_and_time};
use crate::api::{self, PersonNumber, PersonPage};
use crate::i18n::{t, use_locale};
use crate::labels;

/// `/admin/atendentes/{id}`: "Acessos" from one person's side, several numbers at once.
#[component]
pub(crate) fn Person() -> impl IntoView {
    let locale = use_locale();
    let id = use_params_map().with_untracked(|params| params.get("id")?.parse().ok());
    // An id that is no number names nobody; zero is never assigned.
    let id = id.unwrap_or(UserId(0));
    let search = use_query_map().with_untracked(|query| query.get("busca")).unwrap_or_default();
    let searched = search.clone();
    view! {
        <Title text=title(locale, t!(locale, access.title)) />
        {framed(api::person(id, search), move |page: PersonPage| {
            let PersonPage { user, numbers, more } = page;
            view! {
                <main class="page narrow">
                    <header>
                        <h1>{t!(locale, access.of, name = user.name.as_str()).to_string()}</h1>
                        <p class="lead">
                            {match user.role {
                                Role::Admin => t!(locale, access.admin_lead),
                                Role::Atendente => t!(locale, access.person_lead),
                            }}
                            " "
                            <a class="link" href=api::USERS>{t!(locale, access.everyone)}</a>
                        </p>
                    </header>
                    <Refused action=api::SetAccess::url() />
                    <form class="search" role="search" action=api::person_page(id)>
                        <label class="field">
                            <span class="sr">{t!(locale, access.search)}</span>
                            <input type="search" name="busca" value=searched placeholder=t!(locale, access.search) />
                        </label>
                        <button class="button outline">{t!(locale, access.find)}</button>
                    </form>
                    {match numbers.is_empty() {
                        true => view! { <p class="hint">{t!(locale, access.none_found)}</p> }.into_any(),
                        false => view! { <Numbers user=id numbers more /> }.into_any(),
                    }}
                </main>
            }
            .into_any()
        })}
    }
}

/// The numbers to select, and the access to set for them.
#[component]
fn Numbers(user: UserId, numbers: Vec<PersonNumber>, more: bool) -> impl IntoView {
    let locale = use_locale();
    view! {
        <form method="post" action=api::SetAccess::url() class="panel">
            <input type="hidden" name="user" value=user.to_string() />
            <ul class="people" aria-label=t!(locale, number.list)>
                {numbers.into_iter().map(|one| view! { <Line user one /> }).collect_view()}
            </ul>
            {more.then(|| view! { <p class="hint">{t!(locale, access.more)}</p> })}
            <div class="apply">
                <label class="field">
                    <span>{t!(locale, access.marked)}</span>
                    <AccessChoice chosen=Access::Write none=t!(locale, access.none) />
                </label>
                <button class="button">{t!(locale, access.apply)}</button>
            </div>
        </form>
    }
    .into_any()
}

/// One number; the person's own cannot be selected, since its access cannot change.
#[component]
fn Line(user: UserId, one: PersonNumber) -> impl IntoView {
    let locale = use_locale();
    let PersonNumber { number, owner, grant } = one;
    let own = number.owner == user;
    let phone = number.phone.map(|phone| format!("{phone} · "));
    let fact = match &grant {
        _ if own => t!(locale, access.owner).into_any(),
        Some(grant) => {
            let by = t!(locale, access.by, name = WHO, date = HERE).to_string();
            with_name_and_time(&by, grant.granted_by.clone(), grant.granted_at, Exact::Day)
        }
        None => t!(locale, access.belongs, name = owner).to_string().into_any(),
    };
    view! {
        <li>
            <label class="check">
                <input type="checkbox" name="connections[]" value=number.id.to_string() disabled=own />
                <span class="who">
                    <strong class="swatch" data-color=number.color.as_str()>{number.label}</strong>
                    <span class="muted">{phone}{fact}</span>
                </span>
            </label>
            {grant.filter(|_| !own).map(|grant| view! {
                <span class="role">{labels::access(locale, grant.access)}</span>
            })}
        </li>
    }
    .into_any()
}
