//! The inbox, lists of conversations, and settings of a whole conversation.

mod block_contact;
mod change_chat;
mod chat_options;
mod chat_timer;
mod clear_chat;
mod details;
mod inbox;
mod mark_read;
mod page;
mod people;
mod save_draft;
mod set_private;
mod set_timer;
mod show_cleared;
mod start_chat;
#[cfg(feature = "ssr")]
mod typed_chat;
mod unread;

pub use block_contact::{BlockContact, block_contact};
pub use change_chat::{ChangeChat, change_chat};
pub use chat_options::{ChatOptions, chat_options};
pub use chat_timer::{ChatTimer, chat_timer};
pub use clear_chat::{ClearChat, clear_chat};
pub use details::{Details, details};
pub use inbox::{Inbox, inbox};
pub use mark_read::{MarkRead, mark_read};
pub use page::{Chats, chats};
pub use people::{People, people};
pub use save_draft::{SaveDraft, save_draft};
pub use set_private::{SetPrivate, set_private};
pub use set_timer::{SetTimer, set_timer};
pub use show_cleared::{ShowCleared, show_cleared};
pub use start_chat::{StartChat, start_chat};
#[cfg(feature = "ssr")]
pub use typed_chat::TypedChat;
pub use unread::{Unread, unread};
