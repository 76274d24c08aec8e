//! Messages as rows: their content, their place in the chat and their delivery.
//!
//! Nothing here begins a transaction or announces a change. The callers ([`crate::ingest`],
//! [`crate::outbox`], [`crate::inbox`]) do both.
//!
//! | module | content |
//! | --- | --- |
//! | [`mod@insert`] | a new message |
//! | [`position`] | the sort key of a message in its chat |
//! | [`delivery`] | the ticks of a sent message, and the operation that sends it |
//! | [`operations`] | the rows of the outbox: messages to send, and changes of messages |
//! | [`set_timer`] | the operation that sets the timer of a chat |
//! | [`own_files`] | the files of messages that are written here |
//! | [`view_once`] | those of them that their recipients may open once |
//! | [`uploading`] | the failure of those whose files browsers are still sending |
//! | [`file_copies`] | those that are to be copies of the files of other messages |
//! | [`kept_stickers`] | the messages whose stickers users keep |
//! | [`reads`] | those of receipts |
//! | [`played`] | the received voice notes that were played |
//! | [`update`] | edits, deletions, reactions and votes, as they come from WhatsApp |
//! | [`updates`] | their rows |
//! | [`said`] | the content of a message as it was sent, kept once an update changes the message |
//! | [`projection`] | the effective content of a message, computed from both |
//! | [`placeholder`] | messages that wait for their content |
//! | [`content`] | the column of a content that is more than kind, text and file |
//! | [`card`], [`poll_card`] | such a content as pages show it |
//! | [`link_preview`] | the preview of a link above its text |
//! | [`ad`] | the advertisement that the writer of a text came from, or the story that it answers, above it |
//! | [`load`] | rows as [`model::Message`], with [`reactions`], [`quotes`] and [`pending`] changes |
//! | [`votes`] | the votes in polls, which the card of a poll counts; [`choices`] is their column |
//! | [`authors`] | the names of those who wrote, reacted or are quoted |
//! | [`mentions`] | the people whom a text mentions; [`people`] finds their names |
//! | [`group_receipts`] | the receipts of the members of a group |
//! | [`versions`] | the texts that a message has had |
//! | [`timer`] | the timer of a chat, and the time at which a message disappears |
//! | [`keeping`] | messages that people keep although they would disappear |
//! | [`long_text`] | the bound of a stored text, and reading the beginning of one |

pub(crate) mod ad;
mod authors;
pub(crate) mod card;
pub(crate) mod choices;
pub(crate) mod content;
pub(crate) mod delivery;
pub(crate) mod file_copies;
pub(crate) mod group_receipts;
mod insert;
mod keeping;
pub(crate) mod kept_stickers;
pub(crate) mod link_preview;
pub(crate) mod load;
pub(crate) mod long_text;
pub(crate) mod mentions;
pub(crate) mod operations;
pub(crate) mod own_files;
mod pending;
pub(crate) mod people;
pub(crate) mod placeholder;
pub(crate) mod played;
pub(crate) mod poll_card;
pub(crate) mod position;
pub(crate) mod projection;
mod quotes;
mod reactions;
pub(crate) mod reads;
pub(crate) mod said;
pub(crate) mod set_timer;
pub(crate) mod timer;
mod update;
pub(crate) mod updates;
pub(crate) mod uploading;
pub(crate) mod versions;
mod view_once;
pub(crate) mod votes;

pub(crate) use insert::{NewMessage, NewQuote, insert};
pub(crate) use load::by_id;
pub(crate) use long_text::beginning;
pub use timer::ChatTimer;
pub(crate) use update::VOTE;
pub use update::{MessageUpdate, UpdateOf};
