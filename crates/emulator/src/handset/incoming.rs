//! Letters and receipts that reach a phone.

use std::sync::Arc;

use waproto::whatsapp::Message;
use waproto::whatsapp::message::protocol_message::Type;

use super::{Letter, Notice, outgoing, retries};
use crate::phone::{Enc, EncKind, Envelope, MessageStatus, Opened, Phone, PhoneError};
use crate::stanza::receipt::{Passing, pass_on};
use crate::world::World;
use crate::world::account::{Account, Addressing, DeviceAddress};

/// Decrypts a message, shows it, and sends the delivery receipt or a retry receipt.
pub(super) async fn letter(world: &Arc<World>, account: &Arc<Account>, letter: Letter) {
    let sender = &letter.from.account;
    let own = sender.number() == account.number();
    let other = if own { &letter.recipient } else { sender };
    let envelope = Envelope {
        id: letter.id.clone(),
        chat: other.jid(Addressing::Pn),
        sender: sender.jid(Addressing::Pn),
        timestamp: letter.timestamp,
    };
    let opened = {
        let mut phone = account.phone.lock().await;
        phone.learn_address(&other.jid(Addressing::Pn), &other.jid(Addressing::Lid));
        let opened = open(&mut phone, &letter).await;
        match &opened {
            Ok(Opened { message, .. }) if !letter.peer => {
                if own {
                    phone.record_outgoing(&envelope, message, MessageStatus::Sent);
                } else {
                    phone.record_incoming(&envelope, message);
                }
            }
            Ok(_) | Err(PhoneError::Duplicate) => {}
            Err(_) if letter.peer => {}
            Err(_) => {
                phone.record_undecryptable(&envelope);
            }
        }
        opened
    };
    account.directory().chat_addressing.insert(other.number().to_owned(), letter.addressing);

    match opened {
        Ok(opened) if letter.peer => peer_message(world, account, &letter, &opened.message).await,
        Ok(_) | Err(PhoneError::Duplicate) => {
            retries::forget(account, &letter.id);
            if !own {
                pass_on(
                    world,
                    &Passing {
                        from: &DeviceAddress::new(account, 0),
                        to: sender,
                        addressing: letter.addressing,
                        kind: None,
                        ids: std::slice::from_ref(&letter.id),
                    },
                );
            }
        }
        Err(error) => {
            tracing::debug!(%error, "phone asks for a message again");
            retries::ask(world, account, &letter).await;
        }
    }
}

/// Decrypts a letter; the keys that start a session must be signed by the sender's account.
async fn open(phone: &mut Phone, letter: &Letter) -> Result<Opened, PhoneError> {
    let from = letter.from.jid(Addressing::Lid);
    let Enc { kind, bytes } = &letter.enc;
    if *kind == EncKind::PreKey {
        phone.verify_sender(&from, bytes, letter.device_identity.as_deref())?;
    }
    phone.decrypt(&from, *kind, bytes).await
}

/// What a companion asks of its phone.
async fn peer_message(
    world: &Arc<World>,
    account: &Arc<Account>,
    letter: &Letter,
    message: &Message,
) {
    let asked = message.protocol_message.as_option().and_then(|m| m.r#type);
    if asked == Some(Type::APP_STATE_SYNC_KEY_REQUEST) {
        let share = account.phone.lock().await.key_share();
        outgoing::send_peer(world, account, letter.from.device, &share).await;
    }
}

/// Moves the ticks of sent messages on.
pub(super) async fn notice(account: &Arc<Account>, notice: Notice) {
    let Some(status) = notice.status else {
        return;
    };
    let mut phone = account.phone.lock().await;
    let ids = notice.ids.iter().map(String::as_str);
    phone.chats_mut().advance(notice.from.number(), ids, status);
}
