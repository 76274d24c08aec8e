//! Messages a phone sends: to the recipient's devices and, as an echo, to its own companions. Those to
//! groups go by [`groups`].

use std::sync::Arc;

use wacore::send::stanza_type_from_message;
use wacore::types::message::EditAttribute;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};
use waproto::whatsapp::Message;

use super::bundles::{devices_of_chat, missing_bundles};
use super::fan_out::fan_out;
use super::groups;
use super::media;
use crate::delivery::Dispatch;
use crate::phone::{
    MessageContext, MessageStatus, MessageUpdate, NewContent, NewMedia, NewMessage, Phone,
    PhoneError, Uploaded,
};
use crate::privacy_tokens;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::addressing::Addressing;
use crate::world::chat::Chat;
use crate::world::presentation::Presentation;

/// Sends a text. Returns its id.
pub(crate) async fn send_text(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    text: &str,
    reply_to: Option<&str>,
    presentation: &Presentation,
) -> Result<String, PhoneError> {
    send(world, account, chat, presentation, |phone, to| phone.compose_text(to, text, reply_to))
        .await
}

/// Sends a message of any content. Returns its id.
pub(crate) async fn send_content(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    content: Message,
    presentation: &Presentation,
) -> Result<String, PhoneError> {
    send(world, account, chat, presentation, |phone, to| Ok(phone.compose_content(to, content)))
        .await
}

/// Sends a text, file or card in its context. Returns its id.
pub(crate) async fn send_message(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    new: &NewMessage,
) -> Result<String, PhoneError> {
    let presentation = &Presentation::Plain;
    let NewMessage { content, context } = new;
    match content {
        NewContent::Text(text) => {
            send(world, account, chat, presentation, |phone, to| {
                phone.compose_text_in(to, text, context)
            })
            .await
        }
        NewContent::LinkedText(text, preview) => {
            send(world, account, chat, presentation, |phone, to| {
                phone.compose_linked_text(to, text, preview, context)
            })
            .await
        }
        NewContent::Card(card) => {
            send(world, account, chat, presentation, |phone, to| {
                phone.compose_card(to, card, context)
            })
            .await
        }
        NewContent::Media(media) => send_media(world, account, chat, media, context).await,
    }
}

/// Uploads a file and sends a message with it. Returns its id.
async fn send_media(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    new: &NewMedia,
    context: &MessageContext,
) -> Result<String, PhoneError> {
    let mut sealed = new.seal()?;
    let uploaded = media::upload(world, account, new.kind, &mut sealed)?;
    let direct_path = new.direct_path.clone().unwrap_or(uploaded);
    let file = Uploaded { sealed: &sealed, host: &world.media_host, direct_path: &direct_path };
    send(world, account, chat, &Presentation::Plain, |phone, to| {
        phone.compose_media(to, new, file, context)
    })
    .await
}

/// Votes in a poll of the chat. Returns the id of the vote.
pub(crate) async fn send_vote(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    poll: &str,
    options: &[String],
) -> Result<String, PhoneError> {
    send(world, account, chat, &Presentation::Plain, |phone, to| {
        phone.compose_vote(to, poll, options)
    })
    .await
}

/// Sets the chat's timer of disappearing messages. Returns the id of the setting.
pub(crate) async fn send_timer(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    seconds: u32,
) -> Result<String, PhoneError> {
    send(world, account, chat, &Presentation::Plain, |phone, to| {
        Ok(phone.compose_timer(to, seconds))
    })
    .await
}

/// Sends an edit, revocation or reaction. Returns the id of its own stanza.
pub(crate) async fn send_update(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    update: &MessageUpdate,
) -> Result<String, PhoneError> {
    send(world, account, chat, &Presentation::Plain, |phone, to| phone.compose_update(to, update))
        .await
}

/// Sends a message the phone composes. Returns its id. A group knows no presentations.
async fn send(
    world: &Arc<World>,
    account: &Arc<Account>,
    chat: &Chat,
    presentation: &Presentation,
    compose: impl FnOnce(&mut Phone, &Jid) -> Result<(String, Message), PhoneError>,
) -> Result<String, PhoneError> {
    let recipient = match chat {
        Chat::Person(recipient) => recipient,
        Chat::Group(group) => return groups::send(world, account, group, compose).await,
    };
    let addressing = account.directory().addressing;
    if *presentation == Presentation::Hosted {
        // A hosted device is another device, with sessions of its own.
        account.phone.lock().await.forget_sessions();
    }
    let devices = devices_of_chat(account, recipient);
    let bundles = missing_bundles(world, account, devices).await;
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

#[cfg(test)]
mod tests {
    use waproto::whatsapp::message::{PollCreationMessage, PollUpdateMessage};

    use super::*;
    use crate::node::attr;

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
