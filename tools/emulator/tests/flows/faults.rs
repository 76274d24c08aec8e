//! The library's reaction to each fault.

use std::time::{Duration, Instant};

use emulator::{FaultKind, FaultRequest};
use whatsapp_rust::IqError;
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::iq::keepalive::KeepaliveSpec;
use whatsapp_rust::wacore::request::InfoQuery;

use crate::client::{TIMEOUT, TestClient, emulator, text};

/// Waits for an event that a predicate accepts.
async fn until(client: &TestClient, known: impl Fn(&Event) -> bool) {
    client.event(|event| known(event).then_some(())).await;
}

#[tokio::test]
async fn a_515_makes_the_client_reconnect_at_once() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::Restart).on(&me.jid)).await.unwrap();
    client.connected().await;
}

#[tokio::test]
async fn a_replaced_stream_ends_the_client() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::Replaced).on(&me.phone)).await.unwrap();
    until(&client, |event| matches!(event, Event::StreamReplaced(_))).await;
}

#[tokio::test]
async fn a_second_connection_of_a_device_replaces_the_first() {
    let emulator = emulator().await;
    let (first, _me) = TestClient::linked(&emulator).await;
    let second = first.twin(&emulator).await;
    until(&first, |event| matches!(event, Event::StreamReplaced(_))).await;
    second.connected().await;
}

#[tokio::test]
async fn logged_out_and_removed_end_the_session() {
    for kind in [FaultKind::LoggedOut, FaultKind::Removed] {
        let emulator = emulator().await;
        let (client, _me) = TestClient::linked(&emulator).await;
        emulator.fault(FaultRequest::new(kind)).await.unwrap();
        until(&client, |event| matches!(event, Event::LoggedOut(_))).await;
    }
}

#[tokio::test]
async fn a_ban_tells_how_long_it_lasts() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    let ban = FaultRequest { expire_secs: Some(7200), ..FaultRequest::new(FaultKind::Ban) };
    emulator.fault(ban).await.unwrap();
    let expires = client
        .event(|event| match event {
            Event::TemporaryBan(ban) => Some(ban.expire),
            _ => None,
        })
        .await;
    assert_eq!(expires.num_seconds(), 7200);
}

#[tokio::test]
async fn an_outdated_client_is_told_so() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::Outdated)).await.unwrap();
    until(&client, |event| matches!(event, Event::ClientOutdated(_))).await;
}

#[tokio::test]
async fn a_server_that_is_not_ready_is_tried_again() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::Refused)).await.unwrap();
    client.connected().await;
    assert_eq!(emulator.stats().logins, 2);
}

#[tokio::test]
async fn a_nack_reaches_the_sender() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let nack = FaultRequest { code: Some(479), ..FaultRequest::new(FaultKind::Nack) };
    emulator.fault(nack).await.unwrap();
    let id = client.send(&customer.jid, "recusada").await;
    let refused = client
        .event(|event| match event {
            Event::ServerAck(ack) if ack.error.is_some() => {
                Some((ack.id.clone(), ack.error.clone()))
            }
            _ => None,
        })
        .await;
    assert_eq!(refused, (id, Some("479".to_owned())));
}

#[tokio::test]
async fn a_fault_can_wait() {
    let emulator = emulator().await;
    let (client, _me) = TestClient::linked(&emulator).await;
    let later = FaultRequest { after_ms: Some(50), ..FaultRequest::new(FaultKind::Replaced) };
    assert_eq!(emulator.fault(later).await.unwrap(), 0);
    until(&client, |event| matches!(event, Event::StreamReplaced(_))).await;
}

/// An answer on loopback takes milliseconds; a withheld one costs the test this much.
const SHORT_TIMEOUT: Duration = Duration::from_secs(2);

async fn ping(client: &TestClient) -> Result<(), IqError> {
    client.client.execute(KeepaliveSpec::with_timeout(SHORT_TIMEOUT)).await
}

#[tokio::test]
async fn a_withheld_pong_leaves_other_requests_answered() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::WithheldPong).on(&me.jid)).await.unwrap();
    client.client.fetch_props().await.unwrap();
    assert!(matches!(ping(&client).await, Err(IqError::Timeout)));
    assert_eq!(emulator.stats().unanswered_iqs, 1);
    ping(&client).await.unwrap();
}

#[tokio::test]
async fn an_unanswered_iq_is_any_iq() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    // The library sends IQs of its own meanwhile, and one of those may be the unanswered one.
    let all = FaultRequest { count: Some(1_000), ..FaultRequest::new(FaultKind::IqUnanswered) };
    emulator.fault(all.on(&me.jid)).await.unwrap();
    let query = InfoQuery::get("abt", Jid::new("", Server::Pn), None).with_timeout(SHORT_TIMEOUT);
    assert!(matches!(client.client.send_iq(query).await, Err(IqError::Timeout)));
    assert!(emulator.stats().unanswered_iqs >= 1);
}

#[tokio::test]
async fn nothing_gets_through_a_half_open_connection_until_there_is_another() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let hit = emulator.fault(FaultRequest::new(FaultKind::HalfOpen).on(&me.jid)).await.unwrap();
    assert_eq!(hit, 1);
    emulator.send_text(&customer.number, &me.phone, "no vazio").await.unwrap();
    assert!(matches!(ping(&client).await, Err(IqError::Timeout)));
    assert!(emulator.phone_info(&me.phone).await.unwrap().devices[0].online, "nobody noticed");

    client.client.reconnect_immediately().await;
    assert_eq!(text(&client.message().await), "no vazio");
}

#[tokio::test]
async fn a_service_that_is_unavailable_is_left_and_tried_again() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    emulator.fault(FaultRequest::new(FaultKind::Unavailable).on(&me.jid)).await.unwrap();
    until(&client, |event| matches!(event, Event::Disconnected(_))).await;
    client.connected().await;
}

#[tokio::test]
async fn a_handshake_that_is_cut_off_is_tried_again() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let before = emulator.stats();
    emulator.fault(FaultRequest::new(FaultKind::Handshake).on(&me.jid)).await.unwrap();
    client.connected().await;
    // The interrupted handshake in between does not count as a connection.
    assert_eq!(emulator.stats().connections, before.connections + 1);
}

#[tokio::test]
async fn a_server_that_restarts_keeps_what_waits_and_lets_its_clients_resume() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    // The library retries after a second, which is too early.
    let down = Duration::from_millis(1_500);
    let down_ms = Some(u64::try_from(down.as_millis()).unwrap());
    let restart = FaultRequest { down_ms, ..FaultRequest::new(FaultKind::ServerRestart) };
    let began = Instant::now();
    assert_eq!(emulator.fault(restart).await.unwrap(), 1);
    emulator.until_phone(&me.phone, TIMEOUT, |phone| !phone.devices[0].online).await.unwrap();
    emulator.send_text(&customer.number, &me.phone, "esperou").await.unwrap();

    assert_eq!(text(&client.message().await), "esperou");
    assert!(began.elapsed() >= down);
    assert_eq!(emulator.stats().resumed, 1);
}

#[tokio::test]
async fn a_wrong_server_clock_is_in_every_stamp_until_it_is_right_again() {
    const AHEAD: i64 = 7_200;
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let is_ahead = |stamp: i64| stamp > chrono::Utc::now().timestamp() + AHEAD / 2;
    let skew = FaultRequest {
        skew_secs: Some(AHEAD),
        count: Some(2),
        ..FaultRequest::new(FaultKind::ClockSkew)
    };
    emulator.fault(skew).await.unwrap();

    emulator.send_text(&customer.number, &me.phone, "do futuro").await.unwrap();
    assert!(is_ahead(client.message().await.info.timestamp.timestamp()));
    client.send(&customer.jid, "também").await;
    let acknowledged = client
        .event(|event| match event {
            Event::ServerAck(ack) if ack.class.as_deref() == Some("message") => {
                ack.timestamp.map(|at| at.timestamp())
            }
            _ => None,
        })
        .await;
    assert!(is_ahead(acknowledged));
    emulator.send_text(&customer.number, &me.phone, "agora").await.unwrap();
    assert!(!is_ahead(client.message().await.info.timestamp.timestamp()));
}
