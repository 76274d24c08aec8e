//! The words the whole product speaks: identifiers, what a connection, a chat and a message look
//! like to a person, and the events that keep an open page true.
//!
//! Compiles for wasm and for the server alike, so nothing here knows a database, a socket or a
//! runtime. Rows become these types in `store`, states in `gateway`, pixels in `app`.

pub mod chat;
pub mod connection;
pub mod ids;
pub mod live;
pub mod message;
pub mod user;

pub use chat::{Chat, Preview};
pub use connection::{Connection, ConnectionState, EndReason, PairingCode, QrCode};
pub use ids::{ChatId, ConnectionId, MessageId, UserId, WaMessageId};
pub use live::{LiveEvent, Sequenced};
pub use message::{Author, Delivery, FailReason, Message, MessageKind};
pub use user::{Role, User};
