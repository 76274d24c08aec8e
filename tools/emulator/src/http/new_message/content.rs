//! A message that a request asks for.

use crate::phone::{MessageUpdate, NewMessage};
use crate::world::presentation::Presentation;

/// A message to send.
pub(in crate::http) struct SendRequest {
    pub(in crate::http) to: String,
    pub(in crate::http) content: Content,
}

/// The content of a message.
pub(in crate::http) enum Content {
    /// A text, file or card.
    New(Box<NewMessage>),
    /// A text that WhatsApp presents in another way.
    Presented(String, Presentation),
    /// A `Message` in protobuf.
    Raw(Vec<u8>, Presentation),
    Update(MessageUpdate),
    /// A vote in the poll `id`.
    Vote {
        id: String,
        options: Vec<String>,
    },
    /// The chat's timer of disappearing messages, in seconds.
    Timer(u32),
}
