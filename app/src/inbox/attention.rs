//! The unread count in the tab's title, and marking a conversation read when its tab is visible and
//! focused.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{ChatId, ChatMark};

use super::{Inbox, Open};
use crate::i18n::{Locale, t};
use crate::{api, browser};

/// The tab's title, with the number of unread messages first: narrow tabs show little of it.
pub(crate) fn tab_title(locale: Locale, unread: u32) -> String {
    let page = t!(locale, app.title, page = t!(locale, rail.conversations)).to_string();
    match unread {
        0 => page,
        n => format!("({n}) {page}"),
    }
}

impl Inbox {
    /// Keeps the count in the tab's title up to date.
    pub(crate) fn keep_title(self, locale: Locale) {
        let unread = Memo::new(move |_| self.unread(None));
        Effect::new(move || document().set_title(&tab_title(locale, unread.get())));
    }

    /// Marks the open conversation read while the tab is visible and focused, and whenever it
    /// becomes so, if the user may (`store::Store::mark_read`).
    pub(crate) fn mark_read_when_attended(self) {
        let attended = RwSignal::new(false);
        Effect::new(move || attended.set(browser::attended()));
        for event in ["focus", "blur", "visibilitychange"] {
            let listener = window_event_listener_untyped(event, move |_| {
                attended.set(browser::attended());
            });
            on_cleanup(move || listener.remove());
        }
        let unread = Memo::new(move |_| match self.open.get() {
            Open::Ready(chat) if chat.unread > 0 => {
                let writes = self.connection(chat.connection).is_some_and(|one| one.can_write);
                // The count is part of the value, so that one more message is marked as well.
                writes.then_some((chat.id, chat.unread))
            }
            _ => None,
        });
        Effect::new(move || {
            if let Some((chat, _)) = unread.get().filter(|_| attended.get()) {
                mark_read(chat);
            }
        });
        // What somebody marked as unread is read when it is opened, and not while it stays open.
        Effect::new(move |before: Option<Option<ChatId>>| {
            let opened = self.open.with(|open| match open {
                Open::Ready(chat) => {
                    Some((chat.id, chat.connection, chat.marks.has(ChatMark::Unread)))
                }
                _ => None,
            });
            let id = opened.map(|(id, ..)| id);
            if let Some((chat, connection, true)) = opened
                && before.flatten() != id
                && untrack(|| self.can_write(connection))
            {
                mark_read(chat);
            }
            id
        });
    }
}

fn mark_read(chat: ChatId) {
    spawn_local(async move {
        // A failed mark is repeated with the next message or the next visit.
        api::mark_read(chat).await.ok();
    });
}
