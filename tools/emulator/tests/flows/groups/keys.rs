//! Keys of groups that were lost, and keys that are renewed.

use emulator::{Config, Emulator, FaultKind, FaultRequest, MembersChange};

use super::Trio;
use crate::client::text;

/// Flips a bit of the next message to a device, whose phone does not give it the message.
async fn garble(emulator: &Emulator, device: &str) {
    for kind in [FaultKind::Corrupt, FaultKind::PhoneAsleep] {
        emulator.fault(FaultRequest::new(kind).on(device)).await.unwrap();
    }
}

#[tokio::test]
async fn a_phone_that_lost_its_keys_asks_clients_and_phones_again() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    ana.client.send(group, "um").await;
    emulator.send_text(&bia.me.phone, group, "dois").await.unwrap();
    assert_eq!(trio.texts(caio, 2).await.len(), 2);

    emulator.fault(FaultRequest::new(FaultKind::SessionLoss).on(caio)).await.unwrap();
    ana.client.send(group, "três").await;
    assert_eq!(trio.texts(caio, 3).await[2], "três");
    emulator.send_text(&bia.me.phone, group, "quatro").await.unwrap();
    assert_eq!(trio.texts(caio, 4).await[3], "quatro");
    // The keys came with the messages, or come with the next ones.
    ana.client.send(group, "cinco").await;
    emulator.send_text(&bia.me.phone, group, "seis").await.unwrap();
    let texts = trio.texts(caio, 6).await;
    assert!(texts[4..].iter().any(|text| text == "cinco"), "{texts:?}");
    assert!(texts[4..].iter().any(|text| text == "seis"), "{texts:?}");

    // Nobody has the key that the phone made before.
    emulator.send_text(caio, group, "sete").await.unwrap();
    assert_eq!(ana.client.texts(4).await, ["dois", "quatro", "seis", "sete"]);
    assert_eq!(bia.client.texts(7).await.last().unwrap(), "sete");
}

#[tokio::test]
async fn a_client_asks_a_phone_again_for_a_message_of_a_group() {
    let trio = Trio::new().await;
    let Trio { emulator, bia, caio, group, .. } = &trio;
    garble(emulator, &bia.me.jid).await;
    let first = emulator.send_text(caio, group, "ilegível").await.unwrap();
    let received = bia.client.message().await;
    assert_eq!((received.info.id.as_str(), text(&received)), (first.as_str(), "ilegível"));
    // The key came with the answer.
    emulator.send_text(caio, group, "legível").await.unwrap();
    assert_eq!(bia.client.texts(1).await, ["legível"]);
}

#[tokio::test]
async fn a_client_asks_another_client_again_for_a_message_of_a_group() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, group, .. } = &trio;
    garble(emulator, &bia.me.jid).await;
    let first = ana.client.send(group, "ilegível").await;
    let received = bia.client.message().await;
    assert_eq!((received.info.id.as_str(), text(&received)), (first.as_str(), "ilegível"));
    ana.client.send(group, "legível").await;
    assert_eq!(bia.client.texts(1).await, ["legível"]);
}

#[tokio::test]
async fn a_phone_makes_a_new_key_when_somebody_leaves() {
    let trio = Trio::new().await;
    let Trio { emulator, ana, bia, caio, group } = &trio;
    emulator.send_text(caio, group, "todos").await.unwrap();
    assert_eq!(ana.client.texts(1).await, ["todos"]);
    assert_eq!(bia.client.texts(1).await, ["todos"]);

    let bia_only = vec![bia.me.phone.clone()];
    let remove = MembersChange { remove: bia_only.clone(), ..MembersChange::default() };
    emulator.change_members(group, &remove).await.unwrap();
    emulator.send_text(caio, group, "sem a Bia").await.unwrap();
    assert_eq!(ana.client.texts(1).await, ["sem a Bia"]);
    bia.gets_nothing_more(emulator, caio).await;

    let add = MembersChange { add: bia_only, ..MembersChange::default() };
    emulator.change_members(group, &add).await.unwrap();
    emulator.send_text(caio, group, "com a Bia").await.unwrap();
    assert_eq!(bia.client.texts(1).await, ["com a Bia"]);
    assert_eq!(ana.client.texts(1).await, ["com a Bia"]);
}

#[tokio::test]
async fn a_group_goes_on_after_a_restart_of_the_emulator() {
    let state = tempfile::tempdir().unwrap();
    let config = || Config { state: Some(state.path().to_owned()), ..Config::default() };
    let trio = Trio::stored(config()).await;
    trio.emulator.send_text(&trio.caio, &trio.group, "antes").await.unwrap();
    assert_eq!(trio.ana.client.texts(1).await, ["antes"]);
    assert_eq!(trio.bia.client.texts(1).await, ["antes"]);
    trio.bia.client.send(&trio.group, "antes também").await;
    assert_eq!(trio.ana.client.texts(1).await, ["antes também"]);
    assert_eq!(trio.texts(&trio.caio, 2).await.len(), 2);
    let Trio { emulator, ana, bia, caio, group } = trio;
    let before = emulator.group(&group).await.unwrap();
    let (ana, bia) = (ana.client.stop().await, bia.client.stop().await);
    emulator.stop().await.unwrap();

    let emulator = Emulator::start(config()).await.unwrap();
    assert_eq!(emulator.group(&group).await.unwrap(), before);
    let (ana, bia) = (ana.start(&emulator).await, bia.start(&emulator).await);
    ana.connected().await;
    bia.connected().await;
    emulator.send_text(&caio, &group, "depois").await.unwrap();
    assert_eq!(ana.texts(1).await, ["depois"]);
    assert_eq!(bia.texts(1).await, ["depois"]);
    bia.send(&group, "depois também").await;
    assert_eq!(ana.texts(1).await, ["depois também"]);
}
