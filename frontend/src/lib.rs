//! The browser's entry. `app` exports the islands themselves, under names that the page knows.

// Views are types, nested as deep as the page.
#![recursion_limit = "256"]

use leptos::web_sys::js_sys::Function;
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

/// The page calls this once the program is loaded, before any island.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}

/// Called by the page's script, before any island too, for each part of the program that the page shows.
/// Calls `done` once it is there, or cannot be had.
#[wasm_bindgen]
pub fn need(part: &str, done: Function) {
    app::parts::need(part, move || {
        // The page's own function; it does not throw.
        done.call0(&JsValue::NULL).ok();
    });
}
