//! The browser's entry. The islands themselves are exported by `app`, under names that the page
//! knows.

// Views are types, nested as deep as the page.
#![recursion_limit = "256"]

use wasm_bindgen::prelude::wasm_bindgen;

// For its islands.
use app as _;

/// Called by the page's script once the program is loaded, before any island.
#[wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_islands();
}
