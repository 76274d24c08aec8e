//! The simulated phone: the *primary* device (device 0) of a WhatsApp user.
//!
//! A phone holds keys and makes decisions; it has no socket. The server half of the emulator calls
//! it to sign a companion ([`Phone::link_by_qr`]), to encrypt for a device ([`Phone::encrypt`]),
//! to decrypt a device's message ([`Phone::decrypt`]) and to answer for the account's app state.
//!
//! * `signal`: identity, prekeys, sessions, and encryption on top of them
//! * `linking`: QR and pair-code linking, the ADV signatures, the list of companions
//! * `app_state`: the synced settings (`critical_block` and the others)
//! * `chats`: the conversations on the phone's screen
//! * `addresses`: the mapping of numbers to LIDs
//! * `media`: files of messages
//! * `compose`: messages the phone sends, kept for retries; `card`: places, contacts, polls and
//!   what businesses and their customers send; `context`: quotes, mentions, timers and ads of them;
//!   `link_preview`: texts with the preview of a link;
//!   `message_update`: edits, revocations and reactions; `poll_vote`: votes; `timer`: the timer of
//!   disappearing messages
//! * `groups`: who has the phone's key for a group, and how its members are addressed
//! * `business`: the certificate with the name of a business
//! * `saved`: the address book and the labels
//! * `history`: what is synced to devices that are linked later
//! * `recent`: messages for companions that could not read them
//! * `reinstall`: a new registration of the user
//!
//! The [`Phone`] is serialisable, without `recent`; the emulator's `--state` consists of phones.

mod account;
mod addresses;
mod album;
mod app_state;
mod business;
mod card;
mod chats;
mod compose;
mod context;
mod crypto;
mod error;
mod groups;
mod history;
mod link_preview;
mod linking;
mod media;
mod message_update;
mod new_message;
mod poll_vote;
mod recent;
mod reinstall;
mod saved;
mod sent;
mod signal;
#[cfg(test)]
mod tests;
mod timer;

pub use account::Phone;
pub use addresses::AddressBook;
pub use app_state::{AppStateDelta, ChangedCollection, PatchRefusal};
pub use card::{
    ButtonReply, Card, ContactCard, ListReply, LiveLocation, Order, Product, Template,
    TemplateButton, TemplateReply,
};
pub use chats::{
    Chat, ChatChange, ChatMessage, ChatSettings, Chats, Envelope, MediaInfo, MediaProblem,
    MessageKind, MessageStatus, Mute, ReceivedUpdate, ShownContact, ShownPlace, ShownReaction,
    ShownVote, UnreadMessage, UpdateKind,
};
pub use context::{Ad, MessageContext, Quote, StatusQuote};
pub use error::PhoneError;
pub use history::{
    HistoryFiles, HistoryKind, HistoryOutline, HistoryPart, HistoryPlan, HistoryWishes, NewHistory,
    OwnHistory, SealedHistory,
};
pub use link_preview::LinkPreview;
pub use linking::{
    CompanionFinish, CompanionHello, DeviceTrust, KeyIndexList, Linked, LinkedDevice, PrimaryHello,
    Qr,
};
pub use media::{Attachment, MediaKind, NewMedia, ReuploadAnswer, Uploaded};
pub use message_update::MessageUpdate;
pub use new_message::{NewContent, NewMessage};
pub use saved::{Label, Saved};
pub use signal::{Bundle, Enc, EncKind, OneTimePreKey, Opened, SignedPreKey};
