//! As whom, and into which chat, the server says a message came.

use wacore_binary::{Jid, Server};

use super::account::{Addressing, DeviceAddress};

/// The device id that a business hosted by Meta sends under.
const HOSTED_DEVICE: u16 = 99;

/// How a message is presented to the devices that get it. What is in it and its keys are the same.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Guise {
    /// From the device that sent it.
    #[default]
    Plain,
    /// To the members of a broadcast list, by the digits of its JID (`1700000000@broadcast`).
    Broadcast(String),
    /// From the hosted device of a business on the Cloud API: `…:99@hosted`, `…:99@hosted.lid`.
    Hosted,
    /// By LID and without the phone number that usually stands beside it.
    NumberWithheld,
}

impl Guise {
    /// The chat of a message to a broadcast list.
    pub(crate) fn broadcast(&self) -> Option<Jid> {
        match self {
            Self::Broadcast(list) => Some(Jid::new(list.as_str(), Server::Broadcast)),
            _ => None,
        }
    }

    /// The sender's JID.
    pub(crate) fn sender(&self, from: &DeviceAddress, addressing: Addressing) -> Jid {
        match self {
            Self::Hosted => from.jid(addressing).with_device_hosting(HOSTED_DEVICE, true),
            Self::NumberWithheld => from.jid(Addressing::Lid),
            Self::Plain | Self::Broadcast(_) => from.jid(addressing),
        }
    }
}
