use super::{ana, bia, companion::Companion, receive, send, text, text_of};
use crate::phone::Phone;

fn restarted(phone: &Phone) -> Phone {
    let saved = serde_json::to_string(phone).expect("serialises");
    serde_json::from_str(&saved).expect("deserialises")
}

#[tokio::test]
async fn a_conversation_goes_on_after_both_phones_restart() {
    let (mut ana, mut bia) = (ana(), bia());
    let enc = send(&mut ana, &mut bia, &text("1")).await;
    let (mut ana, mut bia) = (restarted(&ana), restarted(&bia));
    receive(&mut bia, &ana, &enc).await.expect("the prekey handed out before is still there");

    for number in 2..5 {
        let number = number.to_string();
        let enc = send(&mut bia, &mut ana, &text(&number)).await;
        assert_eq!(text_of(&receive(&mut ana, &bia, &enc).await.expect("opens")), number);
        (ana, bia) = (restarted(&ana), restarted(&bia));
    }
}

#[tokio::test]
async fn a_state_file_older_than_the_last_messages_repeats_no_key() {
    let (mut ana, mut bia) = (ana(), bia());
    let first = send(&mut ana, &mut bia, &text("saved")).await;
    receive(&mut bia, &ana, &first).await.expect("opens");
    let mut older = restarted(&ana);
    for _ in 0..5 {
        let enc = send(&mut ana, &mut bia, &text("after the save")).await;
        receive(&mut bia, &ana, &enc).await.expect("opens");
    }

    let enc = send(&mut older, &mut bia, &text("after the crash")).await;

    assert_eq!(text_of(&receive(&mut bia, &older, &enc).await.expect("opens")), "after the crash");
}

#[tokio::test]
async fn a_long_monologue_with_a_restart_in_it_arrives_whole() {
    let (mut ana, mut bia) = (ana(), bia());
    for number in 0..300 {
        if number == 150 {
            ana = restarted(&ana);
        }
        let number = number.to_string();
        let enc = send(&mut ana, &mut bia, &text(&number)).await;
        assert_eq!(text_of(&receive(&mut bia, &ana, &enc).await.expect("opens")), number);
    }
}

#[test]
fn devices_settings_and_messages_are_kept() {
    let mut phone = ana();
    let companion = Companion::new();
    let id = companion.link(&mut phone);
    let (message, _) = phone.compose_text(&bia().lid(), "oi", None).expect("writes");
    phone.set_name("Ana Maria");
    phone.keep_peer_message("AC01", &phone.key_share());

    let phone = restarted(&phone);

    assert_eq!(phone.name(), "Ana Maria");
    assert_eq!(phone.device(id).map(|device| device.identity), Some(companion.identity()));
    assert_eq!(phone.app_state_collection("critical_block", 0).version, 2);
    let (to, sent) = phone.sent_message(&message).expect("is kept for retries");
    assert_eq!(to, bia().lid());
    assert_eq!(sent.conversation.as_deref(), Some("oi"));
    assert!(!phone.is_peer_message(&message));
    let (to, sent) = phone.sent_message("AC01").expect("is kept for retries");
    assert_eq!(to, phone.jid());
    assert!(sent.protocol_message.is_set() && phone.is_peer_message("AC01"));
}
