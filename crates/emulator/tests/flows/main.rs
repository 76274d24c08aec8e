//! The emulator against unmodified whatsapp-rust clients, one module per flow.
//!
//! Everything goes through public doors: the client's own API and events, and the emulator's
//! control operations. Waiting is on events only.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod client;

mod amend;
mod card;
mod control_api;
mod faults;
mod identity;
mod load;
mod media;
mod media_faults;
mod offline;
mod order;
mod pair_code;
mod pairing;
mod presence;
mod receipts;
mod reconnect;
mod resend;
mod retry;
mod text;
mod unlink;
