//! The parts of the browser's program that are loaded when they are needed.
//!
//! A `#[wasm_split]` function loads a part: the code that only this function reaches is compiled into a
//! file of its own, named by the function's group (`xtask::site::split`). It returns a function pointer,
//! which is then called without loading anything. `components::later` shows the views of parts.

use std::pin::Pin;

use leptos::task::spawn_local;

#[cfg(feature = "inbox")]
use crate::components::actions;
use crate::components::pairing;
#[cfg(feature = "pages")]
use crate::islands::connections;

/// The error when a part did not load: the server has another version by now, or the network is down.
pub(crate) use leptos::wasm_split::SplitLoaderError as Missing;

/// Connecting a number: its QR, its code, and what can be in the way.
pub(crate) const PAIRING: &str = "pairing";
/// The actions of messages: their menu, dialogs and editor.
pub(crate) const ACTIONS: &str = "actions";
/// The administrators' list of numbers.
pub(crate) const CONNECTIONS: &str = "connections";

/// Loads a part and then calls `done`, also on failure; `components::later` shows the failure.
pub fn need(part: &str, done: impl FnOnce() + 'static) {
    let load: Pin<Box<dyn Future<Output = ()>>> = match part {
        PAIRING => Box::pin(async {
            pairing().await.ok();
        }),
        #[cfg(feature = "inbox")]
        ACTIONS => Box::pin(async {
            actions().await.ok();
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
