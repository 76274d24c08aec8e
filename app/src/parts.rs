//! The parts of the browser's program that are loaded when they are needed.
//!
//! A `#[wasm_split]` function brings a part: what only it reaches is compiled into a file of its own,
//! named by the function's group (`xtask::site::split`). It answers with a pointer to what it is for, so
//! that, once it is there, that is called as if it had always been. `components::later` shows what is
//! made in a part.

use std::pin::Pin;

use leptos::task::spawn_local;

use crate::components::pairing;
#[cfg(feature = "pages")]
use crate::islands::connections;

/// A part did not come: the server has another version by now, or there is no network.
pub(crate) use leptos::wasm_split::SplitLoaderError as Missing;

/// Connecting a number: its QR, its code, and what can be in the way.
pub(crate) const PAIRING: &str = "pairing";
/// The administrators' list of numbers.
pub(crate) const CONNECTIONS: &str = "connections";

/// Loads a part ahead, then calls `done`, also if it did not come: whoever shows it says so.
pub fn need(part: &str, done: impl FnOnce() + 'static) {
    let load: Pin<Box<dyn Future<Output = ()>>> = match part {
        PAIRING => Box::pin(async {
            pairing().await.ok();
        }),
        #[cfg(feature = "pages")]
        CONNECTIONS => Box::pin(async {
            connections().await.ok();
        }),
        _ => Box::pin(async {}),
    };
    spawn_local(async move {
        load.await;
        done();
    });
}
