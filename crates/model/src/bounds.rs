//! Limits of what strangers fill in, as it is stored and as a page carries it.
//!
//! `store::ingest` applies them as messages arrive, in one place. `text`, `store::messages` and
//! `store::chats` apply them as messages are shown, so that they hold for older messages as well.
//! `docs/security.md` has the table.

pub use crate::message::MAX_TEXT as TEXT;

/// Characters of a text that a bubble begins with; the rest is loaded on request.
pub const BUBBLE: usize = 3_000;
/// Lines of this beginning.
pub const BUBBLE_LINES: usize = 100;
/// Bytes of this beginning in a page, where quotes and control characters take several each.
pub const BUBBLE_BYTES: usize = 4_500;
/// Bytes of the same beginning with its formatting and links.
pub const RICH_BYTES: usize = 6_000;
/// Pieces of a text with its formatting and links. A text with more is shown without them: a browser takes
/// seconds for ten thousands. A bubble never has as many.
pub const PIECES: usize = 3_000;
/// Characters of a text in the list of conversations.
pub const ROW: usize = 120;
/// Characters of the quoted part of an answer.
pub const EXCERPT: usize = 200;
/// Characters of the name of a person.
pub const NAME: usize = 128;
/// Characters of a text of a profile: what a person says of themselves, or a business of itself.
pub const PROFILE: usize = 512;
/// Bytes of a reaction. The longest emoji, a family in several skin tones, has 41; a letter may
/// carry any number of marks.
pub const REACTION: usize = 64;
/// Reactions shown of one message.
pub const REACTIONS: usize = 256;
/// Edits of one message by one sender that are kept, the newest.
pub const EDITS: usize = 100;
/// Changes of one message made here that wait for WhatsApp or have failed.
pub const CHANGES: usize = 20;
/// Ids of earlier own changes of one message that are remembered, so that a repeated request is
/// recognised.
pub const REMEMBERED_CHANGES: usize = 20;
/// Characters of the caption of a file that is sent from here; WhatsApp's Cloud API takes as many.
pub const CAPTION: usize = 1_024;
/// Characters of a file's name as it is stored; fewer are shown.
pub const FILE_NAME: usize = 255;
/// Bytes of a media type: two names of 127 and a slash (RFC 6838).
pub const MIME: usize = 255;
/// Bytes of the preview of a file.
pub const PREVIEW: usize = 64 * 1024;
/// Bytes of the waveform of a voice note, as phones send it.
pub const WAVEFORM: usize = 64;
/// Bytes of the path of a file on WhatsApp's media hosts.
pub const DIRECT_PATH: usize = 2 * 1024;
/// Bytes of a file's key and of its hashes, which have 32.
pub const MEDIA_KEY: usize = 64;
/// Pixels of one side of a picture, as stated by its sender.
pub const SIDE: u32 = 100_000;
/// Pages of a document, as stated by its sender or by the document.
pub const PAGES: u32 = 100_000;
/// Bytes of a message that is stored as it was received.
pub const ORIGINAL: usize = 128 * 1024;
/// Characters of the words by which lists show a place, contacts or a poll; also of a poll's question.
pub const WORDS: usize = 512;
/// Characters of the name of a place, and of its address.
pub const PLACE: usize = 512;
/// Contacts that one message shares.
pub const CONTACTS: usize = 100;
/// Phone numbers of one of them.
pub const PHONES: usize = 5;
/// Characters of such a phone number. The longest has 15 digits (E.164), with spaces between them.
pub const PHONE: usize = 32;
/// Contacts that are sent from here in one message.
pub const SENT_CONTACTS: usize = 10;
/// Options of a poll; WhatsApp offers 12.
pub const OPTIONS: usize = 50;
/// Characters of an option of a poll; WhatsApp takes 100.
pub const OPTION: usize = 255;
/// Characters of the question of a poll that is sent from here, as WhatsApp takes it.
pub const SENT_QUESTION: usize = 255;
/// Options of such a poll.
pub const SENT_OPTIONS: usize = 12;
/// Characters of such an option.
pub const SENT_OPTION: usize = 100;
/// Characters of the text of an offer of a business, beside its title, its footer and its choices.
pub const OFFER: usize = 4_096;
/// Characters of WhatsApp's name of a type of message.
pub const TYPE_NAME: usize = 64;
/// Bytes of the card of a place, contacts or a poll in a page, where quotes and control characters take several each.
pub const CARD_BYTES: usize = 4_500;
/// Characters of a link that has a preview.
pub const LINK: usize = 1_000;
/// Characters of the title of such a preview.
pub const LINK_TITLE: usize = 256;
/// Characters of its description.
pub const LINK_DESCRIPTION: usize = 512;
/// Bytes of the preview of a link in a page, with its formatting.
pub const LINK_PREVIEW_BYTES: usize = 2_000;
/// Bytes of a vote in a poll as it was received; it has about 200.
pub const VOTE: usize = 4 * 1024;
/// People who are named for an option of a poll, the first to vote.
pub const VOTERS: usize = 256;
/// Bytes of the address of a person or a group.
pub const ADDRESS: usize = 128;
/// Members of a group that are kept; WhatsApp's groups have as many at most.
pub const MEMBERS: usize = 1_024;
/// Groups of a number whose data are fetched at once when it connects.
pub const GROUPS: usize = 1_000;
/// Characters of the subject of a group; WhatsApp takes 100.
pub const GROUP_SUBJECT: usize = 100;
/// Characters of the description of a group; WhatsApp takes 2,048.
pub const GROUP_DESCRIPTION: usize = 2_048;
/// People who are named in the notice about a change of a group; the others are counted.
pub const NOTICE_PEOPLE: usize = 16;
/// People whom one text mentions.
pub const MENTIONS: usize = 256;
/// Characters of a name in such a mention.
pub const MENTION_NAME: usize = 40;
/// Messages that one receipt may refer to.
pub const RECEIPTS: usize = 10_000;
