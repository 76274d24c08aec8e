//! The interface: pages, components and the server functions behind them.
//!
//! The server renders every page whole ([`pages`]). What lives on in the browser are the islands in
//! it ([`islands`]): the inbox, kept true by [`live`], one stream of events per tab, and the forms.
//! Between the stream and the components sits [`inbox`], the state of an open inbox: events and
//! answers go in, components read signals out of it. Only islands and what they are made of are
//! compiled for the browser, so a page more costs its visitors nothing.
//!
//! Two features, never both in one build: `ssr` for the server, `hydrate` for the browser. There the
//! islands are two programs, features `inbox` and `pages`, so that neither loads the other's.

// Views are types, nested as deep as the page.
#![recursion_limit = "256"]
// `#[component]` makes `pub` items of what is `pub(crate)`.
#![allow(unreachable_pub)]
// Each of the two browser programs uses its part; clippy looks at both together.
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
mod live;
#[cfg(feature = "ssr")]
mod pages;
#[cfg(feature = "ssr")]
mod preferences;
#[cfg(feature = "ssr")]
mod reader;
#[cfg(feature = "ssr")]
mod shell;
#[cfg(feature = "ssr")]
mod site;
#[cfg(feature = "ssr")]
pub mod state;
mod words;

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
