use wacore_binary::Jid;

use super::{ana, bia, companion::Companion, receive, send, text, text_of};
use crate::phone::{Bundle, EncKind, Phone, PhoneError};

#[tokio::test]
async fn the_first_messages_start_a_session_and_the_answer_settles_it() {
    let (mut ana, mut bia) = (ana(), bia());

    let first = send(&mut ana, &mut bia, &text("oi")).await;
    let second = send(&mut ana, &mut bia, &text("tudo bem?")).await;
    assert_eq!((first.kind, second.kind), (EncKind::PreKey, EncKind::PreKey));
    assert_eq!(text_of(&receive(&mut bia, &ana, &first).await.expect("opens")), "oi");
    assert_eq!(text_of(&receive(&mut bia, &ana, &second).await.expect("opens")), "tudo bem?");

    assert!(bia.has_session(&ana.lid()));
    let answer = send(&mut bia, &mut ana, &text("tudo")).await;
    assert_eq!(answer.kind, EncKind::Msg);
    assert_eq!(text_of(&receive(&mut ana, &bia, &answer).await.expect("opens")), "tudo");

    let settled = send(&mut ana, &mut bia, &text("que bom")).await;
    assert_eq!(settled.kind, EncKind::Msg);
    assert_eq!(text_of(&receive(&mut bia, &ana, &settled).await.expect("opens")), "que bom");
}

#[tokio::test]
async fn messages_open_in_any_order_and_only_once() {
    let (mut ana, mut bia) = (ana(), bia());
    let mut sealed = Vec::new();
    for number in 0..5 {
        sealed.push(send(&mut ana, &mut bia, &text(&number.to_string())).await);
    }

    for index in [3, 0, 4, 1, 2] {
        let opened = receive(&mut bia, &ana, &sealed[index]).await.expect("opens");
        assert_eq!(text_of(&opened), index.to_string());
    }

    for enc in &sealed {
        let again = receive(&mut bia, &ana, enc).await;
        assert!(matches!(again, Err(PhoneError::Duplicate)), "{again:?}");
    }
}

#[tokio::test]
async fn a_corrupted_message_is_an_error_and_harms_no_other() {
    let (mut ana, mut bia) = (ana(), bia());
    for kind in [EncKind::PreKey, EncKind::Msg] {
        let good = send(&mut ana, &mut bia, &text("oi")).await;
        assert_eq!(good.kind, kind);
        let mut corrupted = good.clone();
        let middle = corrupted.bytes.len() - 20;
        corrupted.bytes[middle] ^= 0x40;

        let refused = receive(&mut bia, &ana, &corrupted).await;
        assert!(matches!(refused, Err(PhoneError::Undecryptable(_))), "{refused:?}");
        assert_eq!(text_of(&receive(&mut bia, &ana, &good).await.expect("opens")), "oi");

        let answer = send(&mut bia, &mut ana, &text("oi")).await;
        receive(&mut ana, &bia, &answer).await.expect("opens");
    }
    let garbage = bia.decrypt(&ana.lid(), EncKind::Msg, b"").await;
    assert!(matches!(garbage, Err(PhoneError::Undecryptable(_))), "{garbage:?}");
}

#[tokio::test]
async fn without_session_or_bundle_there_is_no_message() {
    let (mut ana, bia) = (ana(), bia());

    let refused = ana.encrypt(&bia.lid(), None, &text("oi")).await;

    assert!(matches!(refused, Err(PhoneError::NoSession)), "{refused:?}");
}

#[tokio::test]
async fn a_bundle_with_a_forged_prekey_is_refused() {
    let (mut ana, mut bia) = (ana(), bia());
    let good = bia.take_bundle();
    let forged = Bundle { identity: ana.identity(), ..good };

    let refused = ana.encrypt(&bia.lid(), Some(&forged), &text("oi")).await;

    assert!(matches!(refused, Err(PhoneError::Signal(_))), "{refused:?}");
}

#[tokio::test]
async fn a_session_starts_without_a_one_time_prekey() {
    let (mut ana, mut bia) = (ana(), bia());
    let bundle = Bundle { one_time_prekey: None, ..bia.take_bundle() };

    let enc = ana.encrypt(&bia.lid(), Some(&bundle), &text("oi")).await.expect("encrypts");

    assert_eq!(text_of(&receive(&mut bia, &ana, &enc).await.expect("opens")), "oi");
}

#[tokio::test]
async fn a_phone_that_lost_its_session_reads_the_retry_with_new_keys() {
    let (mut ana, mut bia) = (ana(), bia());
    let enc = send(&mut ana, &mut bia, &text("1")).await;
    receive(&mut bia, &ana, &enc).await.expect("opens");

    bia.forget_sessions();
    let lost = send(&mut ana, &mut bia, &text("2")).await;
    let unreadable = receive(&mut bia, &ana, &lost).await;
    assert!(matches!(unreadable, Err(PhoneError::Undecryptable(_))), "{unreadable:?}");
    let bundle = bia.take_bundle();
    let retried = ana.encrypt(&bia.lid(), Some(&bundle), &text("2")).await.expect("encrypts");

    assert_eq!(retried.kind, EncKind::PreKey);
    assert_eq!(text_of(&receive(&mut bia, &ana, &retried).await.expect("opens")), "2");
    assert!(receive(&mut bia, &ana, &lost).await.is_err(), "its prekey was used up");
}

#[tokio::test]
async fn a_phone_registered_again_is_another_device_under_the_same_number() {
    let (mut ana, mut bia) = (ana(), bia());
    let enc = send(&mut ana, &mut bia, &text("1")).await;
    receive(&mut bia, &ana, &enc).await.expect("opens");
    Companion::played_by(&Phone::new("0", "0", "companion")).link(&mut bia);
    let identity = bia.identity();

    bia.reinstall();

    assert_ne!(bia.identity(), identity);
    assert!(bia.devices().is_empty());
    let old = send(&mut ana, &mut bia, &text("2")).await;
    let unreadable = receive(&mut bia, &ana, &old).await;
    assert!(matches!(unreadable, Err(PhoneError::Undecryptable(_))), "{unreadable:?}");
    let bundle = bia.take_bundle();
    ana.renew_session(&bia.lid(), &bundle).await.expect("starts");
    let new = send(&mut ana, &mut bia, &text("2")).await;
    assert_eq!(text_of(&receive(&mut bia, &ana, &new).await.expect("opens")), "2");
}

#[tokio::test]
async fn number_and_lid_are_one_session_once_both_are_known() {
    let (mut ana, mut bia) = (ana(), bia());
    let bundle = bia.take_bundle();
    let enc = ana.encrypt(&bia.jid(), Some(&bundle), &text("oi")).await.expect("encrypts");
    bia.decrypt(&ana.jid(), enc.kind, &enc.bytes).await.expect("opens");
    assert!(!ana.has_session(&bia.lid()), "the LID is not known yet");

    ana.learn_address(&bia.jid(), &bia.lid());
    bia.learn_address(&ana.jid(), &ana.lid());

    assert!(ana.has_session(&bia.lid()) && ana.has_session(&bia.jid()));
    let answer = bia.encrypt(&ana.lid(), None, &text("olá")).await.expect("encrypts");
    assert_eq!(answer.kind, EncKind::Msg);
    let opened = ana.decrypt(&bia.jid(), answer.kind, &answer.bytes).await.expect("opens");
    assert_eq!(text_of(&opened), "olá");
}

#[tokio::test]
async fn only_own_devices_may_echo_what_was_sent() {
    let (mut ana, mut bia) = (ana(), bia());
    let echo = Phone::device_sent(&text("oi"), &Jid::pn("5561999990009"));

    let foreign = send(&mut ana, &mut bia, &echo).await;
    let refused = receive(&mut bia, &ana, &foreign).await;
    assert!(matches!(refused, Err(PhoneError::InvalidContent(_))), "{refused:?}");

    let mut companion = Phone::new("0", "0", "companion");
    let device = Companion::played_by(&companion).link(&mut bia);
    let bundle = bia.take_bundle();
    let own = companion.encrypt(&bia.lid(), Some(&bundle), &echo).await.expect("encrypts");
    let from = bia.jid().with_device(device);
    let opened = bia.decrypt(&from, own.kind, &own.bytes).await.expect("opens");

    assert_eq!(text_of(&opened), "oi");
    assert_eq!(opened.sent_to, Some(Jid::pn("5561999990009")));
}
