//! Presentation of a message: its sender and chat as the server reports them.

use wacore_binary::{Jid, Server};

use super::account::DeviceAddress;
use super::addressing::Addressing;

/// The device id that a business hosted by Meta sends under.
const HOSTED_DEVICE: u16 = 99;

/// The presentation of a message to its recipients. Content and keys are the same in all of them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub enum Presentation {
    /// The message comes from the device that sent it.
    #[default]
    Plain,
    /// The message goes to the members of a broadcast list, given by the digits of its JID
    /// (`1700000000@broadcast`).
    Broadcast(String),
    /// The message comes from the hosted device of a business on the Cloud API: `…:99@hosted`,
    /// `…:99@hosted.lid`.
    Hosted,
    /// The sender appears by LID, without the phone number that usually accompanies it.
    NumberWithheld,
}

impl Presentation {
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
