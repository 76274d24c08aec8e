//! The interface: pages, components and the server functions behind them.
//!
//! The server renders every page whole ([`pages`]). Only the islands in it run in the browser
//! ([`islands`]): the inbox, kept up to date by [`live`], one stream of events per browser, and
//! the forms. [`inbox`], the state of an open inbox, sits between the stream and the components: events
//! and responses go in, and components read signals from it. Only islands and the code they use are
//! compiled for the browser, so an additional page costs its visitors nothing.
//!
//! There are two features, never both in one build: `ssr` for the server, `hydrate` for the
//! browser. In the browser the islands are two programs, features `inbox` and `pages`, so that
//! neither loads the other's code, and each has [`parts`] that are loaded when they are needed.

// Views are types, nested as deep as the page.
#![recursion_limit = "256"]
// `#[component]` makes items `pub` that are `pub(crate)`.
#![allow(unreachable_pub)]
// Each of the two browser programs uses only a part of this crate; clippy checks both together.
#![cfg_attr(not(all(feature = "inbox", feature = "pages")), allow(dead_code, unused_imports))]

pub mod api;
#[cfg(feature = "ssr")]
pub mod auth;
#[cfg_attr(feature = "ssr", allow(dead_code))]
mod browser;
mod clock;
mod components;
#[cfg(feature = "ssr")]
mod cookies;
pub mod error;
mod i18n;
mod inbox;
pub mod islands;
mod labels;
mod live;
#[cfg(feature = "ssr")]
mod pages;
pub mod parts;
#[cfg(feature = "ssr")]
mod preferences;
#[cfg(feature = "ssr")]
mod random;
#[cfg(feature = "ssr")]
mod reader;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod site;
#[cfg(feature = "ssr")]
pub mod state;

pub use error::ApiError;
#[cfg(feature = "ssr")]
pub use ipnet::IpNet;
#[cfg(feature = "ssr")]
pub use pages::App;
#[cfg(feature = "ssr")]
pub use reader::Reader;
#[cfg(feature = "ssr")]
pub use shell::shell;
#[cfg(feature = "ssr")]
pub use site::Site;
#[cfg(feature = "ssr")]
pub use state::{AppState, Assets};
