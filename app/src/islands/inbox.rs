use leptos::prelude::*;
use model::ChatId;

use super::Packed;
use crate::api::InboxPage;
use crate::clock::Clock;
use crate::components::{
    Actions, ChatList, ConnectCard, Conversation, Empty, Glyph, Notice, NumberHeader, bool_signal,
    erased_view, set_status, text_signal,
};
use crate::i18n::{t, use_locale};
use crate::inbox::{self, Open, Pairing, use_inbox};
use crate::live::{self, Link};
use crate::{ApiError, labels, parts};

/// The list of conversations, and the open one beside it.
#[island]
pub fn Inbox(
    #[prop(into)] page: Packed<InboxPage>,
    /// The conversation in the address.
    asked: Option<ChatId>,
) -> impl IntoView {
    let locale = use_locale();
    // The locale is read once for all rows, which otherwise query the page each.
    provide_context(locale);
    let Packed(page) = page;
    let seq = page.seq;
    let inbox = inbox::Inbox::provide(page, asked, Clock::provide());
    let link = RwSignal::new(Link::Up);

    Effect::new(move || {
        inbox.recall_unsent();
        inbox.recall_reply();
        inbox.follow_address();
        live::follow(inbox, seq, link);
        // A tab that stays open needs them even after an update of the server has removed the files.
        parts::need(parts::PAIRING, || {});
        parts::need(parts::ACTIONS, || {});
    });
    Effect::new(move || {
        if link.get() == Link::Up {
            inbox.recover();
        }
    });
    inbox.mark_read_when_attended();
    inbox.keep_title(locale);

    // On a phone there is room for one of them.
    let shown = text_signal(move || {
        match inbox.open.with(Open::id) {
            Some(_) => "chat",
            None if inbox.to_pair().is_some() => "pair",
            None => "list",
        }
        .to_owned()
    });
    view! {
        <div class="inbox" data-shows=shown>
            <aside class="list">
                <NumberHeader />
                <p class="offline" role="alert" hidden=bool_signal(move || link.get() == Link::Up)>
                    {t!(locale, live.reconnecting)}
                </p>
                <ChatList />
            </aside>
            <main class="pane"><Pane /></main>
            <Notice error=inbox.notice />
            <Actions />
        </div>
    }
}

/// The content of the pane beside the list, without values that change inside it.
#[derive(Debug, Clone, PartialEq)]
enum Shows {
    Chat(ChatId),
    Missing,
    Failed(ApiError),
    Pairing(Pairing),
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
        Open::Nothing => inbox.to_pair().map_or(Shows::Choose, Shows::Pairing),
    });
    erased_view(move || {
        match shows.get() {
        Shows::Chat(id) => view! { <Conversation id /> }.into_any(),
        Shows::Missing => {
            set_status(404);
            view! {
                <Empty glyph=Glyph::Alert title=t!(locale, chat.missing) lead=t!(locale, chat.missing_lead)>
                    <a
                        class="button"
                        href=inbox.beside_list(None).address()
                        on:click=move |event| inbox.follow_link(&event, untrack(|| inbox.beside_list(None)))
                    >
                        {t!(locale, chat.back)}
                    </a>
                </Empty>
            }
            .into_any()
        }
        Shows::Failed(error) => view! {
            <Empty glyph=Glyph::Alert title=t!(locale, app.name) lead=labels::error(locale, &error)>
                <button class="button" on:click=move |_| inbox.reopen()>{t!(locale, error.retry)}</button>
            </Empty>
        }
        .into_any(),
        Shows::Pairing(number) => {
            let id = number.id();
            let connection = Memo::new(move |_| match id {
                Some(id) => inbox.connection(id),
                None => inbox.own(),
            });
            view! { <ConnectCard id connection /> }.into_any()
        }
        Shows::Choose => view! {
            <Empty glyph=Glyph::Chats title=t!(locale, chat.choose) lead=t!(locale, chat.choose_lead) />
        }
        .into_any(),
    }
    })
}
