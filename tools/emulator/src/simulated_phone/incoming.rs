//! Messages and receipts that reach a phone.

use std::sync::Arc;

use waproto::whatsapp::Message;
use waproto::whatsapp::message::protocol_message::Type;

use super::peer::send_peer;
use super::retries::Unread;
use super::{delivery_receipts, history, media, placeholder_resend, retries};
use crate::phone::{Enc, EncKind, Envelope, MessageStatus, Opened, Phone, PhoneError};
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::inbox::{InboundMessage, Receipt};

/// Decrypts a message, shows it, and sends the delivery receipt or a retry receipt.
pub(super) async fn handle_message(
    world: &Arc<World>,
    account: &Arc<Account>,
    inbound: InboundMessage,
) {
    let sender = &inbound.from.account;
    let own = sender.number() == account.number();
    let other = if own { &inbound.recipient } else { sender };
    let envelope = Envelope {
        id: inbound.id.clone(),
        chat: other.jid(Addressing::Pn),
        sender: sender.jid(Addressing::Pn),
        timestamp: inbound.timestamp,
    };
    let opened = {
        let mut phone = account.phone.lock().await;
        phone.learn_address(&other.jid(Addressing::Pn), &other.jid(Addressing::Lid));
        let opened = open(&mut phone, &inbound).await;
        match &opened {
            Ok(Opened { message, .. }) if !inbound.peer => {
                if own {
                    phone.record_outgoing(&envelope, message, MessageStatus::Sent);
                } else {
                    phone.record_incoming(&envelope, message);
                }
                if let Err(problem) = media::download(world, account, &inbound.id, message) {
                    phone.record_media_problem(&envelope, problem);
                }
            }
            Ok(_) | Err(PhoneError::Duplicate) => {}
            Err(_) if inbound.peer || inbound.hide => {}
            Err(_) => {
                phone.record_undecryptable(&envelope);
            }
        }
        opened
    };
    {
        let mut directory = account.directory();
        directory.chat_addressing.insert(other.number().to_owned(), inbound.addressing);
        if !own {
            directory.typing.forget(sender.number(), sender.number());
        }
    }

    match opened {
        Ok(opened) if inbound.peer => peer_message(world, account, &inbound, &opened.message).await,
        Ok(_) | Err(PhoneError::Duplicate) => {
            retries::forget(account, &inbound.id);
            if !own {
                delivery_receipts::send(world, account, sender, inbound.addressing, &inbound.id);
            }
        }
        Err(error) => {
            if matches!(error, PhoneError::DeviceIdentity(_)) {
                world.stats.refused_senders.add(1);
            }
            tracing::debug!(%error, "phone asks for a message again");
            retries::ask(world, account, Unread::of_person(account, &inbound)).await;
        }
    }
}

/// Decrypts a message. The keys that start a session must be signed by the sender's account, and a
/// copy from an own companion must belong to the chat it was delivered for.
async fn open(phone: &mut Phone, inbound: &InboundMessage) -> Result<Opened, PhoneError> {
    let from = inbound.from.jid(Addressing::Lid);
    let Enc { kind, bytes } = &inbound.enc;
    if *kind == EncKind::PreKey {
        phone.verify_sender(&from, bytes, inbound.device_identity.as_deref())?;
    }
    let opened = phone.decrypt(&from, *kind, bytes).await?;
    let elsewhere = opened.sent_to.as_ref().is_some_and(|chat| !inbound.recipient.owns(chat));
    if elsewhere {
        return Err(PhoneError::InvalidContent("a copy of another chat's message"));
    }
    Ok(opened)
}

/// Handles a companion's request to its phone.
async fn peer_message(
    world: &Arc<World>,
    account: &Arc<Account>,
    inbound: &InboundMessage,
    message: &Message,
) {
    let Some(protocol) = message.protocol_message.as_option() else { return };
    match protocol.r#type {
        Some(Type::APP_STATE_SYNC_KEY_REQUEST) => {
            let share = account.phone.lock().await.key_share();
            send_peer(world, account, inbound.from.device, &share).await;
        }
        Some(Type::PEER_DATA_OPERATION_REQUEST_MESSAGE) => {
            let request = &protocol.peer_data_operation_request_message;
            placeholder_resend::answer(world, account, inbound, request).await;
            history::answer(world, account, inbound, request).await;
        }
        _ => {}
    }
}

/// Updates the status of sent messages.
pub(super) async fn handle_receipt(account: &Arc<Account>, receipt: Receipt) {
    let Some(status) = receipt.status else {
        return;
    };
    let mut phone = account.phone.lock().await;
    let ids = receipt.ids.iter().map(String::as_str);
    phone.chats_mut().advance(receipt.from.number(), ids, status);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::MessageKind;
    use crate::simulated_phone;
    use crate::wire::identity::ServerIdentity;
    use crate::world::account::DeviceAddress;

    /// Creates Ana's phone and Bia's, and a message to Ana that claims to come from Bia's first
    /// companion.
    async fn message_from_a_companion(world: &Arc<World>) -> (Arc<Account>, InboundMessage) {
        let add = |name| world.add_account(None, Some(name), Addressing::Lid).expect("a number");
        let (ana, bia) = (add("Ana"), add("Bia"));
        let bundle = ana.phone.lock().await.take_bundle();
        let text = Message { conversation: Some("oi".to_owned()), ..Default::default() };
        let enc = Phone::new("0", "0", "a computer")
            .encrypt(&ana.jid(Addressing::Lid), Some(&bundle), &text)
            .await
            .expect("seals");
        let inbound = InboundMessage {
            id: "3EB0".to_owned(),
            from: DeviceAddress::new(&bia, 1),
            recipient: ana.clone(),
            addressing: Addressing::Lid,
            timestamp: 1,
            peer: false,
            enc,
            hide: false,
            device_identity: None,
        };
        (ana, inbound)
    }

    #[tokio::test]
    async fn a_companion_its_account_did_not_sign_is_refused_and_counted() {
        let identity = ServerIdentity::generate().expect("keys");
        let world = Arc::new(World::new(identity, "localhost".to_owned(), simulated_phone::start));
        let (ana, forged) = message_from_a_companion(&world).await;
        let bia = forged.from.account.number().to_owned();

        handle_message(&world, &ana, forged).await;

        assert_eq!(world.stats.report().refused_senders, 1);
        let phone = ana.phone.lock().await;
        let (_, chat) = phone.chats().iter().find(|(with, _)| *with == bia).expect("a row");
        let last = chat.last().expect("a row");
        assert_eq!((last.kind, last.text.as_deref()), (MessageKind::Undecryptable, None));
        assert!(!phone.has_session(
            &DeviceAddress::new(&world.account(&bia).expect("Bia"), 1).jid(Addressing::Lid)
        ));
    }
}
