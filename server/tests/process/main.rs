//! The program itself: real processes with real sockets, started as an administrator starts them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod configuration;
mod one_at_a_time;
mod program;
mod proxies;
mod proxy;
mod wrong_address;
