use leptos::prelude::*;

use super::Packed;
use crate::ApiError;
use crate::components::{FormError, Sending};

/// A form for a server function: says in place what was wrong with it, keeping what was typed, and
/// goes where a success leads. Without JavaScript the browser sends it.
#[island]
pub fn Form(
    /// `/api/{name}`.
    action: String,
    /// How it ended before this page was made, when it was sent without JavaScript.
    #[prop(into)]
    failed: Packed<Option<ApiError>>,
    /// Said where an error would say "log in again".
    unauthenticated: Option<String>,
    /// What the button says.
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
