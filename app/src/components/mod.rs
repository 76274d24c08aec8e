//! The components of islands and pages, one per file.
//!
//! Components read the [`crate::inbox::Inbox`] in context and call its methods. None of them holds
//! state that another one needs. The larger ones end in `into_any`: views are types, and the
//! compiler cannot lay out the type of a whole page.

#[cfg(feature = "inbox")]
mod actions;
mod author;
mod avatar;
mod badge;
mod bubble;
mod chat_list;
mod chat_row;
mod code_form;
mod composer;
mod connect_card;
mod conversation;
mod disconnect;
mod element;
mod empty;
mod enter;
mod erased;
mod icon;
mod later;
mod marks;
mod media;
mod message_log;
mod moment;
mod notice;
mod number_field;
mod number_header;
mod other_phone;
mod pair_again;
mod pairing_code;
mod passkey;
mod pending;
mod phone_choices;
mod privacy;
mod qr;
mod quote;
mod reactions;
mod rich;
mod sending;
mod status;
mod steps;
mod ticks;
mod timer;

#[cfg(feature = "inbox")]
pub(crate) use actions::{Actions, actions};
pub(crate) use avatar::Avatar;
pub(crate) use badge::Badge;
pub(crate) use chat_list::ChatList;
pub(crate) use connect_card::{ConnectCard, pairing};
pub(crate) use conversation::Conversation;
pub(crate) use disconnect::Disconnect;
pub(crate) use empty::Empty;
pub(crate) use erased::{bool_signal, erased_view, text_signal};
pub(crate) use icon::{Glyph, Icon};
pub(crate) use later::later;
pub(crate) use notice::{FormError, Notice};
pub(crate) use number_field::NumberField;
pub(crate) use number_header::NumberHeader;
#[cfg(feature = "ssr")]
pub(crate) use phone_choices::PhoneChoices;
#[cfg(feature = "ssr")]
pub(crate) use rich::rich;
pub(crate) use sending::Sending;
pub(crate) use status::set_status;
