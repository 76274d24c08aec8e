//! The words the whole product speaks: identifiers, what a connection, a chat and a message look
//! like to a person, the events that keep an open page true, and the entries of the audit trail.
//!
//! Compiles for wasm and for the server alike, so nothing here knows a database, a socket or a
//! runtime. Rows become these types in `store`, states in `gateway`, pixels in `app`.

pub mod access;
pub mod audit;
pub mod bounds;
pub mod chat;
pub mod color;
pub mod connection;
pub mod draft;
pub mod ids;
pub mod live;
pub mod media;
pub mod message;
pub mod overview;
pub mod phone;
pub mod reset;
pub mod rich;
pub mod user;

pub use access::{Access, NumberGrant};
pub use audit::{Actor, AuditAction, AuditEntry, AuditFilter};
pub use chat::{Chat, Preview};
pub use color::NumberColor;
pub use connection::{
    Connection, ConnectionState, EndReason, Gap, PairingCode, QrCode, StorageTrouble,
};
pub use draft::Draft;
pub use ids::{AuditId, ChatId, ConnectionId, MessageId, SessionId, UserId, WaMessageId};
pub use live::{LiveEvent, Sequenced};
pub use media::{Media, MediaState, MediaView};
pub use message::{Author, Delivery, FailReason, Message, MessageKind, WholeText};
pub use overview::{Figures, Removal, Uptime};
pub use phone::PhoneNumber;
pub use reset::{AccountReset, ResetKind};
pub use rich::{Piece, Style};
pub use user::{
    Account, EnterKey, Language, LinkKind, LoginLink, Role, Theme, TwoFactor, User,
    UserPreferences, UserStatus, WebSession,
};
