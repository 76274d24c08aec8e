use leptos::html;
use leptos::prelude::*;

use crate::browser;

/// Appends the rows of a table's next page when the user scrolls there, page after page. Without
/// JavaScript, or if a page cannot be loaded, it is a link to the next one.
#[island]
pub fn MoreRows(
    /// The id of the table, on this page and on the next.
    table: String,
    /// The address of the next page.
    next: String,
    /// The label of the link.
    label: String,
) -> impl IntoView {
    let link = NodeRef::<html::A>::new();
    Effect::new(move || {
        if let Some(link) = link.get() {
            browser::more_rows(&link, &table);
        }
    });
    view! {
        <p class="more">
            <a class="button quiet" rel="next" node_ref=link href=next>{label}</a>
        </p>
    }
}
