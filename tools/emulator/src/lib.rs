//! A WhatsApp server for tests and demonstrations, with simulated phones behind it.
//!
//! Unmodified multi-device clients connect to [`Emulator::ws_url`], pair with a phone by QR or
//! code, and chat; the phones are controlled through [`Control`] or, from other processes, over
//! HTTP. Nothing here is part of the product.
//!
//! A message takes this path: [`connection`] reads stanzas from a client; [`stanza`] and [`iq`]
//! handle them; [`delivery`] delivers a message to a device, which is either a companion's queue
//! in [`world`] or the inbox of a [`simulated_phone`], whose [`phone`] decrypts it with its own
//! Signal state.
//!
//! A message to a group takes the same path, but is encrypted once, with a key that the sender has
//! given to all devices of the members; [`groups`] delivers it and everything else of a group.
//!
//! A file is sent apart from its message: the sender encrypts it and uploads it to the media
//! servers ([`http`], stored in [`world`]), and the message carries its address and its key.
//!
//! * [`wire`]: Noise, certificates, frames, TLS
//! * [`connection`]: one task per socket, pairing and login; [`client`]: what its handlers see
//! * [`iq`], [`stanza`]: requests and stanzas from clients
//! * [`delivery`], [`notify`], [`presence`], [`receipts`], [`stream_error`], [`typing`]: stanzas to
//!   clients; [`node`]: parts of one; [`unlink`]: removal of a device
//! * [`groups`]: what members do in groups, and what the others get of it
//! * [`privacy_tokens`]: who may write to a restricted account; [`visibility`], [`blocking`]: who sees
//!   what of an account; [`acquaintances`]: who is told of changes; [`profile_picture`]: pictures
//! * [`world`]: accounts, devices, queues, the inboxes of the phones. Everything that handles
//!   stanzas uses it, and it uses none of that
//! * [`simulated_phone`], [`phone`]: the simulated phones
//! * [`control`], [`http`]: the control API; [`page`]: a page that uses it
//! * [`faults`]: injected faults; [`clock`]: the time in stanzas
//! * [`stats`][]: counters; `json`: fields of bodies; `lock`: locks

mod acquaintances;
mod blocking;
mod client;
mod clock;
mod config;
mod connection;
mod control;
mod delivery;
mod emulator;
mod faults;
mod groups;
mod http;
mod iq;
mod json;
mod lock;
mod node;
mod notify;
mod page;
pub mod phone;
mod presence;
mod privacy_tokens;
mod profile_picture;
mod receipts;
mod simulated_phone;
mod stanza;
mod stats;
mod stream_error;
mod typing;
mod unlink;
mod visibility;
mod wire;
mod world;

pub use config::Config;
pub use control::{
    ChatInfo, Control, ControlError, DeviceInfo, GroupChange, GroupInfo, GroupMember, LabelInfo,
    LastMessage, LoadReport, LoadRequest, MadeHistory, MembersChange, NewGroup, NewPhone,
    NewPrivacy, PhoneInfo, PhoneMessage, ReceiptType, RequestsAnswer, Scanned, Sent,
};
pub use emulator::Emulator;
pub use faults::{FaultKind, FaultRequest};
pub use phone::{
    Ad, ButtonReply, Card, ChatChange, ContactCard, HistoryKind, Label, LinkPreview, ListReply,
    LiveLocation, MediaInfo, MediaKind, MediaProblem, MessageContext, MessageKind, MessageStatus,
    Mute, NewContent, NewHistory, NewMedia, NewMessage, Order, Product, Quote, ReceivedUpdate,
    ShownContact, ShownPlace, ShownReaction, ShownVote, StatusQuote, Template, TemplateButton,
    TemplateReply, UpdateKind,
};
pub use stats::StatsReport;
pub use world::addressing::Addressing;
pub use world::business::{Business, OpeningHours};
pub use world::calls::{CallState, PlacedCall};
pub use world::groups::members::Role as GroupRole;
pub use world::presence::{Presence, Typing};
pub use world::presentation::Presentation;
pub use world::privacy::Audience;
