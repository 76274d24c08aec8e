//! The few things asked of the browser, each in one place.
//!
//! Compiled for the server as well, where nothing calls them: effects and event handlers, the only
//! callers, do not run there.

use leptos::prelude::{document, window};
use model::WaMessageId;
use serde::{Serialize, de::DeserializeOwned};
use wasm_bindgen::prelude::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::js_sys::Array;
use web_sys::{
    Document, DomParser, Element, FormData, Headers, HtmlDocument, HtmlFormElement,
    HtmlInputElement, IntersectionObserver, IntersectionObserverEntry, RequestInit, Response,
    SubmitEvent, SupportedType, UrlSearchParams,
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

/// Calls `then` once, when an element comes into what is on show.
pub(crate) fn when_near(element: &Element, then: impl FnOnce() + 'static) {
    let mut then = Some(then);
    let seen = move |entries: Array, observer: IntersectionObserver| {
        let on_show = |entry: JsValue| {
            entry.dyn_into().is_ok_and(|entry: IntersectionObserverEntry| entry.is_intersecting())
        };
        if entries.iter().any(on_show) {
            observer.disconnect();
            if let Some(then) = then.take() {
                then();
            }
        }
    };
    let seen = Closure::<dyn FnMut(Array, IntersectionObserver)>::new(seen);
    if let Ok(observer) = IntersectionObserver::new(seen.as_ref().unchecked_ref()) {
        observer.observe(element);
        // The observer calls it for as long as the page lives.
        seen.forget();
    }
}

/// A page of this site, to take parts of; `None` when it cannot be had.
pub(crate) async fn fetch_page(address: &str) -> Option<Document> {
    let response = JsFuture::from(window().fetch_with_str(address)).await.ok()?;
    let response: Response = response.dyn_into().ok()?;
    let text = JsFuture::from(response.ok().then(|| response.text())?.ok()?).await.ok()?;
    DomParser::new().ok()?.parse_from_string(&text.as_string()?, SupportedType::TextHtml).ok()
}

/// Moves the rows of a page's table to the end of the same table here. Answers with the address of the
/// page after it, if there is one.
pub(crate) fn append_rows(table: &str, page: &Document) -> Option<String> {
    let body = |of: &Document| of.query_selector(&format!("#{table} tbody")).ok().flatten();
    let (from, to) = (body(page)?, body(&document())?);
    while let Some(row) = from.first_element_child() {
        to.append_child(&row).ok()?;
    }
    page.query_selector("a[rel=next]").ok().flatten()?.get_attribute("href")
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
    let response = exchange(form).await.map_err(|_| ApiError::Unreachable)?;
    if response.ok() {
        return Ok(response.headers().get("location").ok().flatten());
    }
    let body = async { JsFuture::from(response.text()?).await };
    let body = body.await.ok().and_then(|text| text.as_string()).unwrap_or_default();
    // An answer that is none of ours comes from something in between.
    Err(serde_json::from_slice(body.as_bytes()).unwrap_or(ApiError::Unreachable))
}

async fn exchange(form: &HtmlFormElement) -> Result<Response, JsValue> {
    let fields = FormData::new_with_form(form)?;
    let headers = Headers::new()?;
    headers.set("accept", "application/json")?;
    let request = RequestInit::new();
    request.set_method("POST");
    request.set_headers(&headers);
    let body = UrlSearchParams::new_with_str_sequence_sequence(&fields)?;
    request.set_body(&body);
    // The attribute: a field named "action" would hide the property.
    let action = form.get_attribute("action").unwrap_or_default();
    JsFuture::from(window().fetch_with_str_and_init(&action, &request)).await?.dyn_into()
}
