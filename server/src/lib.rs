//! The server: configuration, routes and what stands before them.
//!
//! ```text
//!  request ─► access log · security headers · name and same-origin checks ─► web session (axum-login)
//!             ─► guard (set-up and login redirects)
//!                 ├─ /api/{name}       server functions of `app`
//!                 ├─ /live             the event stream of one tab
//!                 ├─ /pkg/…            the site, embedded
//!                 ├─ /healthz /readyz  /metrics
//!                 └─ pages             rendered by `app`
//! ```
//!
//! `run` starts and stops the process, `serving` accepts connections within bounds, `announce` says where it
//! is reached, `exclusive` sees to it that it is the only one, `router` lists every route, `cli` is for
//! whoever holds the machine, `backup` puts all of it into one file and back, `check` looks at the proxy
//! before it. `private` keeps other users of the machine out of the files, `secret_key` finds the key for
//! what is encrypted in the database.

mod announce;
pub mod backup;
pub mod check;
pub mod cli;
pub mod config;
mod exclusive;
pub mod logs;
mod middleware;
pub mod private;
pub mod router;
mod routes;
pub mod run;
pub mod secret_key;
mod serving;
mod site;
