use leptos::html;
use leptos::prelude::*;

use super::chat_row::ChatRow;
use crate::i18n::{t, use_locale};
use crate::inbox::{Tail, use_inbox};

/// How near to the end of what is loaded more is fetched, in pixels.
const NEAR: i32 = 600;

/// The conversations, newest first; loads more towards its end.
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
    let empty = Memo::new(move |_| inbox.chats.order.with(Vec::is_empty));
    let why_empty = move || match inbox.needs_pairing() {
        true => t!(locale, chats.empty_waiting),
        false => t!(locale, chats.empty),
    };
    view! {
        <ul class="rows" aria-label=t!(locale, chats.list) node_ref=list on:scroll=on_scroll>
            <For
                each=move || inbox.chats.order.get()
                key=|id| *id
                children=move |id| view! { <ChatRow id /> }
            />
        </ul>
        {move || empty.get().then(|| view! { <p class="rows-note muted">{why_empty}</p> })}
        {move || {
            (inbox.chats_tail.get() == Tail::Loading)
                .then(|| view! { <p class="rows-note muted" role="status">{t!(locale, chats.loading_more)}</p> })
        }}
    }
    .into_any()
}
