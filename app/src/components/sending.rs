use leptos::ev::SubmitEvent;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::{ApiError, browser};

/// The submission of a form, from the click to the response. Without JavaScript the browser sends
/// the same form, and the server redirects back to the page.
///
/// It is not an `ActionForm`, which is one more copy of all its code for every server function.
#[derive(Clone, Copy)]
pub(crate) struct Sending {
    /// The form was sent, and there is no response yet.
    pub(crate) pending: RwSignal<bool>,
    /// The error of the last submission, if it failed.
    pub(crate) failure: RwSignal<Option<ApiError>>,
    /// The number of successful submissions.
    pub(crate) done: RwSignal<u32>,
}

impl Sending {
    /// `failure` is the error of a submission without JavaScript, made before this page.
    pub(crate) fn new(failure: Option<ApiError>) -> Self {
        Self {
            pending: RwSignal::new(false),
            failure: RwSignal::new(failure),
            done: RwSignal::new(0),
        }
    }

    /// The `on:submit` handler of a form: posts the form in the background, and goes to the address
    /// that the response names, if any.
    pub(crate) fn submit(self, event: &SubmitEvent) {
        event.prevent_default();
        let Some(form) = browser::submitted_form(event) else { return };
        if self.pending.get_untracked() {
            return;
        }
        self.pending.set(true);
        spawn_local(async move {
            let answer = browser::post(&form).await;
            // The form may be gone: its success often removes it.
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
