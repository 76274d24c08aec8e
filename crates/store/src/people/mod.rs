//! The people and groups behind chats: their pictures, what is known of them, and what was sent in their chats.
//!
//! WhatsApp is asked for a picture or a profile only for users who may read a chat with the person, so the
//! types by which it is asked ([`Picture`], [`ChatPerson`]) are made by a [`Viewer`](crate::Viewer) only.
//!
//! | module | content |
//! | --- | --- |
//! | [`pictures`] | what is known of a picture, and who may see it |
//! | [`answers`] | what WhatsApp answered about pictures |
//! | [`details`] | the person of a chat, and the groups that they share with its number |
//! | [`files`] | the pictures, links, documents and favourites of a chat, in pages |

mod answers;
pub(crate) mod details;
pub(crate) mod files;
pub(crate) mod pictures;

pub use details::ChatPerson;
pub use files::ChatFiles;
pub use pictures::{Picture, PictureOf};
