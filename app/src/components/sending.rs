use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::{ApiError, browser};

/// The sending of a form, from the click to the answer. Without JavaScript the same form is sent by
/// the browser, and the server leads back to the page.
///
/// Not an `ActionForm`: that is one more copy of all its code for every server function.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    /// Sent, and not answered yet.
    pub(crate) pending: RwSignal<bool>,
    /// Why the last one failed, if it did.
    pub(crate) failure: RwSignal<Option<ApiError>>,
    /// How many went well.
    pub(crate) done: RwSignal<u32>,
}

impl Sending {
    /// `failure` is how it ended before this page was made, without JavaScript.
    pub(crate) fn new(failure: Option<ApiError>) -> Self {
        Self {
            pending: RwSignal::new(false),
            failure: RwSignal::new(failure),
            done: RwSignal::new(0),
        }
    }

    /// What a form does `on:submit`: posts itself in the background, and goes where the answer leads,
    /// if it leads anywhere.
    pub(crate) fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        let Some(form) = browser::submitted_form(event) else { return };
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        spawn_local(async move {
            let answer = browser::post(&form).await;
            // The form may be gone: its success is often what removes it.
            self.pending.try_set(false);
            match answer {
                Ok(Some(next)) => browser::visit(&next),
                Ok(None) => {
                    self.failure.try_set(None);
                    self.done.try_update(|done| *done += 1);
                }
                Err(error) => {
                    self.failure.try_set(Some(error));
                }
            }
        });
    }
}
