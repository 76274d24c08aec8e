use leptos::prelude::*;
use leptos_router::components::A;
use model::{Role, User};

use super::{Avatar, Glyph, Icon};
use crate::api;
use crate::i18n::{Locale, t, use_locale};

/// Where one can go, who one is, and out. On a phone it is the bar at the bottom.
///
/// Leaving and changing the language are plain forms: the page they lead to has to load anew.
#[component]
pub(crate) fn Rail(user: User) -> impl IntoView {
    let locale = use_locale();
    let other = match locale {
        Locale::pt_BR => Locale::en,
        Locale::en => Locale::pt_BR,
    };
    let whoami = t!(locale, rail.logged_in_as, name = user.name.as_str()).to_string();
    view! {
        <nav class="rail" aria-label=t!(locale, rail.label)>
            <span class="logo" aria-hidden="true"><Icon of=Glyph::Skull /></span>
            <A href=api::INBOX attr:class="round" attr:title=t!(locale, rail.conversations) attr:aria-label=t!(locale, rail.conversations)>
                <Icon of=Glyph::Chats />
            </A>
            {(user.role == Role::Admin).then(|| view! {
                <A href=api::USERS attr:class="round" attr:title=t!(locale, rail.users) attr:aria-label=t!(locale, rail.users)>
                    <Icon of=Glyph::People />
                </A>
            })}
            <span class="rail-gap"></span>
            <form method="post" action="/api/set_language">
                <input type="hidden" name="language" value=other.to_string() />
                <button class="round" title=t!(locale, rail.other_language) aria-label=t!(locale, rail.other_language)>
                    <Icon of=Glyph::Globe />
                </button>
            </form>
            <form method="post" action="/api/logout">
                <button class="round" title=t!(locale, rail.logout) aria-label=t!(locale, rail.logout)>
                    <Icon of=Glyph::Exit />
                </button>
            </form>
            <span class="whoami" title=whoami.clone()>
                <Avatar name=user.name.clone() seed=user.id.0 small=true />
                <span class="sr">{whoami.clone()}</span>
            </span>
        </nav>
    }
    .into_any()
}
