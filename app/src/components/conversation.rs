use leptos::prelude::*;
use model::content::System;
use model::{ChatId, Notice};

use super::composer::Composer;
use super::message_log::MessageLog;
use super::privacy::Privacy;
use super::{Avatar, Glyph, Icon, bool_signal, text_signal};
use crate::api;
use crate::i18n::{t, use_locale};
use crate::inbox::{Open, use_inbox};
use crate::labels;

/// One conversation: its contact, its messages, and the composer.
#[component]
pub(crate) fn Conversation(id: ChatId) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let chat = Signal::derive(move || match inbox.open.get() {
        Open::Ready(chat) if chat.id == id => Some(chat),
        _ => None,
    });
    let name = text_signal(move || chat.get().map(|chat| chat.name).unwrap_or_default());
    let picture = text_signal(move || chat.get().map(|chat| chat.picture).unwrap_or_default());
    let connection = Signal::derive(move || inbox.connection(chat.get()?.connection));
    let typing = bool_signal(move || inbox.typing(locale, id).is_some());
    // The phone, unless it is the name already; and the number of ours, if there are several.
    let about = text_signal(move || {
        if let Some(words) = inbox.typing(locale, id) {
            return words.to_owned();
        }
        let number = chat.get().and_then(|chat| chat.phone).map(|phone| phone.as_str().to_owned());
        let number = number.filter(|number| *number != name.get());
        let several = inbox.has_several();
        let through = connection.get().filter(|_| several).map(|one| labels::number(&one));
        let private = chat.get().filter(|chat| chat.private);
        let private = private.map(|_| t!(locale, chat.only_you).to_owned());
        let timer = chat.get().map(|chat| chat.timer).filter(|seconds| *seconds > 0);
        let timer =
            timer.map(|seconds| labels::notice(locale, Notice::System(System::Timer { seconds })));
        let parts: Vec<_> = [number, through, private, timer].into_iter().flatten().collect();
        parts.join(" · ")
    });
    view! {
        <section class="conversation" aria-labelledby="conversation-name">
            <header class="conversation-head">
                <a
                    href=text_signal(move || inbox.beside_list(None).address())
                    class="round back"
                    aria-label=t!(locale, chat.back)
                    on:click=move |event| inbox.follow_link(&event, untrack(|| inbox.beside_list(None)))
                >
                    <Icon of=Glyph::Back />
                </a>
                <Avatar name seed=id.0 small=true picture />
                <div class="who">
                    // `browser/later/details.js` shows the page in a drawer.
                    <h2 id="conversation-name" dir="auto">
                        <a
                            href=api::details_page(id)
                            title=t!(locale, details.title)
                            aria-haspopup="dialog"
                            data-details=""
                        >
                            {name}
                        </a>
                    </h2>
                    <p class="muted" class:typing=typing>{about}</p>
                </div>
                // `browser/later/chat-timer.js` shows the page in a dialog. The style sheet hides it from those
                // who may not write.
                <a
                    class="round"
                    href=api::timer_page(id)
                    title=t!(locale, timer.title)
                    aria-label=t!(locale, timer.title)
                    aria-haspopup="dialog"
                    data-timer=""
                >
                    <Icon of=Glyph::Clock />
                </a>
                <Privacy id chat />
            </header>
            <MessageLog />
            <Composer id connection />
        </section>
    }
    .into_any()
}
