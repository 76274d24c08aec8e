//! The rest of a long text: bubbles contain only its first part.

use leptos::prelude::*;
use leptos::task::spawn_local;
use model::{MessageId, WholeText};

use super::{Bubble, Inbox};
use crate::api;

/// A whole text, and the beginning and the edit of the message that it belongs to.
pub(crate) type Opened = (String, Option<i64>, WholeText);

impl Inbox {
    /// Loads the whole text of a message into `whole`, with the beginning that `cell` shows of it
    /// and the edit that this belongs to: after another edit it no longer matches.
    pub(crate) fn read_on(
        self,
        message: MessageId,
        cell: RwSignal<Bubble>,
        whole: RwSignal<Option<Opened>>,
    ) {
        let Bubble::Stored(shown) = cell.get_untracked() else { return };
        spawn_local(async move {
            match api::message_text(message).await {
                // The bubble may be gone by now.
                Ok(text) => drop(whole.try_set(Some((shown.text, shown.edited, text)))),
                Err(error) => drop(self.notice.try_set(Some(error))),
            }
        });
    }
}
