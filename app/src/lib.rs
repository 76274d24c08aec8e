//! The interface: pages, components and the server functions behind them.
//!
//! A page is rendered on the server from what [`api`] returns, hydrated in the browser, and kept
//! true by [`live`], one stream of events per tab. Between the two sits [`inbox`], the state of an
//! open inbox: events and answers go in, components read signals out of it.
//!
//! Two features, never both in one build: `ssr` for the server, `hydrate` for the browser.

// Views are types, nested as deep as the page.
#![recursion_limit = "256"]
// `#[component]` makes `pub` items of what is `pub(crate)`.
#![allow(unreachable_pub)]

pub mod api;
#[cfg(feature = "ssr")]
pub mod auth;
#[cfg_attr(feature = "ssr", allow(dead_code))]
mod browser;
mod clock;
mod components;
pub mod error;
mod i18n;
mod inbox;
mod live;
mod loaded;
mod pages;
mod routes;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
pub mod state;
mod words;

pub use error::ApiError;
pub use routes::App;
#[cfg(feature = "ssr")]
pub use shell::shell;
#[cfg(feature = "ssr")]
pub use state::{AppState, Assets};
