//! The pool of sessions: one actor for each linked WhatsApp number, over whatsapp-rust.
//!
//! ```text
//!       service ──► Pool ──► Session (one actor per connection) ──► whatsapp-rust client
//!                    ▲           │  state, pairing, ends
//!                    │           ├─► inbound, intake: durability hook ──► store::Ingest
//!                    │           ├─► media_uploader: store::Outbox ──► client.upload_stream
//!                    │           └─► outbox_sender: store::Outbox ──► client.send
//!                 changes ◄──────┘
//! ```
//!
//! [`Pool`] is the only entry point. Nothing is sent, linked or unlinked without a `store::Grant`.
//! Only the store can construct one, so the access check cannot be forgotten.
//!
//! * `session` is the actor: it handles commands and `signal`s of the client; its states and
//!   their transitions are in `session::machine`.
//! * `inbound` stores decrypted messages before WhatsApp gets their receipt; `origin` finds the
//!   conversation by the addresses, `content` reads the content of a message and its context.
//! * `calls` makes messages of calls, from their first ring to their end.
//! * `intake` is the only way of messages into the store; `batch_committer` commits pending
//!   messages together, `absence` decides which of them were missed.
//! * `votes` opens the votes in polls, which are encrypted with the secret of their poll.
//! * `redelivery` finds messages that the library confirms without handing them over, and asks the
//!   phone for them; `observed_backend` reports them.
//! * `address_book` stores the phone's address book, and looks up missing phone numbers.
//! * `groups` fetches what WhatsApp answers about groups, in the background; `group_updates` reads its
//!   notices about their changes.
//! * `phone_lookup` finds the WhatsApp account of a phone, for a new conversation.
//! * `outbox_sender` sends the outbox, one lane for each chat, and waits for acknowledgements;
//!   receipts of reading and playing go beside the lanes. `outgoing` builds the messages, and
//!   `quiet_receipt` receipts for the own phone alone.
//! * `phone_changes` stores what the phone changes of its chats, and `blocklist` whom the number has blocked;
//!   `chat_action_sender` sends such changes that people make here. `skipped_sync` has changes read that the
//!   library skipped.
//! * `media_uploader` uploads the files of the outbox before their messages are sent;
//!   `sealed_file` is the encrypted copy of one. The pool writes down what browsers send
//!   (`pool::uploads`).
//! * `pictures` fetches the pictures of people and groups when they are shown; `profile` asks what people say
//!   of themselves.
//! * `attention` counts the open pages of a number, which is online while there are any.
//! * `media_downloader` downloads the files of messages; `media` reads where they are, `files`
//!   is the local folder of those in progress, `media_store` the place of complete ones, the same
//!   folder or a bucket. `disk_room` makes room for them and `reservation` holds it, `http` is the
//!   client for them, `media_address` and `public_ip` check where it connects to.
//! * `identity_guard` holds messages back until the phone is known to be the right one.
//! * `uptime` records when numbers are connected.
//! * `storage` checks that messages can be stored; sessions pause while they cannot.
//! * `heartbeat` notices a connection that is dead without being closed.
//! * `credentials` is the only module that opens or deletes the keys of a session.
//! * `observed_transport` is the socket, and signals its connection attempts; `version` is the
//!   client version to present.
//! * `pairing_runtime` and `pauses` shorten the lifetime of QRs and other waits in tests.

mod absence;
mod address_book;
mod attention;
mod batch_committer;
mod blocklist;
mod calls;
mod chat_action_sender;
pub mod config;
mod content;
mod credentials;
mod disk_room;
mod files;
mod group_updates;
mod groups;
mod heartbeat;
#[cfg(test)]
mod hostile;
mod http;
mod identity_guard;
mod inbound;
mod intake;
mod media;
mod media_address;
mod media_downloader;
mod media_store;
mod media_uploader;
mod observed_backend;
mod observed_transport;
mod origin;
mod outbox_sender;
mod outgoing;
mod pairing;
mod pairing_runtime;
mod pauses;
mod phone_changes;
mod phone_lookup;
mod pictures;
pub mod pool;
mod profile;
mod public_ip;
mod quiet_receipt;
mod redelivery;
mod reservation;
mod sealed_file;
mod session;
mod signal;
mod skipped_sync;
mod state;
mod storage;
#[cfg(test)]
mod testing;
mod unconfirmed;
mod uptime;
mod version;
mod votes;

pub use attention::Watching;
pub use config::{Config, MediaLimits};
pub use files::blocking;
pub use http::EMULATOR;
pub use media_store::{
    Bucket, BucketAddress, BucketCredentials, BucketError, MediaStore, MediaStream, StoredFile,
};
pub use pairing::draw as draw_qr;
pub use pauses::Pauses;
pub use phone_lookup::LookupError;
pub use pool::{Pool, UploadRoom};
pub use profile::{Business, Profile};
pub use public_ip::is_public;
pub use state::Change;
