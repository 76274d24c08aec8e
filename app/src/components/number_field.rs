use leptos::prelude::*;
use model::ConnectionId;

/// The number of a form; without one it is the viewer's own.
#[component]
pub(crate) fn NumberField(connection: Option<ConnectionId>) -> impl IntoView {
    connection.map(|id| view! { <input type="hidden" name="connection" value=id.to_string() /> })
}
