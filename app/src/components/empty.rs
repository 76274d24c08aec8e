use leptos::prelude::*;

use super::{Glyph, Icon};

/// A pane without content explains what would be there.
#[component]
pub(crate) fn Empty(
    glyph: Glyph,
    title: &'static str,
    #[prop(into)] lead: String,
    #[prop(optional)] children: Option<Children>,
) -> impl IntoView {
    view! {
        <div class="empty">
            <span class="empty-mark"><Icon of=glyph /></span>
            <h2>{title}</h2>
            <p class="muted">{lead}</p>
            {children.map(|children| children())}
        </div>
    }
}
