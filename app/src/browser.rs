//! The few calls to the browser's APIs, each in one place.
//!
//! This module is compiled for the server as well, but nothing calls it there: effects and event
//! handlers, its only callers, do not run on the server.

use leptos::prelude::{document, window};
use model::WaMessageId;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::wasm_bindgen;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Element, HtmlDocument, HtmlFormElement, HtmlInputElement, HtmlTextAreaElement, SubmitEvent,
};

use crate::ApiError;

/// Reads an attribute of `<html>`.
pub(crate) fn root_attribute(name: &str) -> Option<String> {
    document().document_element()?.get_attribute(name)
}

/// Milliseconds since 1970 by this machine's clock, which may be wrong.
pub(crate) fn clock_ms() -> i64 {
    web_sys::js_sys::Date::now() as i64
}

/// Minutes that local time is behind UTC at an instant, as JavaScript counts them.
pub(crate) fn minutes_behind_utc(at_ms: i64) -> i32 {
    web_sys::js_sys::Date::new(&(at_ms as f64).into()).get_timezone_offset() as i32
}

/// A new id for a message that is about to be sent. `None` if the browser has no randomness.
pub(crate) fn new_message_id() -> Option<WaMessageId> {
    let mut bytes = [0; 9];
    window().crypto().ok()?.get_random_values_with_u8_array(&mut bytes).ok()?;
    Some(WaMessageId::from_random(bytes))
}

#[wasm_bindgen]
extern "C" {
    /// Stores the text typed in a composer, in this browser and on the server, until it is sent.
    /// See `browser/drafts.js`.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn compose(area: &HtmlTextAreaElement);
    /// Empties the composer, because the text typed last is being sent.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn sent();
    /// Keeps the messages being read at the same place on the screen when others grow around them.
    /// See `browser/reading.js`.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn hold(log: &Element);
    /// Appends the rows of a table's next page, to which `link` leads, as soon as `link` is
    /// visible. See `browser/forms.js`.
    #[wasm_bindgen(js_namespace = inbox, js_name = moreRows)]
    pub(crate) fn more_rows(link: &Element, table: &str);
    /// Calls `program` with every action that is chosen for a message, as `what key of`, from when the
    /// script is loaded. Only then there are the functions that it exports. See
    /// `browser/later/actions.js`.
    #[wasm_bindgen(js_namespace = inbox, catch)]
    pub(crate) async fn actions(program: &JsValue) -> Result<JsValue, JsValue>;
    /// Opens a dialog about a message, beside its bubble.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn popup(dialog: &Element);
    /// Scrolls to the message with this key, and makes it stand out for a moment.
    #[wasm_bindgen(js_namespace = inbox)]
    pub(crate) fn flash(key: &str);
    /// Gives the focus back to the message with this key, unless the user is elsewhere by now.
    #[wasm_bindgen(js_namespace = inbox, js_name = focusOn)]
    pub(crate) fn focus_on(key: &str);
    /// Puts the cursor into the editor of a message, unless the user is elsewhere by now.
    #[wasm_bindgen(js_namespace = inbox, js_name = enterEditor)]
    pub(crate) fn enter_editor(area: &HtmlTextAreaElement);
    /// Puts the cursor into the composer.
    #[wasm_bindgen(js_namespace = inbox, js_name = focusComposer)]
    pub(crate) fn focus_composer();
    #[wasm_bindgen(js_namespace = inbox, js_name = copyText)]
    async fn copy_to_clipboard(text: &str) -> JsValue;
    #[wasm_bindgen(js_namespace = inbox, js_name = post, catch)]
    async fn post_form(form: &HtmlFormElement) -> Result<JsValue, JsValue>;
}

/// The people whom the text of a field mentions, as `browser/later/groups/mentions.js` writes them.
pub(crate) fn mentions(area: &HtmlTextAreaElement) -> String {
    area.get_attribute("data-mentions").unwrap_or_default()
}

/// Returns true if this tab is visible and focused.
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

/// Reads a value that this tab stored; it is lost when the tab closes.
pub(crate) fn recall<T: DeserializeOwned>(key: &str) -> Option<T> {
    let text = window().session_storage().ok()??.get_item(key).ok()??;
    serde_json::from_slice(text.as_bytes()).ok()
}

/// Stores a value for this tab. Storage may be full or forbidden; then the value is only in
/// memory.
pub(crate) fn keep<T: Serialize>(key: &str, value: &T) {
    let Ok(Some(storage)) = window().session_storage() else { return };
    if let Ok(text) = serde_json::to_string(value) {
        storage.set_item(key, &text).ok();
    }
}

/// Removes a value that [`keep`] stored.
pub(crate) fn forget(key: &str) {
    if let Ok(Some(storage)) = window().session_storage() {
        storage.remove_item(key).ok();
    }
}

/// Reloads the page.
pub(crate) fn reload() {
    window().location().reload().ok();
}

/// The path of the page's address.
pub(crate) fn path() -> String {
    window().location().pathname().unwrap_or_default()
}

/// The query of the page's address, with its `?`.
pub(crate) fn query() -> String {
    window().location().search().unwrap_or_default()
}

/// Changes the page's address without loading anything; "back" leads to the previous one.
pub(crate) fn push_address(path: &str) {
    if let Ok(history) = window().history() {
        history.push_state_with_url(&JsValue::NULL, "", Some(path)).ok();
    }
}

/// Copies the content of a field, and returns true on success. It uses `execCommand`, since the
/// newer API exists only behind TLS, and a self-hosted server is often reached by its address in
/// the local network.
pub(crate) fn copy(field: &HtmlInputElement) -> bool {
    field.select();
    let document: Result<HtmlDocument, _> = document().dyn_into();
    document.is_ok_and(|document| document.exec_command("copy").unwrap_or(false))
}

/// Copies a text, and returns true on success.
pub(crate) async fn copy_text(text: &str) -> bool {
    copy_to_clipboard(text).await.is_truthy()
}

/// Navigates to another page.
pub(crate) fn visit(address: &str) {
    window().location().set_href(address).ok();
}

/// The form that is being submitted.
pub(crate) fn submitted_form(event: &SubmitEvent) -> Option<HtmlFormElement> {
    event.target()?.dyn_into().ok()
}

/// Sends a form to its server function. Returns the address that the server redirects to, if any.
///
/// # Errors
/// The error of the function; [`ApiError::Unreachable`] without an answer.
pub(crate) async fn post(form: &HtmlFormElement) -> Result<Option<String>, ApiError> {
    match post_form(form).await {
        Ok(next) => Ok(next.as_string()),
        // A body that is not ours comes from something between browser and server.
        Err(answer) => {
            let body = answer.as_string().unwrap_or_default();
            Err(serde_json::from_slice(body.as_bytes()).unwrap_or(ApiError::Unreachable))
        }
    }
}
