//! What a person would see on the phone: conversations, and the state of every message.
//!
//! * [`log`]: the chats by name, unread counts, receipts
//! * [`row`]: one message and its status
//! * [`content`]: reading a `Message` protobuf into kind and text
//! * [`record`]: what happens when a message arrives, is sent, is edited or revoked

mod content;
mod log;
mod record;
mod row;

pub use log::{Chat, Chats, UnreadMessage};
pub use record::Envelope;
pub use row::{ChatMessage, MediaInfo, MediaProblem, MessageKind, MessageStatus};
