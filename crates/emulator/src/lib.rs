//! A WhatsApp server for tests and demonstrations, with simulated phones behind it.
//!
//! Unmodified multi-device clients connect to [`Emulator::ws_url`], pair with a phone by QR or
//! code, and chat; what phones do is steered through [`Control`] or, from other processes, over
//! HTTP. Nothing here is part of the product.
//!
//! How a message travels: [`connection`] reads stanzas from a client; [`stanza`] and [`iq`] deal
//! with them; [`delivery`] takes a message to a device, which is either a companion's queue in
//! [`world`] or the inbox of a [`handset`], whose [`phone`] decrypts it with its own Signal state.
//!
//! A file goes beside the messages: whoever sends one encrypts it and uploads it to the media
//! servers ([`http`], kept in [`world`]), and the message says where it is and what opens it.
//!
//! * [`wire`]: Noise, certificates, frames, TLS
//! * [`connection`]: one task per socket, pairing and login
//! * [`iq`], [`stanza`]: what clients ask and send
//! * [`delivery`], [`notify`], [`presence`]: what clients get
//! * [`world`]: accounts, devices, queues
//! * [`handset`], [`phone`]: the simulated phones
//! * [`control`], [`http`]: steering it all; [`page`]: the same for a person
//! * [`faults`]: what goes wrong on request; [`clock`]: the time in stanzas
//! * [`stats`]

mod clock;
mod config;
mod connection;
mod control;
mod delivery;
mod emulator;
mod faults;
mod handset;
mod http;
mod iq;
mod notify;
mod page;
pub mod phone;
mod presence;
mod stanza;
mod stats;
mod wire;
mod world;

pub use config::Config;
pub use control::{
    ChatInfo, Control, ControlError, DeviceInfo, Last, LoadReport, LoadRequest, NewPhone,
    PhoneInfo, PhoneMessage, Reading, Scanned, Sent,
};
pub use emulator::Emulator;
pub use faults::{FaultKind, FaultRequest};
pub use phone::{Card, MediaInfo, MediaKind, MediaProblem, MessageKind, MessageStatus, NewMedia};
pub use stats::StatsReport;
pub use world::account::{Addressing, Presence, Typing};
pub use world::guise::Guise;
