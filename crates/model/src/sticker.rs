//! The stickers that a user chooses from in a conversation.

use serde::{Deserialize, Serialize};

use crate::MessageId;

/// The stickers of a number that a user may read, each file once.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Stickers {
    /// Those that were received or sent last, the newest first.
    pub recent: Vec<Sticker>,
    /// Those that the user keeps, the last one first.
    pub favourites: Vec<Sticker>,
}

/// A sticker that browsers show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sticker {
    /// The message that has the file ([`Media::address`](crate::Media::address)).
    pub message: MessageId,
    /// Width and height in pixels.
    pub shape: Option<(u32, u32)>,
    /// The user keeps it.
    pub favourite: bool,
}
