//! What islands and pages are made of, one component per file.
//!
//! Components read the [`crate::inbox::Inbox`] in context and call its methods. None of them holds
//! state that another one needs. The larger ones end in `into_any`: views are types, and the type of
//! a whole page is more than the compiler wants to lay out.

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
mod icon;
mod media;
mod message_log;
mod moment;
mod notice;
mod number_field;
mod number_header;
pub(crate) mod other_phone;
mod pairing_code;
pub(crate) mod part;
mod passkey;
mod phone_choices;
mod privacy;
mod qr;
mod rich;
mod sending;
mod status;
mod steps;
mod ticks;
mod timer;

pub(crate) use avatar::Avatar;
pub(crate) use badge::Badge;
pub(crate) use chat_list::ChatList;
pub(crate) use connect_card::ConnectCard;
pub(crate) use conversation::Conversation;
pub(crate) use disconnect::Disconnect;
pub(crate) use empty::Empty;
pub(crate) use icon::{Glyph, Icon};
pub(crate) use notice::{FormError, Notice};
pub(crate) use number_field::NumberField;
pub(crate) use number_header::NumberHeader;
pub(crate) use part::{flag, part, text};
pub(crate) use sending::Sending;
pub(crate) use status::set_status;
