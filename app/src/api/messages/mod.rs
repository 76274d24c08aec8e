//! The messages of a conversation: reading, sending and changing them.

mod discard_change;
mod edit_message;
mod forward;
mod keep_sticker;
mod keeps_sticker;
mod list_stickers;
mod mark_played;
mod page;
mod page_from;
mod react;
mod retry;
mod retry_change;
mod revoke_message;
mod send_sticker;
mod send_text;
mod set_typing;
mod text;
mod versions;

pub use discard_change::{DiscardChange, discard_change};
pub use edit_message::{EditMessage, edit_message};
pub use forward::{Forward, forward};
pub use keep_sticker::{KeepSticker, keep_sticker};
pub use keeps_sticker::{KeepsSticker, keeps_sticker};
pub use list_stickers::{ListStickers, list_stickers};
pub use mark_played::{MarkPlayed, mark_played};
pub use page::{Messages, messages};
pub use page_from::{MessagesFrom, messages_from};
pub use react::{React, react};
pub use retry::{Retry, retry};
pub use retry_change::{RetryChange, retry_change};
pub use revoke_message::{RevokeMessage, revoke_message};
pub use send_sticker::{SendSticker, send_sticker};
pub use send_text::{SendText, send_text};
pub use set_typing::{SetTyping, set_typing};
pub use text::{MessageText, message_text};
pub use versions::{MessageVersions, message_versions};
