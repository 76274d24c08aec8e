use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Outlet;
use leptos_router::hooks::use_location;
use model::ChatId;

use super::{Failed, set_status, title};
use crate::api::{self, InboxPage};
use crate::clock::use_clock;
use crate::components::{
    ChatList, ConnectCard, Conversation, Empty, Glyph, Notice, NumberHeader, flag, part, text,
};
use crate::i18n::{t, use_locale};
use crate::inbox::{self, Open, use_inbox};
use crate::live::{self, Link};
use crate::loaded::{awaiting, loaded};
use crate::{ApiError, words};

/// The list of conversations, and the one that the address names.
///
/// One component for both addresses: the list stays while conversations change beside it.
#[component]
pub(crate) fn Inbox() -> impl IntoView {
    let path = use_location().pathname;
    let asked = Memo::new(move |_| path.with(|path| chat_of(path)));
    // Asked once. Afterwards the page is kept by events, and conversations are fetched by themselves.
    let page = loaded(|| (), move |()| api::inbox(asked.get_untracked()));
    view! {
        {awaiting(move || async move {
            match page.await {
                Ok(page) => view! { <Loaded page asked /> }.into_any(),
                // The guard around this page leads to the login.
                Err(ApiError::Unauthenticated) => ().into_any(),
                Err(error) => view! { <Failed error /> }.into_any(),
            }
        })}
        // Renders nothing; the router takes a navigation for done when the child has been shown.
        <Outlet />
    }
}

/// The conversation in `…/chat/{id}`.
fn chat_of(path: &str) -> Option<ChatId> {
    let (_, id) = path.strip_prefix(api::INBOX)?.split_once("/chat/")?;
    // An id that is no number names no conversation; zero is never given out.
    Some(id.trim_end_matches('/').parse().unwrap_or(ChatId(0)))
}

#[component]
fn Loaded(page: InboxPage, asked: Memo<Option<ChatId>>) -> impl IntoView {
    let locale = use_locale();
    let seq = page.seq;
    let inbox = inbox::Inbox::provide(page, asked.get_untracked(), use_clock());
    let link = RwSignal::new(Link::Up);

    Effect::new(move || inbox.open(asked.get()));
    Effect::new(move || {
        inbox.recall_unsent();
        live::follow(inbox, seq, link);
    });
    inbox.mark_read_when_attended();

    let unread = Memo::new(move |_| inbox.unread());
    let page = title(locale, t!(locale, rail.conversations));
    // The server writes the title last, when the page's signals may be gone already.
    let unread_at_first = unread.get_untracked();
    let tab = move || match unread.try_get().unwrap_or(unread_at_first) {
        0 => page.clone(),
        n => format!("({n}) {page}"),
    };
    // On a phone there is room for one of them.
    let shown = text(move || {
        match inbox.open.with(Open::id) {
            Some(_) => "chat",
            None if inbox.needs_pairing() => "pair",
            None => "list",
        }
        .to_owned()
    });
    view! {
        <Title text=tab />
        <div class="inbox" data-shows=shown>
            <aside class="list">
                <NumberHeader />
                <p class="offline" role="alert" hidden=flag(move || link.get() == Link::Up)>
                    {t!(locale, live.reconnecting)}
                </p>
                <ChatList />
            </aside>
            <main class="pane"><Pane /></main>
            <Notice error=inbox.notice />
        </div>
    }
}

/// What stands beside the list, without what changes inside it.
#[derive(Debug, Clone, PartialEq)]
enum Shows {
    Chat(ChatId),
    Missing,
    Failed(ApiError),
    Pairing,
    Choose,
}

#[component]
fn Pane() -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let shows = Memo::new(move |_| match inbox.open.get() {
        Open::Loading(id) => Shows::Chat(id),
        Open::Ready(chat) => Shows::Chat(chat.id),
        Open::Missing(_) => Shows::Missing,
        Open::Failed(_, error) => Shows::Failed(error),
        Open::Nothing if inbox.needs_pairing() => Shows::Pairing,
        Open::Nothing => Shows::Choose,
    });
    part(move || {
        match shows.get() {
        Shows::Chat(id) => view! { <Conversation id /> }.into_any(),
        Shows::Missing => {
            set_status(404);
            view! {
                <Empty glyph=Glyph::Alert title=t!(locale, chat.missing) lead=t!(locale, chat.missing_lead)>
                    <a class="button" href=api::INBOX>{t!(locale, chat.back)}</a>
                </Empty>
            }
            .into_any()
        }
        Shows::Failed(error) => view! {
            <Empty glyph=Glyph::Alert title=t!(locale, app.name) lead=words::error(locale, &error)>
                <button class="button" on:click=move |_| inbox.reopen()>{t!(locale, error.retry)}</button>
            </Empty>
        }
        .into_any(),
        Shows::Pairing => view! { <ConnectCard /> }.into_any(),
        Shows::Choose => view! {
            <Empty glyph=Glyph::Chats title=t!(locale, chat.choose) lead=t!(locale, chat.choose_lead) />
        }
        .into_any(),
    }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_names_the_conversation() {
        assert_eq!(chat_of("/atendente/inbox-pirata"), None);
        assert_eq!(chat_of("/atendente/inbox-pirata/chat/12"), Some(ChatId(12)));
        assert_eq!(chat_of("/atendente/inbox-pirata/chat/12/"), Some(ChatId(12)));
        assert_eq!(chat_of("/atendente/inbox-pirata/chat/abc"), Some(ChatId(0)));
        assert_eq!(chat_of("/admin/atendentes"), None);
    }
}
