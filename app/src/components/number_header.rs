use leptos::prelude::*;
use model::{Connection, ConnectionId, ConnectionState};

use super::badge::Badge;
use super::disconnect::Disconnect;
use super::{Glyph, Icon, bool_signal, erased_view, text_signal};
use crate::api;
use crate::i18n::{t, use_locale};
use crate::inbox::{Place, use_inbox};
use crate::labels;

/// The numbers this viewer works with, and their states. With more than one, the viewer chooses
/// whose chats are listed.
#[component]
pub(crate) fn NumberHeader() -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let title = text_signal(move || {
        let listed = inbox.number.get();
        let shown = inbox.connections.with(|all| match (listed, &all[..]) {
            (Some(listed), _) => all.iter().find(|one| one.id == listed).map(labels::number),
            (None, [only]) => Some(labels::number(only)),
            (None, []) => Some(t!(locale, number.default_label).to_owned()),
            (None, _) => None,
        });
        shown.unwrap_or_else(|| t!(locale, rail.conversations).to_owned())
    });
    let ids = Memo::new(move |_| {
        inbox.connections.with(|all| all.iter().map(|one| one.id).collect::<Vec<_>>())
    });
    // Beside the chats of all numbers, only numbers that do not work have a line.
    let lines = Memo::new(move |_| {
        let listed = inbox.number.get();
        inbox.connections.with(|all| {
            all.iter()
                .filter(|one| match listed {
                    Some(listed) => one.id == listed,
                    None => {
                        let works = one.state == ConnectionState::Connected;
                        all.len() == 1 || !(works || one.replaced_by.is_some())
                    }
                })
                .map(|one| one.id)
                .collect::<Vec<_>>()
        })
    });
    let several = bool_signal(move || inbox.has_several());
    let listed = text_signal(move || {
        inbox.number.get().map(|number| number.to_string()).unwrap_or_default()
    });
    view! {
        <header class="numbers">
            <div class="numbers-head">
                <h1>{title}</h1>
                // `browser/later/new-chat.js` shows the page in a dialog.
                <form class="new-chat" action=api::NEW_CHAT>
                    <input type="hidden" name="numero" value=listed />
                    <button
                        class="round"
                        title=t!(locale, new_chat.title)
                        aria-label=t!(locale, new_chat.title)
                        aria-haspopup="dialog"
                    >
                        <Icon of=Glyph::Compose />
                    </button>
                </form>
                <a
                    class="round"
                    href=api::NEW_NUMBER
                    title=t!(locale, number.add)
                    aria-label=t!(locale, number.add)
                >
                    <Icon of=Glyph::Plus />
                </a>
            </div>
            <nav class="switch" aria-label=t!(locale, number.list) hidden=bool_signal(move || !several.get())>
                <Choice number=None />
                <For each=move || ids.get() key=|id| *id children=move |id| view! { <Choice number=Some(id) /> } />
            </nav>
            <ul class="number-lines" aria-label=t!(locale, number.states)>
                {erased_view(move || {
                    ids.with(Vec::is_empty).then(|| view! { <li><Badge connection=None /></li> }).into_any()
                })}
                <For each=move || lines.get() key=|id| *id children=move |id| view! { <NumberLine id /> } />
            </ul>
        </header>
    }
    .into_any()
}

/// One number to choose, or all of them.
#[component]
fn Choice(number: Option<ConnectionId>) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let to = Place { number, ..Place::default() };
    let connection = Signal::derive(move || inbox.connection(number?));
    let of = move |read: fn(Connection) -> String| {
        text_signal(move || connection.get().map(read).unwrap_or_default())
    };
    let label = text_signal(move || match number {
        None => t!(locale, number.all).to_owned(),
        Some(_) => connection.with(|one| one.as_ref().map(labels::number).unwrap_or_default()),
    });
    let unread = Memo::new(move |_| inbox.unread(number));
    let count = text_signal(move || unread.get().to_string());
    let here =
        text_signal(move || if inbox.number.get() == number { "page" } else { "false" }.to_owned());
    view! {
        <a
            href=to.address()
            aria-current=here
            data-color=of(|one| one.color.as_str().to_owned())
            data-tone=of(|one| labels::tone(&one.state).to_owned())
            on:click=move |event| inbox.follow_link(&event, to)
        >
            {label}
            <span class="count" aria-hidden="true" hidden=bool_signal(move || unread.get() == 0)>{count}</span>
        </a>
    }
    .into_any()
}

#[component]
fn NumberLine(id: ConnectionId) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let connection = Signal::derive(move || inbox.connection(id));
    let label = text_signal(move || {
        connection.with(|one| one.as_ref().map(labels::number).unwrap_or_default())
    });
    let color = text_signal(move || {
        connection.get().map(|one| one.color.as_str().to_owned()).unwrap_or_default()
    });
    let named = bool_signal(move || inbox.number.get().is_none() && inbox.has_several());
    let manages = Memo::new(move |_| connection.get().is_some_and(|one| one.can_manage));
    // The link is shown unless the card that connects the number is visible already.
    let to = Place { number: Some(id), ..Place::default() };
    let can_connect = Memo::new(move |_| {
        let elsewhere = inbox.open.with(|open| open.id().is_some())
            || (inbox.has_several() && inbox.number.get() != Some(id));
        elsewhere && connection.get().is_some_and(|one| one.can_connect())
    });
    // A memo, because the dialog must not be rebuilt, and closed, with every change of the state.
    let can_end = Memo::new(move |_| connection.get().is_some_and(|one| one.can_disconnect()));
    view! {
        <li>
            <span class="tag" data-color=color hidden=bool_signal(move || !named.get())>
                {label}
            </span>
            <Badge connection />
            <a
                class="link"
                href=to.address()
                hidden=bool_signal(move || !can_connect.get())
                on:click=move |event| inbox.follow_link(&event, to)
            >
                {t!(locale, connections.connect)}
            </a>
            {erased_view(move || can_end.get().then(|| view! { <Disconnect id /> }).into_any())}
            <a
                class="round"
                href=api::number_page(id)
                title=t!(locale, number.settings)
                aria-label=t!(locale, number.settings)
                hidden=bool_signal(move || !manages.get())
            >
                <Icon of=Glyph::Settings />
            </a>
        </li>
    }
    .into_any()
}
