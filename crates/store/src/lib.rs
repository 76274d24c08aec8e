//! The database, and all access to it.
//!
//! ```text
//!  people                                     the numbers' own sessions (`gateway`)
//!    │ Store::viewer(user)                      │ Store::ingest / Store::outbox
//!    ▼                                          ▼
//!  access: Viewer, Grant<Write|Manage>, Admin ingest, outbox, media (no user, never shown to a
//!    │ inbox, numbers: every read and proof     │ browser)
//!    │ goes through scope                       │
//!    └─────────────► write ◄────────────────────┘
//!                      │ one writer, one transaction, then …
//!                      ▼
//!                    live: numbered events → Hub → open pages, or replayed from the table
//!                      │ reads the changed rows from
//!                      ▼
//!                    chats → messages → entity: rows and their rules, used by all of the above
//! ```
//!
//! * [`access`]: permissions. [`Viewer`] is the only way to read connections, chats and messages; a
//!   [`Grant`] or [`Admin`] is the proof that a change is allowed.
//! * [`numbers`]: the numbers of a user; adding, changing and removing them, and the
//!   administrators' view of them.
//! * [`inbox`]: a viewer's reads and changes: chats, messages, sending and changing messages.
//! * [`people`]: the person or group behind a chat: the picture, the common groups, the files.
//! * [`uploads`]: files that browsers send, before their messages are queued.
//! * [`ingest`]: events received from WhatsApp. [`outbox`]: messages, their changes and read
//!   receipts, to be sent to it. [`media`]: files to be downloaded from it; `eviction`: removal of
//!   files to make room for others; `disappearing`: removal of messages of which the time is over.
//!   `copies`: files that are copied for messages that are forwarded. `calls`: calls that ring, and
//!   numbers that reject them by themselves.
//! * `messages`, `chats`, `groups`: the rows and their rules: the place of a message, its delivery, its
//!   content after edits and deletions, the last message of a chat. Everything above uses them, and
//!   they use nothing above.
//! * [`live`]: the events that keep open pages up to date, and the wakeups of the sessions.
//! * [`accounts`], [`web_sessions`]: users and their logins. [`audit`]: the history of their
//!   actions.
//! * [`secrets`]: encryption of secret values in the database, and its keys.
//! * [`backup`]: copying all rows from one database to another, without permission checks: for the
//!   operator of the machine.
//!
//! SQLite (the default) and PostgreSQL behave alike; the tests run on both. Only one process serves
//! a database, because the order of [`live`] events requires that it is the only one that writes
//! them. The command line may only add users meanwhile. For PostgreSQL, the server ensures this by
//! a [`Claim`].
//!
//! # Differences from the first design
//! * The commands of the machine's operator (`inbox-pirata user …`) have [`Operator`] instead of
//!   functions of [`Accounts`], so that no request reaches them by accident.
//! * Unread messages are counted by the query, not stored in the chat's row, so the count is always
//!   exact.
//! * A message's sender is a contact's row, not an address: it stays one sender when another of the
//!   person's addresses becomes known.
//! * [`Ingested`] also counts refused messages, and [`Accounts::set_active`] exists because
//!   deactivation is part of the access rule.
//! * A merge of two chats, and the removal of a placeholder, are announced as
//!   [`model::LiveEvent::Resync`].

pub mod access;
pub mod accounts;
mod album;
pub mod audit;
pub mod backup;
mod breaker;
mod calls;
mod changed;
mod chats;
mod claim;
mod codec;
mod copies;
mod disappearing;
mod entity;
mod error;
mod eviction;
// Unit tests cannot use the crate `fixtures`, which is built on this one, so they share its source.
#[cfg(test)]
#[path = "../../../tools/fixtures/src/received.rs"]
#[allow(dead_code, unreachable_pub, reason = "the crate has more users")]
mod fixtures;
mod groups;
pub mod inbox;
pub mod ingest;
mod installation;
pub mod live;
pub mod media;
mod message_id;
mod messages;
mod names;
pub mod numbers;
mod open;
mod outage;
pub mod outbox;
pub mod people;
mod prune;
mod schema;
pub mod secrets;
mod settings;
mod store;
#[cfg(test)]
mod testing;
pub mod uploads;
pub mod web_sessions;
mod write;

pub use access::{ActorContext, Admin, Grant, Manage, Remove, Viewer, Write};
pub use accounts::{
    Accounts, DeviceToken, Email, Enrolment, FactorId, Hashing, LoginOrigin, NewUser, Operator,
    SecondFactor, SessionUser,
};
pub use album::{Album, AlbumSize};
pub use audit::{AuditExport, NewAuditEntry};
pub use calls::CallAnswer;
pub use claim::{Claim, Claimed, Holder, Lost};
pub use copies::FileCopy;
pub use disappearing::DueMessage;
pub use error::{EncryptionError, Error, Field};
pub use eviction::{EvictedMedia, MediaQuotas};
pub use inbox::{ChatsPage, NewLinkPreview, StickerToSend};
pub use ingest::{
    FetchedGroup, FetchedMember, GroupUpdate, GroupUpdateKind, HEARTBEAT, Inbound, InboundMentions,
    InboundQuote, Ingest, Ingested, Participant, Peer, PhoneChange, PhoneChangeOf, QuotedAuthor,
    Scanned, SealedVote,
};
pub use installation::installation_in;
pub use live::{AccessChanged, Committed, Hub, Replay, Wakeups};
pub use media::{AwaitedMedia, InboundMedia, MediaFile, MediaQueue, MediaSource};
pub use message_id::new_message_id;
pub use messages::{ChatTimer, MessageUpdate, UpdateOf};
pub use model::Access;
pub use numbers::{ConnectionRow, Linked, NewNumber};
pub use outbox::{
    ChatAction, LONGEST_PAUSE, NamedMessage, Operation, Outbox, Outgoing, OutgoingAction,
    OutgoingFile, OutgoingQuote, PendingUpload, QuotedBy, ReadReceipt,
};
pub use people::{ChatFiles, ChatPerson, Picture, PictureOf};
pub use secrets::{Secret, SecretKeys};
pub use store::Store;
pub use uploads::{NewUpload, Upload, UploadedFile};
pub use web_sessions::{SessionLabel, WebSessions};
