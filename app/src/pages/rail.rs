use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_router::hooks::use_location;
use model::{Role, User};

use crate::api;
use crate::components::{Avatar, Glyph, Icon};
use crate::i18n::{Locale, t, use_locale};

/// Links to the main pages, the user, and the logout. On a phone it is the bar at the bottom.
///
/// Logout and the change of language are plain forms: their target page has to load again.
#[component]
pub(super) fn Rail(user: User) -> impl IntoView {
    let locale = use_locale();
    let other = match locale {
        Locale::pt_BR => Locale::en,
        Locale::en => Locale::pt_BR,
    };
    let path = use_location().pathname.get_untracked();
    let here = move |page: &str| path.starts_with(page).then_some("page");
    let whoami = t!(locale, rail.logged_in_as, name = user.name.as_str()).to_string();
    view! {
        <nav class="rail" aria-label=t!(locale, rail.label)>
            <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
            <a href=api::INBOX class="round" aria-current=here(api::INBOX) title=t!(locale, rail.conversations) aria-label=t!(locale, rail.conversations)>
                <Icon of=Glyph::Chats />
            </a>
            {(user.role == Role::Admin).then(|| view! {
                <a href=api::CONNECTIONS class="round" aria-current=here(api::CONNECTIONS) title=t!(locale, rail.connections) aria-label=t!(locale, rail.connections)>
                    <Icon of=Glyph::Phone />
                </a>
                <a href=api::USERS class="round" aria-current=here(api::USERS) title=t!(locale, rail.users) aria-label=t!(locale, rail.users)>
                    <Icon of=Glyph::People />
                </a>
                <a href=api::AUDIT class="round" aria-current=here(api::AUDIT) title=t!(locale, rail.audit) aria-label=t!(locale, rail.audit)>
                    <Icon of=Glyph::List />
                </a>
            })}
            <span class="rail-gap"></span>
            <form method="post" action=api::SetLanguage::url()>
                <input type="hidden" name="language" value=other.to_string() />
                <button class="round" title=t!(locale, rail.other_language) aria-label=t!(locale, rail.other_language)>
                    <Icon of=Glyph::Globe />
                </button>
            </form>
            <form method="post" action=api::Logout::url()>
                <button class="round" title=t!(locale, rail.logout) aria-label=t!(locale, rail.logout)>
                    <Icon of=Glyph::Exit />
                </button>
            </form>
            <a href=api::PROFILE class="round whoami" aria-current=here(api::PROFILE) title=whoami.clone()>
                <Avatar name=user.name.clone() seed=user.id.0 small=true />
                <span class="sr">{whoami.clone()}</span>
            </a>
        </nav>
    }
    .into_any()
}
