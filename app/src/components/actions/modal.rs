use leptos::html;
use leptos::prelude::*;
use model::MessageKind;

use crate::browser;
use crate::inbox::{BubbleKey, use_inbox};

/// A dialog about a message. Escape, a press beside it, and buttons with `data-close` close it, and the
/// message has the focus again (`browser/later/actions.js`). It closes when its message is deleted. With
/// the class `beside` it stands beside its bubble, and on a phone it is a sheet from below.
pub(super) fn modal(
    key: &BubbleKey,
    class: &'static str,
    label: &'static str,
    content: AnyView,
) -> AnyView {
    let inbox = use_inbox();
    let dialog = NodeRef::<html::Dialog>::new();
    Effect::new(move || {
        if let Some(dialog) = dialog.get() {
            browser::popup(&dialog);
        }
    });
    if let Some(cell) = inbox.bubbles.cell(key) {
        let cell = RwSignal::from(cell);
        Effect::new(move |was_revoked: Option<bool>| {
            let is_revoked = cell.with(|bubble| bubble.kind() == MessageKind::Revoked);
            if is_revoked
                && was_revoked == Some(false)
                && let Some(dialog) = dialog.get_untracked()
            {
                dialog.close();
            }
            is_revoked
        });
    }
    view! {
        <dialog
            class=class
            aria-label=label
            data-key=key.to_string()
            node_ref=dialog
            on:close=move |_| inbox.overlay.set(None)
        >
            {content}
        </dialog>
    }
    .into_any()
}
