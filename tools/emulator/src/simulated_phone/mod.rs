//! Network behaviour of a simulated phone.
//!
//! [`Phone`](crate::phone::Phone) holds keys and chats and starts nothing by itself. This module
//! is the device around it: it handles the [`Event`]s of its inbox in order, decrypts messages,
//! sends receipts, answers retries ([`incoming`], [`delivery_receipts`], [`retries`]), and sends
//! its user's messages ([`outgoing`]): [`bundles`] has the keys of new sessions, [`fan_out`] encrypts
//! for each device; [`groups`] does the same in groups. [`peer`] sends what belongs to no chat. It uploads and downloads files ([`media`]) and uploads them again on request
//! ([`reupload`]), and gives its companions messages that they could not read
//! ([`placeholder_resend`]) and its history ([`history`]). Its user may register again
//! ([`mod@reinstall`]).

pub(crate) mod bundles;
pub(crate) mod call;
mod delivery_receipts;
mod fan_out;
mod groups;
mod history;
pub(crate) mod incoming;
mod media;
pub(crate) mod outgoing;
mod peer;
mod placeholder_resend;
mod reinstall;
mod retries;
mod reupload;

use std::sync::Arc;

use futures::future::BoxFuture;
use tokio::sync::mpsc;

use crate::world::World;
use crate::world::account::Account;
use crate::world::inbox::Event;

pub(crate) use delivery_receipts::send_withheld;
pub(crate) use peer::send_key_share;
pub(crate) use reinstall::reinstall;

/// Starts the main loop of a phone.
pub(crate) fn start(
    world: Arc<World>,
    account: Arc<Account>,
    inbox: mpsc::UnboundedReceiver<Event>,
) -> BoxFuture<'static, ()> {
    Box::pin(run(world, account, inbox))
}

/// The phone's main loop. It handles the events of its inbox one after the other.
async fn run(world: Arc<World>, account: Arc<Account>, mut inbox: mpsc::UnboundedReceiver<Event>) {
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
            Event::GroupMessage(inbound) => {
                groups::handle_message(&world, &account, inbound).await;
            }
            Event::GroupReceipt(receipt) => {
                groups::handle_receipt(&world, &account, receipt).await;
            }
            Event::DeviceOnline(device) => history::resume(&world, &account, device).await,
            Event::HistoryReceipt { device, id } => {
                history::confirmed(&world, &account, device, &id).await;
            }
            Event::ReadElsewhere(chat) => {
                account.phone.lock().await.chats_mut().mark_read(&chat);
            }
            Event::NewIdentity(other) => reinstall::on_new_identity(&world, &account, &other).await,
        }
        world.changed();
    }
}
