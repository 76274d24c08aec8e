//! The few things asked of the browser, each in one place.
//!
//! Compiled for the server as well, where nothing calls them: effects and event handlers, the only
//! callers, do not run there.

use leptos::prelude::{document, window};
use model::WaMessageId;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, HtmlDocument, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, SubmitEvent,
};

use crate::ApiError;

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

#[wasm_bindgen]
extern "C" {
    /// Keeps what is typed in a composer, here and on the server, until it is sent. See
    /// `browser/drafts.js`.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn compose(area: &HtmlTextAreaElement);
    /// What was typed there last is being sent: empties the composer.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn sent();
    /// Keeps what somebody reads where it is, whatever grows around it. See
    /// `browser/reading.js`.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn hold(log: &Element);
    /// Brings the rows of a table's next page to the end of it, where `link` leads, as soon as it is
    /// on show. See `browser/forms.js`.
    #[wasm_bindgen(js_namespace = inbox, js_name = moreRows)]
    pub(crate) fn more_rows(link: &Element, table: &str);
    #[wasm_bindgen(js_namespace = inbox, js_name = post, catch)]
    async fn post_form(form: &HtmlFormElement) -> Result<JsValue, JsValue>;
}

/// Whether somebody is looking at this tab: on show and focused.
pub(crate) fn attended() -> bool {
    let document = document();
    document.visibility_state() == web_sys::VisibilityState::Visible
        && document.has_focus().unwrap_or(false)
}

/// Returns true on phones and tablets, where touch is the main way to point.
pub(crate) fn is_touch() -> bool {
    let coarse = window().match_media("(hover: none) and (pointer: coarse)");
    coarse.ok().flatten().is_some_and(|query| query.matches())
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

/// Loads the page anew.
pub(crate) fn reload() {
    window().location().reload().ok();
}

/// The path of the page's address.
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// What follows the path in the page's address, with its `?`.
pub(crate) fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Changes the page's address without loading anything; "back" leads to the one before.
pub(crate) fn push_address(path: &str) {
    if let Ok(history) = window().history() {
        history.push_state_with_url(&JsValue::NULL, "", Some(path)).ok();
    }
}

/// Copies what is in a field; whether that went well. The old way, since the new one is there only
/// behind TLS, and a self-hosted server is often reached by its address in the house.
pub(crate) fn copy(field: &HtmlInputElement) -> bool {
    field.select();
    let document: Result<HtmlDocument, _> = document().dyn_into();
    document.is_ok_and(|document| document.exec_command("copy").unwrap_or(false))
}

/// Leaves the page for another.
pub(crate) fn visit(address: &str) {
    window().location().set_href(address).ok();
}

/// The form that is being sent.
pub(crate) fn submitted_form(event: &SubmitEvent) -> Option<HtmlFormElement> {
    event.target()?.dyn_into().ok()
}

/// Sends a form to its server function. Answers where the server wants the browser to go, if
/// anywhere.
///
/// # Errors
/// What the function answered; [`ApiError::Unreachable`] when nothing did.
pub(crate) async fn post(form: &HtmlFormElement) -> Result<Option<String>, ApiError> {
    match post_form(form).await {
        Ok(next) => Ok(next.as_string()),
        // An answer that is none of ours comes from something in between.
        Err(said) => {
            let body = said.as_string().unwrap_or_default();
            Err(serde_json::from_slice(body.as_bytes()).unwrap_or(ApiError::Unreachable))
        }
    }
}
