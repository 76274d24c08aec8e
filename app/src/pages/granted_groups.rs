use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::{GroupsGranted, NumberGrant};

use crate::api;
use crate::components::NumberField;
use crate::i18n::{Locale, t, use_locale};

/// The groups that a grant on a number includes, to change. Single groups are given in their own data
/// (`pages::group_access`).
#[component]
pub(super) fn GrantedGroups(grant: NumberGrant) -> impl IntoView {
    let locale = use_locale();
    let name = t!(locale, access.groups_of, name = grant.user_name.as_str()).to_string();
    let chosen = grant.groups;
    let option = move |groups: GroupsGranted| {
        view! {
            <option value=groups.as_str() selected=groups == chosen>{label(locale, groups)}</option>
        }
    };
    view! {
        <form method="post" action=api::SetGrantedGroups::url() class="inline">
            <NumberField connection=Some(grant.connection) />
            <input type="hidden" name="user" value=grant.user.to_string() />
            <label>
                <span class="sr">{name}</span>
                <select name="groups">
                    {option(GroupsGranted::All)}
                    {option(GroupsGranted::Chosen)}
                </select>
            </label>
            <button class="link">{t!(locale, access.set_groups)}</button>
        </form>
    }
    .into_any()
}

fn label(locale: Locale, groups: GroupsGranted) -> &'static str {
    match groups {
        GroupsGranted::All => t!(locale, access.all_groups),
        GroupsGranted::Chosen => t!(locale, access.chosen_groups),
    }
}
