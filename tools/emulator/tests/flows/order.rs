//! Messages that arrive late or in another order.

use std::time::{Duration, Instant};

use emulator::{FaultKind, FaultRequest};

use crate::client::{TestClient, emulator};

const LATE: Duration = Duration::from_millis(500);

#[tokio::test]
async fn a_delayed_message_comes_late_and_those_behind_it_wait() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let delay_ms = Some(u64::try_from(LATE.as_millis()).unwrap());
    let delay = FaultRequest { delay_ms, ..FaultRequest::new(FaultKind::Delay) };
    emulator.fault(delay.on(&me.jid)).await.unwrap();

    let sent = Instant::now();
    for text in ["um", "dois"] {
        emulator.send_text(&customer.number, &me.phone, text).await.unwrap();
    }
    assert_eq!(client.texts(2).await, ["um", "dois"]);
    assert!(sent.elapsed() >= LATE);
}

#[tokio::test]
async fn a_delayed_message_comes_on_the_next_connection_if_its_own_is_gone() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let forever = FaultRequest { delay_ms: Some(600_000), ..FaultRequest::new(FaultKind::Delay) };
    emulator.fault(forever.on(&me.jid)).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "cheguei").await.unwrap();
    emulator.fault(FaultRequest::new(FaultKind::Drop).on(&me.jid)).await.unwrap();
    assert_eq!(client.texts(1).await, ["cheguei"]);
}

#[tokio::test]
async fn swapped_messages_all_arrive() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.fault(FaultRequest::new(FaultKind::Reorder).on(&me.jid)).await.unwrap();
    for text in ["um", "dois", "três"] {
        emulator.send_text(&customer.number, &me.phone, text).await.unwrap();
    }
    assert_eq!(client.texts(3).await, ["dois", "um", "três"]);
}

#[tokio::test]
async fn a_message_with_none_to_swap_with_arrives_alone() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    emulator.fault(FaultRequest::new(FaultKind::Reorder).on(&me.jid)).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "só").await.unwrap();
    assert_eq!(client.texts(1).await, ["só"]);
}
