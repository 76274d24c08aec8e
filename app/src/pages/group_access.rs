use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::{GroupAccessPage, GroupAccessPerson, GroupsGranted};

use crate::api;
use crate::i18n::{t, use_locale};

/// The people who may see and answer a group, to choose.
#[component]
pub(super) fn Access(access: GroupAccessPage) -> impl IntoView {
    let locale = use_locale();
    let GroupAccessPage { chat, restricted, people } = access;
    let (alone, open) = (people.is_empty(), !restricted);
    view! {
        <section aria-labelledby="group-access">
            <h3 id="group-access">{t!(locale, group.access)}</h3>
            <form method="post" action=api::SetGroupAccess::url() class="stack">
                <input type="hidden" name="chat" value=chat.to_string() />
                <fieldset class="choices">
                    <legend class="sr">{t!(locale, group.access)}</legend>
                    <label class="check">
                        <input type="radio" name="restricted" value="false" checked=open />
                        <span>{t!(locale, group.open)}</span>
                    </label>
                    <label class="check">
                        <input type="radio" name="restricted" value="true" checked=restricted />
                        <span>{t!(locale, group.restricted)}</span>
                    </label>
                </fieldset>
                <ul class="people" aria-label=t!(locale, group.people)>
                    {people.into_iter().map(|person| view! { <Given person /> }).collect_view()}
                </ul>
                {alone.then(|| view! { <p class="hint">{t!(locale, group.nobody_granted)}</p> })}
                <p class="hint">{t!(locale, group.access_hint)}</p>
                <p class="muted" role="status" data-saved=t!(locale, group.access_saved)></p>
                <button class="button quiet wide">{t!(locale, access.apply)}</button>
            </form>
        </section>
    }
    .into_any()
}

/// One person with a grant on the number.
#[component]
fn Given(person: GroupAccessPerson) -> impl IntoView {
    let locale = use_locale();
    let about = match person.groups {
        GroupsGranted::All => t!(locale, group.sees_all),
        GroupsGranted::Chosen => t!(locale, group.sees_chosen),
    };
    view! {
        <li>
            <label class="check">
                <input
                    type="checkbox"
                    name="people[]"
                    value=person.user.to_string()
                    checked=person.given
                />
                <span class="who">
                    <strong>{person.name}</strong>
                    <span class="muted">{about}</span>
                </span>
            </label>
        </li>
    }
    .into_any()
}
