//! A running installation for measuring and for breaking.
//!
//! - `fleet`: an emulator, a server and numbers linked to it,
//! - `whatsapp`, `visitor`, `metrics`, `process`: the sides a running server is looked at from,
//! - `wait`: waiting for something to become so.

pub(crate) mod fleet;
pub(crate) mod metrics;
pub(crate) mod process;
pub(crate) mod visitor;
pub(crate) mod wait;
pub(crate) mod whatsapp;

pub(crate) use fleet::Fleet;
pub(crate) use visitor::Visitor;
pub(crate) use whatsapp::WhatsApp;
