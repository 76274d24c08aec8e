//! Stanzas that a registration sends, and readers of those it receives.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use rand::RngExt as _;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, SERVER_JID};
use waproto::buffa::Message as _;
use waproto::whatsapp::client_payload::DevicePairingRegistrationData;
use waproto::whatsapp::{ClientPairingProps, DeviceProps};

use crate::node::bytes;
use crate::notify::notification;
use crate::phone::{HistoryWishes, Linked};
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;

/// Refs look like `2@…`; only their uniqueness matters.
pub(super) fn pairing_ref() -> String {
    let secret: [u8; 32] = rand::rng().random();
    format!("2@{}", BASE64_URL_SAFE_NO_PAD.encode(secret))
}

pub(super) fn pair_device(id: String, refs: &[String]) -> Node {
    let refs = refs.iter().map(|text| NodeBuilder::new("ref").bytes(text.as_bytes()).build());
    NodeBuilder::new("iq")
        .attr("from", SERVER_JID)
        .attr("type", "set")
        .attr("id", id)
        .attr("xmlns", "md")
        .children([NodeBuilder::new("pair-device").children(refs).build()])
        .build()
}

pub(super) fn pair_success(id: &str, account: &Account, linked: &Linked, timestamp: i64) -> Node {
    let device = linked.device.id;
    let props = ClientPairingProps {
        is_chat_db_lid_migrated: Some(account.directory().addressing == Addressing::Lid),
        ..Default::default()
    };
    let success = NodeBuilder::new("pair-success").children([
        NodeBuilder::new("device-identity").bytes(linked.device_identity.clone()).build(),
        NodeBuilder::new("device")
            .attr("jid", account.device_jid(Addressing::Pn, device))
            .attr("lid", account.device_jid(Addressing::Lid, device))
            .build(),
        NodeBuilder::new("platform").attr("name", "android").build(),
        NodeBuilder::new("client-props").bytes(props.encode_to_vec()).build(),
    ]);
    NodeBuilder::new("iq")
        .attr("from", SERVER_JID)
        .attr("type", "set")
        .attr("id", id)
        .attr("xmlns", "md")
        .attr("t", timestamp)
        .children([success.build()])
        .build()
}

/// Asks the client for the account's passkey, as `PublicKeyCredentialRequestOptions` for
/// WhatsApp's own site (whatsapp-rust `passkey::flow`).
pub(super) fn passkey_request(world: &World) -> Node {
    let challenge: [u8; 32] = rand::rng().random();
    let options = serde_json::json!({
        "challenge": BASE64_URL_SAFE_NO_PAD.encode(challenge),
        "rpId": "whatsapp.com",
        "timeout": 60_000,
        "userVerification": "required",
        "allowCredentials": [],
    });
    let options = options.to_string().into_bytes();
    let options = NodeBuilder::new("passkey_request_options").bytes(options).build();
    notification(world, "passkey_prologue_request", SERVER_JID, [options])
}

/// The name under which the client registered its platform, e.g. `CHROME`.
pub(super) fn platform(data: &DevicePairingRegistrationData) -> String {
    device_props(data)
        .and_then(|props| props.platform_type)
        .map_or_else(|| "UNKNOWN".to_owned(), |platform| format!("{platform:?}"))
}

/// How much of the phone's history the client wants.
pub(super) fn history_wishes(data: &DevicePairingRegistrationData) -> HistoryWishes {
    device_props(data).map(|props| HistoryWishes::of(&props)).unwrap_or_default()
}

fn device_props(data: &DevicePairingRegistrationData) -> Option<DeviceProps> {
    DeviceProps::decode_from_slice(data.device_props.as_deref()?).ok()
}

pub(super) fn bytes_of<'a>(node: &'a Node, child: &str) -> Option<&'a [u8]> {
    bytes(node.get_optional_child(child)?)
}
