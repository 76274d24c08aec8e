//! Tests of the emulator with unmodified whatsapp-rust clients, one module per flow.
//!
//! They use public interfaces only: the client's own API and events, and the emulator's control
//! operations. Tests wait for events only.

#![allow(clippy::unwrap_used, reason = "tests stop at the first surprise")]

mod client;

mod about;
mod blocking;
mod calls;
mod card;
mod chat_changes;
mod control_api;
mod faults;
mod groups;
mod history;
mod identity;
mod kinds;
mod load;
mod media;
mod media_faults;
mod message_updates;
mod offline;
mod order;
mod pair_code;
mod pairing;
mod pictures;
mod polls;
mod presence;
mod privacy;
mod privacy_tokens;
mod receipts;
mod reconnect;
mod resend;
mod retry;
mod text;
mod timer;
mod unlink;
