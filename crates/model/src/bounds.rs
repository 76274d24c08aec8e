//! How much is taken of what strangers fill in, and how much of it a page carries.
//!
//! `store::ingest` applies them as messages come in, in one place, and `text` and `store::inbox` as they
//! are shown, so that they hold for what was stored before as well. `docs/security.md` has the table.

pub use crate::message::MAX_TEXT as TEXT;

/// Characters of a text that a bubble begins with; the rest comes when it is asked for.
pub const BUBBLE: usize = 3_000;
/// Bytes that this beginning may take in a page, where quotes and controls take several each.
pub const BUBBLE_BYTES: usize = 4_500;
/// Bytes that the same beginning may take with its formatting and links.
pub const RICH_BYTES: usize = 6_000;
/// Characters of a text in the list of conversations.
pub const ROW: usize = 120;
/// Characters of the name of a person.
pub const NAME: usize = 128;
/// Bytes of a reaction. The longest emoji, a family in several colours of skin, has 41; a letter may carry
/// any number of marks.
pub const REACTION: usize = 64;
/// Reactions shown of one message.
pub const REACTIONS: usize = 256;
/// Characters of a file's name as it is kept; fewer are shown.
pub const FILE_NAME: usize = 255;
/// Bytes of a media type: two names of 127 and a stroke (RFC 6838).
pub const MIME: usize = 255;
/// Bytes of the small picture that comes with a file.
pub const PREVIEW: usize = 64 * 1024;
/// Bytes of the path at which WhatsApp's media hosts have a file.
pub const DIRECT_PATH: usize = 2 * 1024;
/// Bytes of a file's key and of its hashes, which have 32.
pub const MEDIA_KEY: usize = 64;
/// Pixels of one side of a picture, as its sender says.
pub const SIDE: u32 = 100_000;
/// Bytes of a message that is kept as it came.
pub const ORIGINAL: usize = 128 * 1024;
/// Bytes of a vote in a poll, as it came; it has about 200.
pub const VOTE: usize = 4 * 1024;
/// Bytes of the address of a person or a group.
pub const ADDRESS: usize = 128;
/// Messages that one receipt may speak of.
pub const RECEIPTS: usize = 10_000;
