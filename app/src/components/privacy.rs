use leptos::prelude::*;
use leptos::server_fn::ServerFn as _;
use model::{Chat, ChatId};

use super::{FormError, Glyph, Icon, Sending, bool_signal, text_signal};
use crate::api;
use crate::i18n::{t, use_locale};
use crate::inbox::use_inbox;

/// Shows the owner of the open conversation whether it is private, and lets them change it.
#[component]
pub(crate) fn Privacy(id: ChatId, chat: Signal<Option<Chat>>) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let sending = Sending::new(None);
    let mine = bool_signal(move || chat.get().is_some_and(|chat| inbox.owns(chat.connection)));
    let private = bool_signal(move || chat.get().is_some_and(|chat| chat.private));
    let what = text_signal(move || match private.get() {
        true => t!(locale, chat.show).to_owned(),
        false => t!(locale, chat.hide).to_owned(),
    });
    view! {
        <form
            class="privacy"
            method="post"
            action=api::SetPrivate::url()
            hidden=bool_signal(move || !mine.get())
            on:submit=move |event| sending.submit(&event)
        >
            <input type="hidden" name="chat" value=id.to_string() />
            <input type="hidden" name="private" value=text_signal(move || (!private.get()).to_string()) />
            <FormError error=sending.failure />
            <button
                class="round"
                title=what
                aria-label=t!(locale, chat.private)
                aria-pressed=text_signal(move || private.get().to_string())
                disabled=sending.pending
            >
                <Icon of=Glyph::Lock />
            </button>
        </form>
    }
    .into_any()
}
