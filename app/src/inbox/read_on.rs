//! The rest of a long text: bubbles begin with its first part.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{MessageId, WholeText};

use super::{Bubble, Inbox};
use crate::api;

impl Inbox {
    /// Fetches the whole text of a message into `whole`, with the beginning that `cell` shows of it: after
    /// an edit it belongs to it no more.
    pub(crate) fn read_on(
        self,
        message: MessageId,
        cell: RwSignal<Bubble>,
        whole: RwSignal<Option<(String, WholeText)>>,
    ) {
        let Bubble::Stored(shown) = cell.get_untracked() else { return };
        spawn_local(async move {
            match api::message_text(message).await {
                // The bubble may be gone by now.
                Ok(text) => drop(whole.try_set(Some((shown.text, text)))),
                Err(error) => drop(self.notice.try_set(Some(error))),
            }
        });
    }
}
