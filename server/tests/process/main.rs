//! The program itself: real processes with real sockets, started as an administrator starts them.

#![cfg(unix)]
#![allow(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

mod check;
mod configuration;
mod first_run;
#[cfg(feature = "emulator")]
mod logs;
mod media_url;
#[cfg(target_os = "linux")]
mod memory;
mod names;
mod noise;
mod one_at_a_time;
mod private_files;
mod program;
mod proxies;
mod proxy;
#[cfg(feature = "emulator")]
#[path = "../../../crates/gateway/tests/support/qr.rs"]
mod qr;
mod secret_key;
#[cfg(feature = "emulator")]
mod secrets;
mod slow_clients;
mod tls;
mod uploads;
mod wrong_address;
