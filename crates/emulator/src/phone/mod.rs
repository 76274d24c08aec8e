//! The simulated phone: the *primary* device (device 0) of a WhatsApp user.
//!
//! A phone holds keys and decides; it has no socket. The server half of the emulator asks it to
//! sign a companion ([`Phone::link_by_qr`]), to encrypt for a device ([`Phone::encrypt`]), to
//! decrypt what a device sent ([`Phone::decrypt`]) and to answer for the account's app state.
//!
//! * `signal`: identity, prekeys, sessions, and encryption on top of them
//! * `linking`: QR and pair-code linking, the ADV signatures, the list of companions
//! * `app_state`: the synced settings (`critical_block` and the others)
//! * `chats`: what a person would see on the phone's screen
//! * `addresses`: which LID belongs to which number
//! * `media`: files that go with messages
//! * `compose`: messages the phone writes, kept for retries; `card`: places, contacts and polls; `amend`: what it does to earlier ones
//! * `reinstall`: the user registers again
//!
//! The whole [`Phone`] is serialisable: the emulator's `--state` is made of phones.

mod account;
mod addresses;
mod amend;
mod app_state;
mod card;
mod chats;
mod compose;
mod crypto;
mod error;
mod linking;
mod media;
mod reinstall;
mod sent;
mod signal;
#[cfg(test)]
mod tests;

pub use account::Phone;
pub use addresses::AddressBook;
pub use amend::Amendment;
pub use app_state::{AppStateDelta, PatchRefusal};
pub use card::Card;
pub use chats::{
    Chat, ChatMessage, Chats, Envelope, MediaInfo, MediaProblem, MessageKind, MessageStatus,
    UnreadMessage,
};
pub use error::PhoneError;
pub use linking::{
    CompanionFinish, CompanionHello, DeviceTrust, KeyIndexList, Linked, LinkedDevice, PrimaryHello,
    Qr,
};
pub use media::{Attachment, MediaKind, NewMedia, ReuploadAnswer, Uploaded};
pub use signal::{Bundle, Enc, EncKind, OneTimePreKey, Opened, SignedPreKey};
