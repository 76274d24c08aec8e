use leptos::prelude::*;
use model::{Chat, ChatId};

use super::{FormError, Glyph, Icon, Sending, flag, text};
use crate::i18n::{t, use_locale};
use crate::inbox::use_inbox;

/// Whether the open conversation is its owner's alone; for the owner, to change.
#[component]
pub(crate) fn Privacy(id: ChatId, chat: Signal<Option<Chat>>) -> impl IntoView {
    let locale = use_locale();
    let inbox = use_inbox();
    let sending = Sending::new(None);
    let mine = flag(move || chat.get().is_some_and(|chat| inbox.owns(chat.connection)));
    let private = flag(move || chat.get().is_some_and(|chat| chat.private));
    let what = text(move || match private.get() {
        true => t!(locale, chat.show).to_owned(),
        false => t!(locale, chat.hide).to_owned(),
    });
    view! {
        <form
            class="privacy"
            method="post"
            action="/api/set_private"
            hidden=flag(move || !mine.get())
            on:submit=move |event| sending.submit(&event)
        >
            <input type="hidden" name="chat" value=id.to_string() />
            <input type="hidden" name="private" value=text(move || (!private.get()).to_string()) />
            <FormError error=sending.failure />
            <button
                class="round"
                title=what
                aria-label=t!(locale, chat.private)
                aria-pressed=text(move || private.get().to_string())
                disabled=sending.pending
            >
                <Icon of=Glyph::Lock />
            </button>
        </form>
    }
    .into_any()
}
