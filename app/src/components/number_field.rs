use leptos::prelude::*;
use model::ConnectionId;

/// Names the number that a form is about; without one it is the viewer's own.
#[component]
pub(crate) fn NumberField(connection: Option<ConnectionId>) -> impl IntoView {
    connection.map(|id| view! { <input type="hidden" name="connection" value=id.to_string() /> })
}
