//! Polls with encrypted votes, both ways.

use emulator::{Card, MessageKind, NewMessage};
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::poll::{PollVoteCiphertext, compute_option_hash};

use crate::client::{TIMEOUT, TestClient, emulator};

fn options(number: usize) -> Vec<String> {
    (1..=number).map(|option| format!("opção {option}")).collect()
}

#[tokio::test]
async fn a_clients_vote_is_decrypted_by_both_phones_and_replaces_the_earlier_one() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let poll = Card::MultipleChoice { question: "Quais?".into(), options: options(12) };
    emulator.send_message(&customer.number, &me.phone, NewMessage::card(poll)).await.unwrap();
    let received = client.message().await;
    let poll = received.message.poll_creation_message.as_option().unwrap();
    assert_eq!((poll.options.len(), poll.selectable_options_count), (12, Some(0)));
    let secret = received.message.message_context_info.message_secret.clone().unwrap();
    let source = &received.info.source;
    // The phone of the account has to know the poll before it can read the votes.
    emulator.until(&me.phone, &customer.number, TIMEOUT, |chat| chat.len() == 1).await.unwrap();

    for chosen in [options(3), options(1)] {
        let polls = client.client.polls();
        polls
            .vote(source.chat.clone(), &received.info.id, &source.sender, &secret, &chosen)
            .await
            .unwrap();
        for (phone, with) in [(&customer.number, &me.phone), (&me.phone, &customer.number)] {
            let voted = |chat: &[emulator::PhoneMessage]| {
                chat[0].votes.iter().any(|vote| vote.from == me.phone && vote.options == chosen)
            };
            let chat = emulator.until(phone, with, TIMEOUT, voted).await.unwrap();
            let vote = chat.last().unwrap();
            assert_eq!(
                (vote.kind, vote.quoted.as_ref()),
                (MessageKind::PollVote, Some(&chat[0].id))
            );
            assert_eq!((&vote.options, chat[0].votes.len()), (&chosen, 1));
        }
    }
}

#[tokio::test]
async fn a_phones_vote_is_decrypted_by_the_client_that_asked() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let to: Jid = customer.jid.parse().unwrap();
    let (sent, secret) =
        client.client.polls().create(to, "Que dia?", &options(2), 1).await.unwrap();
    emulator.until(&customer.number, &me.phone, TIMEOUT, |chat| chat.len() == 1).await.unwrap();

    let poll = sent.message_id.as_str();
    let vote =
        async |options: &[String]| emulator.vote(&customer.number, &me.phone, poll, options).await;
    assert!(vote(&options(2)).await.is_err(), "one answer only");
    assert!(vote(&["outra".to_owned()]).await.is_err(), "no such option");
    vote(&options(1)).await.unwrap();

    let received = client.message().await;
    let update = received.message.poll_update_message.as_option().unwrap();
    assert_eq!(update.poll_creation_message_key.id.as_deref(), Some(poll));
    let ciphertext = PollVoteCiphertext {
        enc_payload: update.vote.enc_payload.as_deref().unwrap(),
        enc_iv: update.vote.enc_iv.as_deref().unwrap(),
    };
    let creator: Jid = me.lid.parse().unwrap();
    let voter: Jid = customer.lid.parse().unwrap();
    let polls = client.client.polls();
    let hashes = polls.decrypt_vote(ciphertext, &secret, poll, &creator, &voter).await.unwrap();
    assert_eq!(hashes, [compute_option_hash("opção 1").to_vec()]);
}
