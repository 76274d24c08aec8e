//! The page about the person of a conversation. That about a group is [`super::group`], and this one has the files of
//! a group.

mod files;
mod profile;

use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use leptos_meta::Title;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::content::System;
use model::{Chat, ChatId, DetailsPage, DetailsPart, Notice};

use self::files::Files;
use self::profile::Profile;
use super::{Refused, chat_options, framed, title};
use crate::ApiError;
use crate::api;
use crate::components::Avatar;
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::Place;
use crate::labels;

/// `/atendente/inbox-pirata/chat/:id/dados`: who the other side of a conversation is, and what was sent in
/// it. `parte` is the part of the files, and `antes` the position before which they begin.
///
/// The inbox shows the part `#chat-details` in a drawer (`browser/later/details.js`).
#[component]
pub(crate) fn Details() -> impl IntoView {
    let locale = use_locale();
    let chat = use_params_map().with_untracked(|map| map.get("id")?.parse::<ChatId>().ok());
    let (part, before) = use_query_map().with_untracked(|query| {
        let part = query.get("parte").and_then(|part| part.parse().ok());
        (part.unwrap_or_default(), query.get("antes").and_then(|before| before.parse().ok()))
    });
    let data = async move {
        let chat = chat.ok_or(ApiError::NotFound)?;
        api::details(chat, part, before).await
    };
    view! {
        <Title text=title(locale, t!(locale, details.title)) />
        {framed(data, move |page: DetailsPage| {
            let back = Place { chat: Some(page.chat.id), ..Place::default() }.address();
            view! {
                <main class="page narrow">
                    <h1 class="sr">{heading(locale, &page.chat)}</h1>
                    <section class="panel"><Content page /></section>
                    <p><a class="button outline" href=back>{t!(locale, details.back)}</a></p>
                </main>
            }
            .into_any()
        })}
    }
}

fn heading(locale: Locale, chat: &Chat) -> &'static str {
    match chat.group {
        true => t!(locale, details.group_title),
        false => t!(locale, details.title),
    }
}

#[component]
fn Content(page: DetailsPage) -> impl IntoView {
    let locale = use_locale();
    let heading = heading(locale, &page.chat);
    let DetailsPage { chat, chosen_name, profile, groups, part, files, links, older, can_write } =
        page;
    let said = about(&profile);
    let business = profile.and_then(|profile| profile.business);
    let timer = (!chat.group).then(|| view! { <Timer chat=chat.clone() can_write /> });
    let block = (!chat.group && can_write).then(|| view! { <Block chat=chat.clone() /> });
    view! {
        <div
            id="chat-details"
            class="details"
            data-title=heading
            data-close-name=t!(locale, actions.close)
        >
            <Identity chat=chat.clone() chosen_name about=said />
            {business.map(|business| view! { <Profile business /> })}
            {timer}
            <Groups groups />
            <Files chat=chat.id part files links older />
            {block}
        </div>
    }
    .into_any()
}

fn about(profile: &Option<model::PersonProfile>) -> String {
    profile.as_ref().map(|profile| profile.about.clone()).unwrap_or_default()
}

/// The picture, the name, the number and what the person says.
#[component]
fn Identity(chat: Chat, chosen_name: Option<String>, about: String) -> impl IntoView {
    let locale = use_locale();
    let Chat { id, name, phone, picture, .. } = chat;
    // Its version is known once there is one.
    let version = picture.split_once('?').map(|(_, version)| version.to_owned());
    let large = version.map(|version| format!("{}?{version}", Chat::large_picture_address(id)));
    let avatar = view! { <Avatar name=name.clone() seed=id.0 picture=picture /> }.into_any();
    let picture = match large {
        Some(large) => {
            let image = large.clone();
            view! {
                <a
                    class="details-picture"
                    href=large
                    target="_blank"
                    data-picture=""
                >
                    // Read aloud in place of the initials, which are seen while there is no picture.
                    <span class="sr">{t!(locale, details.open_picture)}</span>
                    {avatar}
                    <img src=image alt="" loading="lazy" decoding="async" />
                </a>
            }
            .into_any()
        }
        None => view! { <span class="details-picture">{avatar}</span> }.into_any(),
    };
    let number = phone.map(|phone| phone.to_string());
    let shown_number = number.clone().filter(|number| *number != name);
    let chosen = chosen_name.filter(|chosen| *chosen != name);
    let copy = number.map(|number| {
        view! {
            <button type="button" class="link" data-copy=number data-done=t!(locale, copy.done) hidden>
                {t!(locale, details.copy)}
            </button>
        }
    });
    view! {
        <section class="details-id">
            {picture}
            <h3 dir="auto">{name}</h3>
            {chosen.map(|chosen| view! { <p class="muted">"~ "<bdi>{chosen}</bdi></p> })}
            <p class="muted">{shown_number}" "{copy}</p>
            {(!about.is_empty()).then(|| view! { <p class="details-about" dir="auto">{about}</p> })}
        </section>
    }
    .into_any()
}

/// The timer of the conversation, and for those who may write a link to its form.
#[component]
fn Timer(chat: Chat, can_write: bool) -> impl IntoView {
    let locale = use_locale();
    let seconds = chat.timer;
    let state = labels::notice(locale, Notice::System(System::Timer { seconds }));
    let change = can_write.then(|| {
        view! { <a class="link" href=api::timer_page(chat.id)>{t!(locale, details.change)}</a> }
    });
    view! { <section class="details-line"><p>{state}</p>{change}</section> }.into_any()
}

/// Blocking the person, which is asked about again, or ending that, as in the menu of the conversation.
#[component]
fn Block(chat: Chat) -> impl IntoView {
    let locale = use_locale();
    view! {
        <section class="details-block chat-options">
            <Refused action=api::BlockContact::url() />
            <div class="items">{chat_options::block(locale, &chat)}</div>
        </section>
    }
    .into_any()
}

/// The groups of which the person and the number are members.
#[component]
fn Groups(groups: Vec<Chat>) -> impl IntoView {
    let locale = use_locale();
    if groups.is_empty() {
        return ().into_any();
    }
    let heading = match groups.len() {
        1 => t!(locale, details.groups_one).to_owned(),
        n => t!(locale, details.groups, n = n).to_string(),
    };
    let groups = groups.into_iter().map(|chat| {
        let address = Place { chat: Some(chat.id), ..Place::default() }.address();
        view! {
            <li>
                <a href=address>
                    <Avatar name=chat.name.clone() seed=chat.id.0 small=true picture=chat.picture />
                    <span dir="auto">{chat.name}</span>
                </a>
            </li>
        }
    });
    view! {
        <section>
            <h3>{heading}</h3>
            <ul class="details-groups">{groups.collect_view()}</ul>
        </section>
    }
    .into_any()
}

/// The address of the page of a conversation with a part of its files.
fn address(chat: ChatId, part: DetailsPart, before: Option<i64>) -> String {
    let page = format!("{}?parte={}", api::details_page(chat), part.as_str());
    before.map_or_else(|| page.clone(), |before| format!("{page}&antes={before}"))
}
