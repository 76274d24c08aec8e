use wacore_binary::Jid;

use super::{ana, bia, text};
use crate::phone::{EncKind, Phone, PhoneError};

fn group() -> Jid {
    Jid::group("120363041234567890")
}

fn caio() -> Phone {
    Phone::new("5561999990003", "100000000000003", "Caio")
}

/// Gives another phone the sender's key for the group, as it comes with a message.
async fn give_key(from: &mut Phone, to: &mut Phone) {
    let bundle = (!from.has_session(&to.lid())).then(|| to.take_bundle());
    let key = from.group_key(&group()).await.expect("a key");
    let enc = from.encrypt(&to.lid(), bundle.as_ref(), &key).await.expect("encrypts");
    let opened = to.decrypt(&from.lid(), enc.kind, &enc.bytes).await.expect("opens");
    to.take_group_key(&group(), &from.lid(), &opened.message).await.expect("takes the key");
    from.gave_group_key(&group(), &to.lid());
}

async fn read(phone: &mut Phone, from: &Phone, sealed: &[u8]) -> Result<String, PhoneError> {
    let opened = phone.decrypt_group(&group(), &from.lid(), sealed).await?;
    Ok(opened.conversation.unwrap_or_default())
}

#[tokio::test]
async fn who_has_the_key_reads_and_nobody_else() {
    let (mut ana, mut bia, mut caio) = (ana(), bia(), caio());
    give_key(&mut ana, &mut bia).await;
    let sealed = ana.encrypt_group(&group(), &text("oi")).await.expect("encrypts");
    assert_eq!(read(&mut bia, &ana, &sealed).await.expect("opens"), "oi");
    let again = read(&mut bia, &ana, &sealed).await;
    assert!(matches!(again, Err(PhoneError::Duplicate)), "{again:?}");
    let refused = read(&mut caio, &ana, &sealed).await;
    assert!(matches!(refused, Err(PhoneError::Undecryptable(_))), "{refused:?}");

    // A key that comes later opens what comes later.
    give_key(&mut ana, &mut caio).await;
    assert!(read(&mut caio, &ana, &sealed).await.is_err());
    let sealed = ana.encrypt_group(&group(), &text("olá")).await.expect("encrypts");
    for phone in [&mut bia, &mut caio] {
        assert_eq!(read(phone, &ana, &sealed).await.expect("opens"), "olá");
    }
}

#[tokio::test]
async fn a_device_that_left_makes_the_key_a_new_one() {
    let (mut ana, mut bia, mut caio) = (ana(), bia(), caio());
    give_key(&mut ana, &mut bia).await;
    give_key(&mut ana, &mut caio).await;
    ana.renew_group_key(&group(), &[bia.lid(), caio.lid()]);
    assert!(!ana.owes_group_key(&group(), &bia.lid()));

    ana.renew_group_key(&group(), &[bia.lid()]);
    assert!(ana.owes_group_key(&group(), &bia.lid()));
    give_key(&mut ana, &mut bia).await;
    let sealed = ana.encrypt_group(&group(), &text("sem o Caio")).await.expect("encrypts");
    assert_eq!(read(&mut bia, &ana, &sealed).await.expect("opens"), "sem o Caio");
    let refused = read(&mut caio, &ana, &sealed).await;
    assert!(matches!(refused, Err(PhoneError::Undecryptable(_))), "{refused:?}");
}

#[tokio::test]
async fn keys_outlive_a_restart_and_no_message_key_is_used_twice() {
    let (mut ana, mut bia) = (ana(), bia());
    give_key(&mut ana, &mut bia).await;
    let restarted = |phone: &Phone| -> Phone {
        let saved = serde_json::to_string(phone).expect("serialises");
        serde_json::from_str(&saved).expect("deserialises")
    };
    let first = ana.encrypt_group(&group(), &text("1")).await.expect("encrypts");
    let mut older = restarted(&ana);
    let lost = ana.encrypt_group(&group(), &text("2")).await.expect("encrypts");
    let mut bia = restarted(&bia);
    for (sealed, expected) in [(first, "1"), (lost, "2")] {
        assert_eq!(read(&mut bia, &ana, &sealed).await.expect("opens"), expected);
    }
    older.renew_group_key(&group(), &[bia.lid()]);
    assert!(!older.owes_group_key(&group(), &bia.lid()));
    let next = older.encrypt_group(&group(), &text("3")).await.expect("encrypts");
    assert_eq!(read(&mut bia, &older, &next).await.expect("opens"), "3");
}

#[tokio::test]
async fn a_lost_key_is_made_again_for_everybody() {
    let (mut ana, mut bia) = (ana(), bia());
    give_key(&mut ana, &mut bia).await;
    ana.forget_sessions();
    ana.renew_group_key(&group(), &[bia.lid()]);
    assert!(ana.owes_group_key(&group(), &bia.lid()));
    let refused = ana.encrypt_group(&group(), &text("oi")).await;
    assert!(matches!(refused, Err(PhoneError::Signal(_))), "{refused:?}");
    give_key(&mut ana, &mut bia).await;
    let sealed = ana.encrypt_group(&group(), &text("oi")).await.expect("encrypts");
    assert_eq!(read(&mut bia, &ana, &sealed).await.expect("opens"), "oi");
}

#[tokio::test]
async fn a_key_of_another_group_is_refused() {
    let (mut ana, mut bia) = (ana(), bia());
    let key = ana.group_key(&group()).await.expect("a key");
    let other = Jid::group("120363000000000001");
    let refused = bia.take_group_key(&other, &ana.lid(), &key).await;
    assert!(matches!(refused, Err(PhoneError::InvalidContent(_))), "{refused:?}");
    bia.take_group_key(&group(), &ana.lid(), &text("no key")).await.expect("nothing to take");
    assert_eq!(EncKind::parse("skmsg"), None);
}
