use leptos::html;
use leptos::prelude::*;

use super::chat_row::ChatRow;
use super::{bool_signal, text_signal};
use crate::i18n::{t, use_locale};
use crate::inbox::{Place, Tail, use_inbox};

/// More chats are loaded at this distance from the end of the list, in pixels.
const NEAR: i32 = 600;

/// The conversations: first those that are pinned, then the newest. More are loaded towards its end. Those that
/// are archived are another list, to which a link leads.
#[component]
pub(crate) fn ChatList() -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let list = NodeRef::<html::Ul>::new();
    let on_scroll = move |_| {
        let Some(list) = list.get_untracked() else { return };
        if list.scroll_top() + list.client_height() + NEAR > list.scroll_height() {
            inbox.more_chats();
        }
    };
    let note = text_signal(move || {
        match (inbox.chats.order.with(Vec::is_empty), inbox.chats_tail.get()) {
            (true, _) if inbox.to_pair().is_some() => t!(locale, chats.empty_waiting),
            (true, Tail::Loading) => t!(locale, chats.loading_more),
            (true, _) if inbox.lists_archived.get() => t!(locale, chats.none_archived),
            (true, _) => t!(locale, chats.empty),
            (false, Tail::Loading) => t!(locale, chats.loading_more),
            (false, _) => "",
        }
        .to_owned()
    });
    let count = text_signal(move || match inbox.archived() {
        0 => String::new(),
        n => n.to_string(),
    });
    let filters = [false, true].map(|archived| {
        let name = if archived { t!(locale, chats.archived) } else { t!(locale, chats.listed) };
        let to = move || Place { archived, ..inbox.place() };
        let is_here = text_signal(move || (inbox.lists_archived.get() == archived).to_string());
        view! {
            <a
                class="chip"
                href=text_signal(move || to().address())
                aria-current=is_here
                on:click=move |event| inbox.follow_link(&event, untrack(to))
            >
                {name}
                <b>{archived.then_some(count)}</b>
            </a>
        }
        .into_any()
    });
    let nothing_archived =
        bool_signal(move || inbox.archived() == 0 && !inbox.lists_archived.get());
    view! {
        <nav class="filters" aria-label=t!(locale, chats.filters) hidden=nothing_archived>
            {filters.into_iter().collect_view()}
        </nav>
        <ul class="rows" aria-label=t!(locale, chats.list) node_ref=list on:scroll=on_scroll>
            <For
                each=move || inbox.chats.order.get()
                key=|id| *id
                children=move |id| view! { <ChatRow id /> }
            />
        </ul>
        <p class="rows-note muted" hidden=bool_signal(move || note.with(String::is_empty))>{note}</p>
    }
    .into_any()
}
