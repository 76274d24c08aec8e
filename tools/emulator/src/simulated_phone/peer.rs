//! Messages of a phone to one of its companions, which belong to no chat.

use std::sync::Arc;

use rand::RngExt as _;
use waproto::whatsapp::Message;

use super::bundles::take_bundle;
use crate::delivery::{Dispatch, enc_node};
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::presentation::Presentation;

/// Sends a newly linked companion the key of the synced settings.
pub(crate) async fn send_key_share(world: &Arc<World>, account: &Arc<Account>, device: u16) {
    let share = account.phone.lock().await.key_share();
    send_peer(world, account, device, &share).await;
}

/// Sends one companion such a message. Returns its id.
pub(super) async fn send_peer(
    world: &Arc<World>,
    account: &Arc<Account>,
    device: u16,
    message: &Message,
) -> String {
    let to = DeviceAddress::new(account, device);
    let jid = to.jid(Addressing::Lid);
    let known = account.phone.lock().await.has_session(&jid);
    let bundle = match known {
        true => None,
        false => take_bundle(world, &to).await,
    };
    let dispatch = Dispatch {
        id: format!("AC{}", hex::encode_upper(rand::rng().random::<[u8; 15]>())),
        from: DeviceAddress::new(account, 0),
        recipient: account.clone(),
        addressing: account.directory().addressing,
        stamp: world.clock.stamp(),
        peer: true,
        kind: "text".to_owned(),
        edit: None,
        extras: Vec::new(),
        presentation: Presentation::Plain,
    };
    let mut phone = account.phone.lock().await;
    phone.keep_peer_message(&dispatch.id, message);
    match phone.encrypt(&jid, bundle.as_ref(), message).await {
        Ok(enc) => dispatch.deliver_to(world, &to, &enc_node(enc, message)),
        Err(error) => tracing::warn!(%jid, %error, "phone could not encrypt a peer message"),
    }
    dispatch.id
}
