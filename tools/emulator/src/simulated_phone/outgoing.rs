//! Messages a phone sends: to the recipient's devices and, as an echo, to its own companions.

use std::sync::Arc;

use rand::RngExt as _;
use wacore::send::stanza_type_from_message;
use wacore::types::message::EditAttribute;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};
use waproto::whatsapp::Message;

use super::media;
use crate::delivery::{Dispatch, enc_node};
use crate::notify;
use crate::phone::{
    Bundle, MessageContext, MessageStatus, MessageUpdate, NewContent, NewMedia, NewMessage, Phone,
    PhoneError, Uploaded,
};
use crate::privacy_tokens;
use crate::world::World;
use crate::world::account::{Account, Addressing, DeviceAddress};
use crate::world::presentation::Presentation;

/// Sends a text. Returns its id.
pub(crate) async fn send_text(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    text: &str,
    reply_to: Option<&str>,
    presentation: &Presentation,
) -> Result<String, PhoneError> {
    send(world, account, recipient, presentation, |phone, to| {
        phone.compose_text(to, text, reply_to)
    })
    .await
}

/// Sends a message of any content. Returns its id.
pub(crate) async fn send_content(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    content: Message,
    presentation: &Presentation,
) -> Result<String, PhoneError> {
    send(
        world,
        account,
        recipient,
        presentation,
        |phone, to| Ok(phone.compose_content(to, content)),
    )
    .await
}

/// Sends a text, file or card in its context. Returns its id.
pub(crate) async fn send_message(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    new: &NewMessage,
) -> Result<String, PhoneError> {
    let presentation = &Presentation::Plain;
    let NewMessage { content, context } = new;
    match content {
        NewContent::Text(text) => {
            send(world, account, recipient, presentation, |phone, to| {
                phone.compose_text_in(to, text, context)
            })
            .await
        }
        NewContent::LinkedText(text, preview) => {
            send(world, account, recipient, presentation, |phone, to| {
                phone.compose_linked_text(to, text, preview, context)
            })
            .await
        }
        NewContent::Card(card) => {
            send(world, account, recipient, presentation, |phone, to| {
                phone.compose_card(to, card, context)
            })
            .await
        }
        NewContent::Media(media) => send_media(world, account, recipient, media, context).await,
    }
}

/// Uploads a file and sends a message with it. Returns its id.
async fn send_media(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    new: &NewMedia,
    context: &MessageContext,
) -> Result<String, PhoneError> {
    let mut sealed = new.seal()?;
    let uploaded = media::upload(world, account, new.kind, &mut sealed)?;
    let direct_path = new.direct_path.clone().unwrap_or(uploaded);
    let file = Uploaded { sealed: &sealed, host: &world.media_host, direct_path: &direct_path };
    send(world, account, recipient, &Presentation::Plain, |phone, to| {
        phone.compose_media(to, new, file, context)
    })
    .await
}

/// Votes in a poll of the chat. Returns the id of the vote.
pub(crate) async fn send_vote(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    poll: &str,
    options: &[String],
) -> Result<String, PhoneError> {
    send(world, account, recipient, &Presentation::Plain, |phone, to| {
        phone.compose_vote(to, poll, options)
    })
    .await
}

/// Sets the chat's timer of disappearing messages. Returns the id of the setting.
pub(crate) async fn send_timer(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    seconds: u32,
) -> Result<String, PhoneError> {
    send(world, account, recipient, &Presentation::Plain, |phone, to| {
        Ok(phone.compose_timer(to, seconds))
    })
    .await
}

/// Sends an edit, revocation or reaction. Returns the id of its own stanza.
pub(crate) async fn send_update(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    update: &MessageUpdate,
) -> Result<String, PhoneError> {
    send(world, account, recipient, &Presentation::Plain, |phone, to| {
        phone.compose_update(to, update)
    })
    .await
}

/// Sends a message the phone composes. Returns its id.
async fn send(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
    presentation: &Presentation,
    compose: impl FnOnce(&mut Phone, &Jid) -> Result<(String, Message), PhoneError>,
) -> Result<String, PhoneError> {
    let addressing = account.directory().addressing;
    if *presentation == Presentation::Hosted {
        // A hosted device is another device, with sessions of its own.
        account.phone.lock().await.forget_sessions();
    }
    let bundles = missing_bundles(world, account, recipient).await;
    let mut phone = account.phone.lock().await;
    phone.learn_address(&recipient.jid(Addressing::Pn), &recipient.jid(Addressing::Lid));
    let (id, message) = compose(&mut phone, &recipient.jid(addressing))?;
    media::store_own(world, account, &id, &message);
    let dispatch = Dispatch {
        id: id.clone(),
        from: DeviceAddress::new(account, 0),
        recipient: recipient.clone(),
        addressing,
        stamp: world.clock.stamp_message(),
        peer: false,
        kind: stanza_type_from_message(&message).to_owned(),
        edit: edit_attribute(&message),
        extras: poll_meta(&message).into_iter().collect(),
        presentation: presentation.clone(),
    };
    privacy_tokens::issue_with_message(world, account, recipient, addressing);
    // The phone stays locked from here to the delivery, so that its messages leave in order.
    phone.chats_mut().advance(recipient.number(), [id.as_str()], MessageStatus::Sent);
    fan_out(world, &mut phone, &dispatch, &message, &bundles).await;
    drop(phone);
    world.changed();
    Ok(id)
}

/// A message's `edit`: `1` on edits, `7` on revocations of an own message or reaction.
pub(super) fn edit_attribute(message: &Message) -> Option<String> {
    EditAttribute::infer_from_message(message).map(|edit| edit.to_string_val().to_owned())
}

/// `<meta>` beside the ciphertext of a poll or vote, as WhatsApp's clients send it (whatsapp-rust
/// `infer_stanza_metadata`).
pub(super) fn poll_meta(message: &Message) -> Option<Node> {
    let is_poll = [
        &message.poll_creation_message,
        &message.poll_creation_message_v2,
        &message.poll_creation_message_v3,
    ]
    .into_iter()
    .any(|poll| poll.is_set());
    let part = match (is_poll, message.poll_update_message.is_set()) {
        (true, _) => "creation",
        (false, true) => "vote",
        (false, false) => return None,
    };
    Some(NodeBuilder::new("meta").attr("polltype", part).build())
}

/// Keys of a device the phone has no session with.
type Missing = (DeviceAddress, Bundle);

/// Fetches bundles for all devices of the chat that need one. The phone is not locked meanwhile,
/// since another phone's keys need that phone's lock.
async fn missing_bundles(
    world: &Arc<World>,
    account: &Arc<Account>,
    recipient: &Arc<Account>,
) -> Vec<Missing> {
    let mut devices = devices_of_chat(account, recipient);
    {
        let phone = account.phone.lock().await;
        devices.retain(|device| !phone.has_session(&device.jid(Addressing::Lid)));
    }
    let mut bundles = Vec::with_capacity(devices.len());
    for device in devices {
        if let Some(bundle) = take_bundle(world, &device).await {
            bundles.push((device, bundle));
        }
    }
    bundles
}

/// The recipient's devices and the sender's companions, without the sending phone.
fn devices_of_chat(account: &Arc<Account>, recipient: &Arc<Account>) -> Vec<DeviceAddress> {
    let mut devices = devices(account);
    devices.retain(|device| device.device != 0);
    if recipient.number() != account.number() {
        devices.extend(self::devices(recipient));
    }
    devices
}

fn devices(account: &Arc<Account>) -> Vec<DeviceAddress> {
    let ids = account.directory().device_ids();
    ids.into_iter().map(|id| DeviceAddress::new(account, id)).collect()
}

/// Returns the bundle the server issues for a session with a device; it uses up a one-time prekey.
pub(crate) async fn take_bundle(world: &World, device: &DeviceAddress) -> Option<Bundle> {
    if device.device == 0 {
        return Some(device.account.phone.lock().await.take_bundle());
    }
    let (bundle, left) = {
        let mut directory = device.account.directory();
        let companion = directory.companions.get_mut(&device.device)?;
        let bundle = companion.keys.take_bundle(&companion.device_identity);
        (bundle, companion.keys.one_time.len())
    };
    notify::prekeys_low(world, &device.account, device.device, left);
    Some(bundle)
}

/// Encrypts for every device of the chat and delivers the ciphertexts.
async fn fan_out(
    world: &World,
    phone: &mut Phone,
    dispatch: &Dispatch,
    message: &Message,
    bundles: &[Missing],
) {
    let account = &dispatch.from.account;
    let chat = dispatch.presentation.broadcast();
    let chat = chat.unwrap_or_else(|| dispatch.recipient.jid(dispatch.addressing));
    let echo = Phone::device_sent(message, &chat);
    for device in devices_of_chat(account, &dispatch.recipient) {
        let own = device.account.number() == account.number();
        let content = if own { &echo } else { message };
        encrypt_for(world, phone, dispatch, &device, content, bundles).await;
    }
}

async fn encrypt_for(
    world: &World,
    phone: &mut Phone,
    dispatch: &Dispatch,
    device: &DeviceAddress,
    content: &Message,
    bundles: &[Missing],
) {
    let jid = device.jid(Addressing::Lid);
    let bundle = bundles
        .iter()
        .find(|(missing, _)| {
            missing.device == device.device && missing.account.number() == device.account.number()
        })
        .map(|(_, bundle)| bundle)
        .filter(|_| !phone.has_session(&jid));
    match phone.encrypt(&jid, bundle, content).await {
        Ok(enc) => dispatch.deliver_to(world, device, &enc_node(enc, content)),
        // A device that was linked after the bundles were fetched gets the next message.
        Err(error) => tracing::debug!(%jid, %error, "phone could not encrypt for a device"),
    }
}

/// Encrypts one message again for one device, with new keys if the device sent any.
pub(super) async fn send_again(
    world: &Arc<World>,
    account: &Arc<Account>,
    dispatch: &Dispatch,
    to: &DeviceAddress,
    content: &Message,
    bundle: Option<Bundle>,
) {
    let bundle = match bundle {
        Some(bundle) => Some(bundle),
        None => take_bundle(world, to).await,
    };
    let jid = to.jid(Addressing::Lid);
    let mut phone = account.phone.lock().await;
    match phone.encrypt(&jid, bundle.as_ref(), content).await {
        Ok(enc) => dispatch.deliver_to(world, to, &enc_node(enc, content)),
        Err(error) => tracing::debug!(%jid, %error, "phone could not encrypt a retry"),
    }
}

/// Sends a newly linked companion the key of the synced settings.
pub(crate) async fn send_key_share(world: &Arc<World>, account: &Arc<Account>, device: u16) {
    let share = account.phone.lock().await.key_share();
    send_peer(world, account, device, &share).await;
}

/// Sends one companion a message that belongs to no chat.
pub(super) async fn send_peer(
    world: &Arc<World>,
    account: &Arc<Account>,
    device: u16,
    message: &Message,
) {
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
}

#[cfg(test)]
mod tests {
    use waproto::whatsapp::message::{PollCreationMessage, PollUpdateMessage};

    use super::*;
    use crate::stanza::attr;

    #[test]
    fn polls_and_votes_say_what_they_are() {
        let creation = PollCreationMessage::default();
        let creation = Message { poll_creation_message_v3: creation.into(), ..Message::default() };
        let vote = PollUpdateMessage::default();
        let vote = Message { poll_update_message: vote.into(), ..Message::default() };
        let part = |message: &Message| attr(&poll_meta(message)?, "polltype");
        assert_eq!(part(&creation).as_deref(), Some("creation"));
        assert_eq!(part(&vote).as_deref(), Some("vote"));
        assert_eq!(part(&Message::default()), None);
    }
}
