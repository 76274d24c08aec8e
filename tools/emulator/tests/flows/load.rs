//! Steady traffic.

use std::collections::HashSet;

use emulator::LoadRequest;
use whatsapp_rust::prelude::*;

use crate::client::{TestClient, emulator, text};

#[tokio::test]
async fn everything_that_is_sent_arrives() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let mut phones = Vec::new();
    for _ in 0..4 {
        phones.push(emulator.new_phone(None, None).await.unwrap().number);
    }
    let request = LoadRequest { phones, to: vec![me.phone.clone()], per_second: 200, seconds: 2 };
    let report = emulator.load(&request).await.unwrap();
    assert_eq!(report.sent, 400);
    assert_eq!(report.sent_to[&me.phone], 400);

    let mut seen = HashSet::new();
    while seen.len() < 400 {
        let batch = client
            .event(|event| match event {
                Event::Messages(batch) => Some(batch.clone()),
                _ => None,
            })
            .await;
        seen.extend(batch.iter().map(|message| text(message).to_owned()));
    }
    assert!((0..400).all(|n| seen.contains(&format!("load {n}"))));
}

/// The rate that the bench relies on. It is not in the daily run, since it needs a machine to
/// itself.
#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes some seconds of all cores; run with --run-ignored"]
async fn a_thousand_messages_a_second_reach_twenty_clients() {
    const CLIENTS: usize = 20;
    let emulator = emulator().await;
    let mut clients = Vec::new();
    let mut request =
        LoadRequest { phones: Vec::new(), to: Vec::new(), per_second: 1_000, seconds: 5 };
    for _ in 0..CLIENTS {
        let (client, me) = TestClient::linked(&emulator).await;
        request.phones.push(emulator.new_phone(None, None).await.unwrap().number);
        request.to.push(me.phone);
        clients.push(client);
    }
    let report = emulator.load(&request).await.unwrap();
    assert!(report.elapsed_ms < 5_500, "{} ms", report.elapsed_ms);
    for client in &clients {
        let mut seen = 0;
        while seen < 5_000 / CLIENTS {
            seen += client
                .event(|event| match event {
                    Event::Messages(batch) => Some(batch.len()),
                    _ => None,
                })
                .await;
        }
    }
}
