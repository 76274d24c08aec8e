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

/// Loads a part. The page's script calls this before any island, for each part that the page shows. `done`
/// is called when the part has loaded or failed.
#[wasm_bindgen]
pub fn need(part: &str, done: Function) {
    app::parts::need(part, move || {
        // It is the page's own function, which does not throw.
        done.call0(&JsValue::NULL).ok();
    });
}
