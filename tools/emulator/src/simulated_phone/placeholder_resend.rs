//! Requests of a companion for messages that it could not read.

use std::sync::Arc;

use waproto::whatsapp::Message;
use waproto::whatsapp::message::{
    PeerDataOperationRequestMessage, PeerDataOperationRequestResponseMessage,
    PeerDataOperationRequestType, ProtocolMessage,
    peer_data_operation_request_response_message::{
        PeerDataOperationResult, peer_data_operation_result::PlaceholderMessageResendResponse,
    },
    protocol_message::Type,
};

use super::peer::send_peer;
use crate::faults::FaultKind;
use crate::world::World;
use crate::world::account::Account;
use crate::world::inbox::InboundMessage;

/// Gives a companion the messages it names, as far as the phone has them. `inbound` carried the
/// request.
pub(super) async fn answer(
    world: &Arc<World>,
    account: &Arc<Account>,
    inbound: &InboundMessage,
    request: &PeerDataOperationRequestMessage,
) {
    if request.placeholder_message_resend_request.is_empty() {
        return;
    }
    let device = inbound.from.device;
    if world.faults.trigger(&[FaultKind::PhoneAsleep], account.number(), device).is_some() {
        return;
    }
    let wanted = request.placeholder_message_resend_request.iter();
    let results: Vec<_> = {
        let phone = account.phone.lock().await;
        let bytes = wanted.filter_map(|one| phone.recent_message(one.message_key.id.as_deref()?));
        bytes.map(result).collect()
    };
    if results.is_empty() {
        return;
    }
    let response = PeerDataOperationRequestResponseMessage {
        peer_data_operation_request_type: Some(
            PeerDataOperationRequestType::PLACEHOLDER_MESSAGE_RESEND,
        ),
        stanza_id: Some(inbound.id.clone()),
        peer_data_operation_result: results,
    };
    let protocol = ProtocolMessage {
        r#type: Some(Type::PEER_DATA_OPERATION_REQUEST_RESPONSE_MESSAGE),
        peer_data_operation_request_response_message: response.into(),
        ..Default::default()
    };
    let message = Message { protocol_message: protocol.into(), ..Default::default() };
    send_peer(world, account, device, &message).await;
}

/// One message of the answer, from its `WebMessageInfo`.
fn result(bytes: Vec<u8>) -> PeerDataOperationResult {
    let message = PlaceholderMessageResendResponse { web_message_info_bytes: Some(bytes) };
    PeerDataOperationResult {
        placeholder_message_resend_response: message.into(),
        ..Default::default()
    }
}
