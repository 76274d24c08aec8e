//! The session pool: every linked WhatsApp number lives here, one actor each, over whatsapp-rust.
//!
//! ```text
//!  app / server ──► Pool ──► Session (one actor a connection) ──► whatsapp-rust client
//!                    ▲           │  state, pairing, ends
//!                    │           ├─► inbound: durability hook ──► store::Ingest
//!                    │           └─► courier: store::Outbox ──► client.send
//!                 changes ◄──────┘
//! ```
//!
//! [`Pool`] is the only door. Nothing sends, links or unlinks without a `store::Grant`, whose
//! constructor is private to the store, so the access check cannot be forgotten.
//!
//! * `session` is the actor: commands in, the client's events in, states out.
//! * `inbound` turns what was decrypted into rows before WhatsApp is told it arrived; `origin` finds the
//!   conversation by its addresses, `content` reads what a message says, `commit` stores those that wait
//!   together.
//! * `people` keeps the phone's address book, and finds the numbers of those known by LID alone.
//! * `courier` sends the outbox in order and waits for the server's word; `receipts` sends what was read.
//! * `attention` counts the pages that are open on a number, which is online by them.
//! * `porter` fetches the files of messages; `media` reads where they are, `files` keeps them, `room` finds
//!   room for them and `promise` holds it, `http` is the way to them, `media_address` and `public_ip` say where it may lead.
//! * `gate` keeps messages out until the store has said that it is the right phone.
//! * `uptime` keeps the record of when numbers are connected.
//! * `storage` says whether what comes in can be kept; sessions pause while it cannot.
//! * `heartbeat` notices a connection that is dead without being closed.
//! * `credentials` is the one place that opens or deletes a session's keys.
//! * `dial` is the socket with its attempts made visible; `version` the client version to present.

mod attention;
mod commit;
pub mod config;
mod content;
mod courier;
mod credentials;
mod dial;
mod files;
mod gate;
mod heartbeat;
#[cfg(test)]
mod hostile;
mod http;
mod inbound;
mod media;
mod media_address;
mod origin;
mod pace;
mod pairing;
mod people;
pub mod pool;
mod porter;
mod promise;
mod public_ip;
mod receipts;
mod room;
mod session;
mod state;
mod storage;
#[cfg(test)]
mod testing;
mod uptime;
mod version;

pub use attention::Watching;
pub use config::{Config, MediaLimits};
pub use pairing::draw as draw_qr;
pub use pool::Pool;
pub use state::Change;
