//! The visible state of the phone: conversations, and the status of every message.
//!
//! * [`log`]: the chats by name, unread counts, receipts
//! * [`row`]: one message and its status
//! * [`settings`]: what the user has set about a chat, and [`change`]: changes of that
//! * [`card`]: places and contacts
//! * [`content`]: conversion of a `Message` protobuf to kind and text
//! * [`member_receipts`]: receipts of the members of a group
//! * [`record`]: recording of received, sent, edited and revoked messages
//! * [`update`]: the effects of edits, revocations and reactions on a message

mod card;
mod change;
mod content;
mod log;
mod member_receipts;
mod record;
mod row;
mod settings;
mod update;

pub use card::{ShownContact, ShownPlace};
pub use change::ChatChange;
pub use log::{Chat, Chats, UnreadMessage};
pub use record::Envelope;
pub use row::{ChatMessage, MediaInfo, MediaProblem, MessageKind, MessageStatus};
pub use settings::{ChatSettings, Mute};
pub use update::{ReceivedUpdate, ShownReaction, ShownVote, UpdateKind};
