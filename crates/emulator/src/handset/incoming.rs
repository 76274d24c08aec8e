//! Letters and receipts that reach a phone.

use std::sync::Arc;

use waproto::whatsapp::Message;
use waproto::whatsapp::message::protocol_message::Type;

use super::{Letter, Notice, media, outgoing, retries};
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
                if let Err(problem) = media::download(world, account, &letter.id, message) {
                    phone.record_media_problem(&envelope, problem);
                }
            }
            Ok(_) | Err(PhoneError::Duplicate) => {}
            Err(_) if letter.peer || letter.hide => {}
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
            if matches!(error, PhoneError::DeviceIdentity(_)) {
                world.stats.refused_senders.add(1);
            }
            tracing::debug!(%error, "phone asks for a message again");
            retries::ask(world, account, &letter).await;
        }
    }
}

/// Decrypts a letter; the keys that start a session must be signed by the sender's account, and a
/// copy from an own companion must be of the chat it was delivered for.
async fn open(phone: &mut Phone, letter: &Letter) -> Result<Opened, PhoneError> {
    let from = letter.from.jid(Addressing::Lid);
    let Enc { kind, bytes } = &letter.enc;
    if *kind == EncKind::PreKey {
        phone.verify_sender(&from, bytes, letter.device_identity.as_deref())?;
    }
    let opened = phone.decrypt(&from, *kind, bytes).await?;
    let elsewhere = opened.sent_to.as_ref().is_some_and(|chat| !letter.recipient.owns(chat));
    if elsewhere {
        return Err(PhoneError::InvalidContent("a copy of another chat's message"));
    }
    Ok(opened)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::phone::MessageKind;
    use crate::wire::identity::ServerIdentity;

    /// Ana's phone and Bia's, and a letter to Ana from what says it is Bia's first companion.
    async fn letter_from_a_companion(world: &Arc<World>) -> (Arc<Account>, Letter) {
        let add = |name| world.add_account(None, Some(name), Addressing::Lid).expect("a number");
        let (ana, bia) = (add("Ana"), add("Bia"));
        let bundle = ana.phone.lock().await.take_bundle();
        let text = Message { conversation: Some("oi".to_owned()), ..Default::default() };
        let enc = Phone::new("0", "0", "a computer")
            .encrypt(&ana.jid(Addressing::Lid), Some(&bundle), &text)
            .await
            .expect("seals");
        let letter = Letter {
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
        (ana, letter)
    }

    #[tokio::test]
    async fn a_companion_its_account_did_not_sign_is_refused_and_counted() {
        let identity = ServerIdentity::generate().expect("keys");
        let world = Arc::new(World::new(identity, "localhost".to_owned()));
        let (ana, forged) = letter_from_a_companion(&world).await;
        let bia = forged.from.account.number().to_owned();

        letter(&world, &ana, forged).await;

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
