//! The server: configuration, routes and the middleware around them.
//!
//! ```text
//!  request ─► access log · security headers · name and same-origin checks
//!             ─► web session (axum-login) ─► guard (set-up and login redirects)
//!                 ├─ /api/{name}       server functions of `app`
//!                 ├─ /live             the event stream of one tab
//!                 ├─ /midia/…          the files of messages
//!                 ├─ /foto/…           the pictures of people and groups
//!                 ├─ /envios/…         files that browsers send
//!                 ├─ /pkg/…            the site, embedded
//!                 ├─ /healthz /readyz  /metrics
//!                 └─ pages             rendered by `app`
//! ```
//!
//! `run` starts and stops the process, `serving` accepts connections within bounds, `announce`
//! prints the server's address, `exclusive` keeps a second server off the same data, `router` lists
//! every route, `cli` has the commands of the machine's administrator, `backup` writes an
//! installation into one file and restores it, `check` tests the proxy in front of the server.
//! `media_store` opens the folder or the bucket of the files of messages.
//! `private` keeps other users of the machine out of the files, `secret_key` finds the key that
//! encrypts secrets in the database.

mod announce;
pub mod backup;
pub mod check;
pub mod cli;
pub mod config;
mod data;
mod exclusive;
mod lock;
pub mod logs;
mod media_store;
mod middleware;
pub mod private;
mod private_file;
pub mod router;
mod routes;
pub mod run;
pub mod secret_key;
mod serving;
mod site;
mod state;
