use leptos::html;
use leptos::prelude::*;
use model::ChatFilter;

use super::chat_row::ChatRow;
use super::{bool_signal, text_signal};
use crate::i18n::{Locale, t, use_locale};
use crate::inbox::{FILTERS, Inbox, Place, Tail, use_inbox};

/// More chats are loaded at this distance from the end of the list, in pixels.
const NEAR: i32 = 600;

/// The conversations: first those that are pinned, then the newest. More are loaded towards its end. Those that
/// are archived are another list, to which a filter leads.
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
            (true, _) => match inbox.filter.get() {
                ChatFilter::All => t!(locale, chats.empty),
                ChatFilter::Groups => t!(locale, chats.no_groups),
                ChatFilter::Archived => t!(locale, chats.none_archived),
            },
            (false, Tail::Loading) => t!(locale, chats.loading_more),
            (false, _) => "",
        }
        .to_owned()
    });
    view! {
        <nav class="filters" aria-label=t!(locale, chats.filters)>
            {FILTERS.map(|one| filter(locale, inbox, one)).into_iter().collect_view()}
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

/// A link to the chats that a filter shows, beside the same conversation. The one to the archived chats has their
/// number, and is there once there are some.
fn filter(locale: Locale, inbox: Inbox, filter: ChatFilter) -> AnyView {
    let is_archived = filter == ChatFilter::Archived;
    let name = match filter {
        ChatFilter::All => t!(locale, chats.all),
        ChatFilter::Groups => t!(locale, chats.groups),
        ChatFilter::Archived => t!(locale, chats.archived),
    };
    let to = move || Place { filter, ..inbox.place() };
    let here =
        text_signal(move || if inbox.filter.get() == filter { "page" } else { "false" }.to_owned());
    let count = text_signal(move || match inbox.archived() {
        n if is_archived && n > 0 => n.to_string(),
        _ => String::new(),
    });
    let hidden = bool_signal(move || {
        is_archived && inbox.archived() == 0 && inbox.filter.get() != ChatFilter::Archived
    });
    view! {
        <a
            href=text_signal(move || to().address())
            aria-current=here
            hidden=hidden
            on:click=move |event| inbox.follow_link(&event, untrack(to))
        >
            {name}
            <b>{count}</b>
        </a>
    }
    .into_any()
}
