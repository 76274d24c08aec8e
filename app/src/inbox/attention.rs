//! Reading: a conversation that somebody is looking at is read.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Inbox, Open};
use crate::{api, browser};

impl Inbox {
    /// Marks the open conversation read while the tab is on show and focused, and whenever it
    /// becomes so. Only for those who may write: the customer sees the blue ticks.
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
                spawn_local(async move {
                    // What cannot be marked now is marked with the next message or the next visit.
                    api::mark_read(chat).await.ok();
                });
            }
        });
    }
}
