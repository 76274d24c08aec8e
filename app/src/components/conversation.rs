use leptos::prelude::*;
use model::ChatId;

use super::composer::Composer;
use super::message_log::MessageLog;
use super::{Avatar, Glyph, Icon};
use crate::api;
use crate::i18n::{t, use_locale};
use crate::inbox::{Open, use_inbox};
use crate::words;

/// One conversation: who it is with, what was said, and a place to answer.
#[component]
pub(crate) fn Conversation(id: ChatId) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let chat = Memo::new(move |_| match inbox.open.get() {
        Open::Ready(chat) if chat.id == id => Some(chat),
        _ => None,
    });
    let name = Memo::new(move |_| chat.get().map(|chat| chat.name).unwrap_or_default());
    let connection = Memo::new(move |_| inbox.connection(chat.get()?.connection));
    let typing = Memo::new(move |_| inbox.is_typing(id));
    // The number, unless it is the name already; and through which of ours, where there are several.
    let about = Memo::new(move |_| {
        let number = chat.get()?.phone.map(|phone| words::phone(&phone));
        let number = number.filter(|number| *number != name.get());
        let several = inbox.connections.with(|all| all.len() > 1);
        let through = connection.get().filter(|_| several).map(|one| one.label);
        let parts: Vec<_> = [number, through].into_iter().flatten().collect();
        Some(parts.join(" · "))
    });
    view! {
        <section class="conversation" aria-labelledby="conversation-name">
            <header class="conversation-head">
                <a href=api::INBOX class="round back" aria-label=t!(locale, chat.back)>
                    <Icon of=Glyph::Back />
                </a>
                <Avatar name seed=id.0 small=true />
                <div class="who">
                    <h2 id="conversation-name">{name}</h2>
                    <p class="muted">
                        {move || match typing.get() {
                            true => view! { <span class="typing">{t!(locale, chats.typing)}</span> }.into_any(),
                            false => about.get().into_any(),
                        }}
                    </p>
                </div>
            </header>
            <MessageLog />
            <Composer id connection />
        </section>
    }
    .into_any()
}
