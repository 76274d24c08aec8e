//! A running installation for measuring and for breaking.
//!
//! - `fleet`: a server and numbers linked to it; `ground`: what the server stands on, and of that `disk`,
//! - `whatsapp`, `visitor`, `metrics`, `process`: the sides a running server is looked at from,
//! - `wait`: waiting for something to become so.

pub(crate) mod disk;
pub(crate) mod fleet;
mod ground;
pub(crate) mod metrics;
pub(crate) mod process;
pub(crate) mod visitor;
pub(crate) mod wait;
pub(crate) mod whatsapp;

pub(crate) use fleet::Fleet;
pub(crate) use visitor::Visitor;
pub(crate) use whatsapp::WhatsApp;
