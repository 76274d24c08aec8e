//! The reads and changes of a user: chats and messages. Their numbers are in
//! [`numbers`](crate::numbers).
//!
//! They are functions of a [`Viewer`](crate::Viewer), or of the store with a
//! [`Grant`](crate::Grant). Every query starts from the scope of the user, so a row that the user
//! may not read is never selected: a missing chat and a forbidden one give the same `NotFound`.
//! Every change is one transaction, and is announced to open pages after its commit
//! ([`crate::live`]).
//!
//! | module | content |
//! | --- | --- |
//! | [`chats`] | the list of chats, in pages |
//! | [`messages`] | the messages of a chat, in pages; [`whole`] reads a whole long text |
//! | [`history`] | the earlier texts of a message; the messages from a quoted one on |
//! | [`unread`] | the unread messages of each number |
//! | [`drafts`] | unsent texts, which their author alone reads |
//! | [`send`] | sending a text, a place, contacts or a poll, and sending or fetching again after a failure |
//! | [`linked_text`] | sending a text, with the preview of a link or without one; [`mentioning`] the people in it |
//! | [`forward`] | sending the text, the file or the card of a message in another chat |
//! | [`stickers`] | the stickers of a number, those that a user keeps, and sending one of them |
//! | [`queue`] | inserting a message that is sent or forwarded |
//! | [`sendable_content`] | the places, contacts and polls that may be sent |
//! | [`votes`] | voting in a poll, and the people who voted |
//! | [`chat_state`] | archiving, pinning, muting, marking, clearing, deleting and blocking |
//! | [`stars`] | the favourite messages of a number |
//! | [`changes`] | edits, deletions for everybody and reactions |
//! | [`read`] | marking a chat as read |
//! | [`played`] | marking a voice note as played |
//! | [`address`] | the address of a chat, for what is stored nowhere |
//! | [`start`] | starting a chat, before its first message |
//! | [`timer`] | setting the timer after which messages of a chat disappear |
//! | [`people`] | the people of a number, whose contacts can be sent |
//! | [`privacy`] | private chats, which the owner of the number alone reads |
//! | [`groups`] | the data and the members of a group, and their receipts; [`leave`] leaves one |
//! | [`group_access`] | the people who may see and answer a group |

mod address;
mod changes;
mod chat_state;
mod chats;
mod drafts;
mod forward;
mod group_access;
mod groups;
mod history;
mod leave;
mod linked_text;
mod mentioning;
mod messages;
mod people;
#[cfg(test)]
mod plans;
mod played;
mod privacy;
pub(crate) mod queue;
mod read;
pub(crate) mod send;
mod sendable_content;
pub(crate) mod stars;
mod start;
#[cfg(test)]
mod statements;
mod stickers;
mod timer;
mod unread;
mod votes;
mod whole;

pub use chats::ChatsPage;
pub use linked_text::NewLinkPreview;
pub use stickers::StickerToSend;
