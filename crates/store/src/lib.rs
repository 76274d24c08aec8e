//! Everything that is kept, and the one door to it.
//!
//! ```text
//!  people                                       the numbers' own sessions (`gateway`)
//!    │ Store::viewer(user)                        │ Store::ingest / Store::outbox
//!    ▼                                            ▼
//!  access: Viewer, Grant<Write|Manage>, Admin   ingest, outbox   (no user, never shown to a browser)
//!    │ every read and proof goes through scope    │
//!    └──────────────► entity ◄────────────────────┘
//!                       │ write: one writer, one transaction, then …
//!                       ▼
//!                     live: numbered events → Hub → open pages, or replayed from the table
//! ```
//!
//! * [`access`]: who may. [`Viewer`] is the only way to read connections, chats and messages;
//!   a [`Grant`] or [`Admin`] is the proof that a change was allowed.
//! * [`numbers`]: adding, changing and removing numbers, and what administrators see of them.
//! * [`inbox`]: what a viewer reads and does: connections, chats, messages, sending.
//! * [`ingest`]: what WhatsApp says happened. [`outbox`]: what it has yet to be told. [`media`]: the
//!   files that have yet to be fetched from it; `eviction`: those that make room for others.
//! * [`live`]: the events that keep open pages true.
//! * [`accounts`], [`web_sessions`]: people and their logins. [`audit`]: who did what.
//! * [`secrets`]: what is encrypted in the database, and the keys for it.
//! * [`backup`]: every row out of one database and into another, past all doors: for whoever holds
//!   the machine.
//!
//! SQLite (the default) and PostgreSQL behave alike; the tests run on both. One process per
//! database: the order of [`live`] events rests on this process being the only one that writes them.
//! The command line may add users meanwhile, that is all. The server sees to it, for PostgreSQL by a
//! [`Claim`].
//!
//! # Where this differs from the first design
//! * What runs on the machine itself (`inbox-pirata user …`) has [`Operator`] instead of functions
//!   of [`Accounts`], so that no request reaches it by accident.
//! * Unread messages are counted by the query, not kept in the chat's row: nothing can drift.
//! * A message's sender is a contact's row, not an address: it stays one sender when another of the
//!   person's addresses is learned.
//! * [`Ingested`] also counts what was refused, and [`Accounts::set_active`] exists because
//!   deactivation is part of the rule of access.
//! * Two chats that become one, and a placeholder that goes, are announced as
//!   [`model::LiveEvent::Resync`].

pub mod access;
pub mod accounts;
pub mod audit;
pub mod backup;
mod claim;
mod codec;
mod entity;
mod error;
mod eviction;
pub mod inbox;
pub mod ingest;
pub mod live;
pub mod media;
pub mod numbers;
mod open;
mod outage;
pub mod outbox;
pub mod receipts;
mod schema;
pub mod secrets;
mod settings;
mod store;
pub mod web_sessions;
mod write;

pub use access::{Admin, Grant, Manage, Remove, Viewer, Write};
pub use accounts::{
    Accounts, DeviceToken, Email, Enrolment, FactorId, Hashing, Known, NewUser, Operator,
    SecondFactor, Secret, SessionUser,
};
pub use audit::{AuditExport, By, Entry};
pub use claim::{Claim, Claimed, Holder, Lost};
pub use error::{Error, Field};
pub use eviction::{EvictedMedia, MediaQuotas};
pub use inbox::{ChatsPage, ConnectionRow, Linked};
pub use ingest::{Amendment, Amends, HEARTBEAT, Inbound, Ingest, Ingested, Peer, Scanned};
pub use live::{AccessChanged, Committed, Hub, Replay};
pub use media::{AwaitedMedia, InboundMedia, MediaFile, MediaQueue, MediaSource};
pub use model::Access;
pub use numbers::NewNumber;
pub use outbox::{Outbox, Outgoing};
pub use receipts::{ReadReceipt, Receipts};
pub use secrets::{SealError, SecretKeys};
pub use store::Store;
pub use web_sessions::{SessionLabel, WebSessions};
