use leptos::html;
use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::browser;
use crate::components::{flag, text};

/// Brings the rows of a table's next page to the end of it as soon as somebody scrolls there, page
/// after page. Without JavaScript, and when a page cannot be had, it is a link to the next one.
#[island]
pub fn MoreRows(
    /// The id of the table, on this page and on the next.
    table: String,
    /// The address of the next page.
    next: String,
    /// What the link says.
    label: String,
) -> impl IntoView {
    let link = NodeRef::<html::A>::new();
    let next = RwSignal::new(Some(next));
    Effect::new(move || {
        let (Some(link), Some(address)) = (link.get(), next.get()) else { return };
        let table = table.clone();
        browser::when_near(&link, move || {
            spawn_local(async move {
                // What cannot be had stays a link, which says why when it is followed.
                if let Some(page) = browser::fetch_page(&address).await {
                    next.try_set(browser::append_rows(&table, &page));
                }
            });
        });
    });
    let address = text(move || next.get().unwrap_or_default());
    view! {
        <p class="more" hidden=flag(move || next.get().is_none())>
            <a class="button quiet" rel="next" node_ref=link href=address>{label}</a>
        </p>
    }
}
