//! The typing and recording of both sides of a chat.

mod support;

use emulator::Typing as OnPhone;
use gateway::Change;
use model::{ChatId, Typing};
use support::{PATIENCE, World};

const STATES: [(OnPhone, Typing); 3] = [
    (OnPhone::Composing, Typing::Composing),
    (OnPhone::Recording, Typing::Recording),
    (OnPhone::Paused, Typing::Paused),
];

#[tokio::test]
async fn typing_and_recording_are_shown_both_ways_while_the_number_is_connected() {
    let world = World::new().await;
    let (ana, shop) = world.connected("ana").await;
    let customer = world.emulator.new_phone(None, Some("Cláudia")).await.unwrap().number;
    world.emulator.send_text(&customer, &shop, "oi").await.unwrap();
    world.messages_until(&ana, |messages| !messages.is_empty()).await;
    let chat = ana.only_chat().await;

    let mut changes = world.pool.changes();
    for (on_phone, here) in STATES {
        world.emulator.typing(&customer, &shop, on_phone).await.unwrap();
        let next = async {
            loop {
                if let Change::Typing { connection, chat, typing } = changes.recv().await.unwrap() {
                    return (connection, chat, typing);
                }
            }
        };
        let shown = tokio::time::timeout(PATIENCE, next).await.unwrap();
        assert_eq!(shown, (ana.connection, chat, here));
    }

    let (grant, _) = ana.viewer.write_chat(chat).await.unwrap();
    let address = world.store.chat_address(&grant, chat).await.unwrap();
    let foreign = world.store.chat_address(&grant, ChatId(chat.0 + 1)).await;
    assert!(matches!(foreign, Err(store::Error::NotFound)), "{foreign:?}");
    for (on_phone, here) in STATES {
        assert!(world.pool.typing(&grant, &address, here).await);
        let is_shown = |phone: &emulator::PhoneInfo| phone.chats[0].typing == Some(on_phone);
        world.emulator.until_phone(&customer, PATIENCE, is_shown).await.unwrap();
    }
    assert!(!world.pool.typing(&grant, "120363000000000000@g.us", Typing::Composing).await);
    world.pool.shutdown().await;
    assert!(!world.pool.typing(&grant, &address, Typing::Composing).await, "nothing is queued");
}
