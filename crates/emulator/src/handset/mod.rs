//! What a simulated phone does on the network.
//!
//! [`Phone`](crate::phone::Phone) holds keys and chats and decides nothing by itself. Here is the
//! device around it: it takes [`Event`]s from its inbox in order, decrypts letters, sends
//! receipts, answers retries ([`incoming`], [`retries`]), and fans out what its user writes
//! ([`outgoing`]). Files it uploads, downloads ([`media`]) and uploads again ([`reupload`]). Its
//! user may register again ([`mod@reinstall`]).

pub(crate) mod call;
pub(crate) mod incoming;
mod media;
pub(crate) mod outgoing;
mod reinstall;
mod retries;
mod reupload;

use std::sync::Arc;

use tokio::sync::mpsc;
use wacore_binary::Node;

use crate::phone::{Bundle, Enc, MessageStatus};
use crate::world::World;
use crate::world::account::{Account, Addressing, DeviceAddress};

pub(crate) use outgoing::welcome;
pub(crate) use reinstall::reinstall;

/// Something that reaches a phone.
pub(crate) enum Event {
    Letter(Letter),
    /// News about messages the phone's account sent.
    Notice(Notice),
    /// A device could not read a message of this phone.
    Retry(Retry),
    /// A companion of the account could not download a file.
    Reupload(Reupload),
    /// The user read the chat with this account on a companion.
    ReadElsewhere(Arc<Account>),
    /// This account has a new phone with a new identity.
    NewIdentity(Arc<Account>),
}

/// A message for device 0.
pub(crate) struct Letter {
    pub(crate) id: String,
    pub(crate) from: DeviceAddress,
    /// The account the chat is with, seen from the sender.
    pub(crate) recipient: Arc<Account>,
    pub(crate) addressing: Addressing,
    pub(crate) timestamp: i64,
    pub(crate) peer: bool,
    pub(crate) enc: Enc,
    /// It leaves no placeholder while it cannot be read (`decrypt-fail="hide"`).
    pub(crate) hide: bool,
    /// The sending companion's `ADVSignedDeviceIdentity`, beside a message that starts a session.
    pub(crate) device_identity: Option<Vec<u8>>,
}

/// A receipt for messages of the phone's account.
pub(crate) struct Notice {
    pub(crate) from: Arc<Account>,
    /// What became of them; `None` for receipts nobody sees (`inactive`).
    pub(crate) status: Option<MessageStatus>,
    pub(crate) ids: Vec<String>,
}

/// A retry receipt.
pub(crate) struct Retry {
    pub(crate) from: DeviceAddress,
    pub(crate) addressing: Addressing,
    pub(crate) id: String,
    /// The device's new keys, if it sent them along.
    pub(crate) bundle: Option<Bundle>,
}

/// A companion asks for a file that it did not find on the media servers.
pub(crate) struct Reupload {
    /// Device id of the companion.
    pub(crate) device: u16,
    /// Id of the message with the file.
    pub(crate) id: String,
    /// The request, sealed under the file's key, and its nonce.
    pub(crate) sealed: Vec<u8>,
    pub(crate) iv: Vec<u8>,
    /// `<rmr>`: the chat of the message, and who wrote it. Left out for files of no chat.
    pub(crate) about: Option<Node>,
}

/// A phone's life: everything from its inbox, one after the other.
pub(crate) async fn run(
    world: Arc<World>,
    account: Arc<Account>,
    mut inbox: mpsc::UnboundedReceiver<Event>,
) {
    let settling = world.settling.clone();
    loop {
        let event = tokio::select! {
            biased;
            event = inbox.recv() => event,
            () = settling.cancelled() => {
                // What is in already is dealt with; nothing more comes in.
                inbox.close();
                continue;
            }
        };
        let Some(event) = event else {
            return;
        };
        match event {
            Event::Letter(letter) => incoming::letter(&world, &account, letter).await,
            Event::Notice(notice) => incoming::notice(&account, notice).await,
            Event::Retry(retry) => retries::answer(&world, &account, retry).await,
            Event::Reupload(asked) => reupload::answer(&world, &account, asked),
            Event::ReadElsewhere(other) => {
                account.phone.lock().await.chats_mut().mark_read(other.number());
            }
            Event::NewIdentity(other) => reinstall::heard(&world, &account, &other).await,
        }
        world.changed();
    }
}
