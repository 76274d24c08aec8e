//! The Enter key of fields for messages.

use leptos::ev::KeyboardEvent;
use model::message::MAX_TEXT;

use crate::browser;

/// Returns true if this key press submits the field: Enter with Ctrl always, and Enter alone where
/// Enter sends.
pub(super) fn submits(event: &KeyboardEvent) -> bool {
    if event.key() != "Enter" || is_composing(event) {
        return false;
    }
    event.ctrl_key() || event.meta_key() || (!event.shift_key() && enter_sends())
}

/// Returns true if Enter sends: the choice in the profile decides, and without one Enter breaks the
/// line on touch devices only.
pub(super) fn enter_sends() -> bool {
    match browser::root_attribute("data-enter").as_deref() {
        Some(chosen) => chosen == "sends",
        None => !browser::is_touch(),
    }
}

/// Returns true for keys that belong to the composition of a letter. Safari ends the composition
/// before it reports the Enter that ended it, with a key code that means "being composed".
fn is_composing(event: &KeyboardEvent) -> bool {
    const PROCESSED: u32 = 229;
    event.is_composing() || event.key_code() == PROCESSED
}

/// The number of characters beyond WhatsApp's limit.
pub(super) fn excess(text: &str) -> usize {
    // A text has at least as many bytes as characters.
    match text.len() <= MAX_TEXT {
        true => 0,
        false => text.chars().count().saturating_sub(MAX_TEXT),
    }
}
