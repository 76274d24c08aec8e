//! The few things asked of the browser, each in one place.
//!
//! Compiled for the server as well, where nothing calls them: effects and event handlers, the only
//! callers, do not run there.

use leptos::prelude::{document, window};
use model::WaMessageId;
use serde::{Serialize, de::DeserializeOwned};

/// An attribute of `<html>`.
pub(crate) fn root_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Milliseconds since 1970 by this machine's clock, right or wrong.
pub(crate) fn clock_ms() -> i64 {
    web_sys::js_sys::Date::now() as i64
}

/// Minutes that local time is behind UTC at an instant, as JavaScript counts them.
pub(crate) fn minutes_behind_utc(at_ms: i64) -> i32 {
    web_sys::js_sys::Date::new(&(at_ms as f64).into()).get_timezone_offset() as i32
}

/// A fresh id for a message that is about to be sent. `None` where the browser has no randomness.
pub(crate) fn new_message_id() -> Option<WaMessageId> {
    let mut bytes = [0; 9];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(WaMessageId::from_random(bytes))
}

/// Whether somebody is looking at this tab: on show and focused.
pub(crate) fn attended() -> bool {
    let document = document();
    document.visibility_state() == web_sys::VisibilityState::Visible
        && document.has_focus().unwrap_or(false)
}

/// Reads a value this tab kept; forgotten when the tab closes.
pub(crate) fn recall<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = window().session_storage().ok()??.get_item(key).ok()??;
    serde_json::from_slice(text.as_bytes()).ok()
}

/// Keeps a value for this tab. Storage may be full or forbidden; then it is only in memory.
pub(crate) fn keep<T: Serialize>(key: &str, value: &T) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    if let Ok(text) = serde_json::to_string(value) {
        storage.set_item(key, &text).ok();
    }
}

/// Forgets what [`keep`] kept.
pub(crate) fn forget(key: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        storage.remove_item(key).ok();
    }
}
