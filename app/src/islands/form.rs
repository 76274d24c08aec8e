use leptos::prelude::*;

use super::Packed;
use crate::ApiError;
use crate::components::{FormError, Sending};

/// A form for a server function. It shows an error in place, keeping the typed values, and on
/// success goes to the page that the server names. Without JavaScript the browser sends it.
#[island]
pub fn Form(
    /// `/api/{name}`.
    action: String,
    /// The error of a submission without JavaScript, made before this page.
    #[prop(into)]
    failed: Packed<Option<ApiError>>,
    /// This sentence replaces "log in again" in an error.
    unauthenticated: Option<String>,
    /// The label of the button.
    submit: String,
    /// The fields.
    children: Children,
) -> impl IntoView {
    let sending = Sending::new(failed.0);
    view! {
        <form method="post" action=action on:submit=move |event| sending.submit(&event)>
            <div class="stack">
                {children()}
                <FormError error=sending.failure unauthenticated />
                <button class="button wide" disabled=sending.pending>{submit}</button>
            </div>
        </form>
    }
}
