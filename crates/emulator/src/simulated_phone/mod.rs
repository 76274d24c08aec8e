//! Network behaviour of a simulated phone.
//!
//! [`Phone`](crate::phone::Phone) holds keys and chats and starts nothing by itself. This module
//! is the device around it: it handles the [`Event`]s of its inbox in order, decrypts messages,
//! sends receipts, answers retries ([`incoming`], [`delivery_receipts`], [`retries`]), and fans out its user's messages
//! ([`outgoing`]). It uploads and downloads files ([`media`]) and uploads them again on request
//! ([`reupload`]), and gives its companions messages that they could not read
//! ([`placeholder_resend`]). Its user may register again ([`mod@reinstall`]).

pub(crate) mod call;
mod delivery_receipts;
pub(crate) mod incoming;
mod media;
pub(crate) mod outgoing;
mod placeholder_resend;
mod reinstall;
mod retries;
mod reupload;

use std::sync::Arc;

use tokio::sync::mpsc;
use wacore_binary::Node;

use crate::phone::{Bundle, Enc, MessageStatus};
use crate::world::World;
use crate::world::account::{Account, Addressing, DeviceAddress};

pub(crate) use delivery_receipts::send_withheld;
pub(crate) use outgoing::send_key_share;
pub(crate) use reinstall::reinstall;

/// An event for a phone.
pub(crate) enum Event {
    Message(InboundMessage),
    /// A receipt for messages of the phone's account.
    Receipt(Receipt),
    /// A device could not decrypt a message of this phone.
    Retry(Retry),
    /// A companion of the account could not download a file.
    Reupload(Reupload),
    /// The user read the chat with this account on a companion.
    ReadElsewhere(Arc<Account>),
    /// This account has a new phone with a new identity.
    NewIdentity(Arc<Account>),
}

/// A message for device 0.
pub(crate) struct InboundMessage {
    pub(crate) id: String,
    pub(crate) from: DeviceAddress,
    /// The account the chat is with, seen from the sender.
    pub(crate) recipient: Arc<Account>,
    pub(crate) addressing: Addressing,
    pub(crate) timestamp: i64,
    pub(crate) peer: bool,
    pub(crate) enc: Enc,
    /// The message leaves no placeholder while it cannot be decrypted (`decrypt-fail="hide"`).
    pub(crate) hide: bool,
    /// The sending companion's `ADVSignedDeviceIdentity`, present with a message that starts a
    /// session.
    pub(crate) device_identity: Option<Vec<u8>>,
}

/// A receipt for messages of the phone's account.
pub(crate) struct Receipt {
    pub(crate) from: Arc<Account>,
    /// The new status of the messages; `None` for receipts that are not shown (`inactive`).
    pub(crate) status: Option<MessageStatus>,
    pub(crate) ids: Vec<String>,
}

/// A retry receipt.
pub(crate) struct Retry {
    pub(crate) from: DeviceAddress,
    pub(crate) addressing: Addressing,
    pub(crate) id: String,
    /// The device's new keys, if it sent any.
    pub(crate) bundle: Option<Bundle>,
}

/// A companion's request for a file that it did not find on the media servers.
pub(crate) struct Reupload {
    /// Device id of the companion.
    pub(crate) device: u16,
    /// Id of the message with the file.
    pub(crate) id: String,
    /// The request, encrypted with the file's key, and its nonce.
    pub(crate) sealed: Vec<u8>,
    pub(crate) iv: Vec<u8>,
    /// `<rmr>`: the chat of the message, and its author. It is absent for files outside of chats.
    pub(crate) about: Option<Node>,
}

/// The phone's main loop. It handles the events of its inbox one after the other.
pub(crate) async fn run(
    world: Arc<World>,
    account: Arc<Account>,
    mut inbox: mpsc::UnboundedReceiver<Event>,
) {
    let draining = world.draining.clone();
    loop {
        let event = tokio::select! {
            biased;
            event = inbox.recv() => event,
            () = draining.cancelled() => {
                // Events that are in the inbox already are handled; no new ones are accepted.
                inbox.close();
                continue;
            }
        };
        let Some(event) = event else {
            return;
        };
        // Without a network the phone gets nothing, and so sends no receipts. Before the emulator
        // stops, it gets everything, since the messages were acknowledged.
        tokio::select! {
            () = account.phone_online() => {}
            () = draining.cancelled() => {}
        }
        match event {
            Event::Message(inbound) => incoming::handle_message(&world, &account, inbound).await,
            Event::Receipt(receipt) => incoming::handle_receipt(&account, receipt).await,
            Event::Retry(retry) => retries::answer(&world, &account, retry).await,
            Event::Reupload(request) => reupload::answer(&world, &account, request),
            Event::ReadElsewhere(other) => {
                account.phone.lock().await.chats_mut().mark_read(other.number());
            }
            Event::NewIdentity(other) => reinstall::on_new_identity(&world, &account, &other).await,
        }
        world.changed();
    }
}
