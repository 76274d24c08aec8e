//! Calls of phones.

use emulator::{CallState, ControlError};
use whatsapp_rust::prelude::*;
use whatsapp_rust::wacore::types::call::{CallAction, IncomingCall};

use crate::client::{TIMEOUT, TestClient, emulator};

/// Waits for a stanza of a call.
async fn stanza(client: &TestClient, is_it: impl Fn(&CallAction) -> bool) -> IncomingCall {
    client
        .event(|event| match event {
            Event::IncomingCall(call) if is_it(&call.action) => Some(call.clone()),
            _ => None,
        })
        .await
}

fn is_offer(action: &CallAction) -> bool {
    matches!(action, CallAction::Offer { is_video: true, .. })
}

#[tokio::test]
async fn a_call_rings_until_a_client_rejects_it() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    let id = emulator.ring(&customer.number, &me.phone, true).await.unwrap();
    let offer = stanza(&client, is_offer).await;
    assert_eq!(offer.action.call_id(), id);
    let placed = emulator.phone_info(&customer.number).await.unwrap().calls;
    assert_eq!((placed[0].with.as_str(), placed[0].state), (&*me.phone, CallState::Ringing));

    let creator = offer.action.call_creator().clone();
    client.client.voip().reject_call(&id, &offer.from, &creator).await.unwrap();
    emulator
        .until_phone(&customer.number, TIMEOUT, |phone| {
            phone.calls[0].state == CallState::RejectedByDevice
        })
        .await
        .unwrap();
    let again = emulator.end_call(&customer.number, &id, CallState::GivenUp).await;
    assert!(matches!(again, Err(ControlError::Invalid(_))), "{again:?}");
}

#[tokio::test]
async fn a_client_learns_how_a_call_ended() {
    let emulator = emulator().await;
    let (client, me) = TestClient::linked(&emulator).await;
    let customer = emulator.new_phone(None, None).await.unwrap();
    for (how, why) in [
        (CallState::GivenUp, "timeout"),
        (CallState::Answered, "accepted_elsewhere"),
        (CallState::Rejected, "rejected_elsewhere"),
    ] {
        let id = emulator.ring(&customer.number, &me.phone, false).await.unwrap();
        emulator.end_call(&customer.number, &id, how).await.unwrap();
        let is_end = |action: &CallAction| {
            let CallAction::Terminate { call_id, reason, .. } = action else { return false };
            *call_id == id && reason.as_deref() == Some(why)
        };
        stanza(&client, is_end).await;
    }
}
