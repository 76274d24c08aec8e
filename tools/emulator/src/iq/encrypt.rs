//! `encrypt`: uploads and downloads of prekeys.

use wacore::iq::prekeys::{OneTimePreKeyNode, PreKeyBundleUserNode, SignedPreKeyNode};
use wacore::prekeys::compute_key_bundle_digest;
use wacore::protocol::ProtocolNode as _;
use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::node::bytes;
use crate::phone::{Bundle, OneTimePreKey, SignedPreKey};
use crate::simulated_phone::bundles::take_bundle;
use crate::world::account::DeviceAddress;
use crate::world::keys::{CompanionKeys, be_uint, key_id};

/// The Signal key type: Curve25519.
const KEY_TYPE: u8 = 5;

pub(super) async fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    match (iq.kind.as_ref(), iq.tag()) {
        ("get", "count") => with_keys(session, |keys| {
            Reply::result([NodeBuilder::new("count").attr("value", keys.one_time.len()).build()])
        }),
        ("get", "digest") => with_keys(session, |keys| digest(keys)),
        ("get", "key") => bundles(session, iq).await,
        ("set", "rotate") => rotate(session, iq),
        ("set", "registration") => upload(session, iq.node),
        _ => Reply::Unknown,
    }
}

fn with_keys(session: &Session<'_>, reply: impl FnOnce(&mut CompanionKeys) -> Reply) -> Reply {
    let me = &session.me;
    match me.account.directory().companions.get_mut(&me.device) {
        Some(companion) => reply(&mut companion.keys),
        None => Reply::not_found(),
    }
}

fn digest(keys: &CompanionKeys) -> Reply {
    if keys.one_time.is_empty() {
        // Nothing was uploaded yet: the client uploads its keys on this answer.
        return Reply::not_found();
    }
    let publics: Vec<&[u8]> = keys.one_time.iter().map(|key| &key.public[..]).collect();
    let hash = compute_key_bundle_digest(
        &keys.identity,
        &keys.signed.public,
        &keys.signed.signature,
        &publics,
    );
    let ids = keys.one_time.iter().map(|key| NodeBuilder::new("id").bytes(key_id(key.id)).build());
    Reply::result([NodeBuilder::new("digest")
        .children([
            NodeBuilder::new("registration").bytes(keys.registration_id.to_be_bytes()).build(),
            NodeBuilder::new("type").bytes([KEY_TYPE]).build(),
            NodeBuilder::new("identity").bytes(keys.identity).build(),
            signed_node(&keys.signed).into_node(),
            NodeBuilder::new("list").children(ids).build(),
            NodeBuilder::new("hash").bytes(hash).build(),
        ])
        .build()])
}

fn upload(session: &Session<'_>, iq: &Node) -> Reply {
    let one_time: Option<Vec<_>> = iq
        .get_optional_child("list")
        .into_iter()
        .flat_map(|list| list.get_children_by_tag("key"))
        .map(|key| {
            Some(OneTimePreKey {
                id: be_uint(content(key, "id")?),
                public: content(key, "value")?.try_into().ok()?,
            })
        })
        .collect();
    let signed = iq.get_optional_child("skey").and_then(signed_key);
    let identity = content(iq, "identity").and_then(|key| <[u8; 32]>::try_from(key).ok());
    let registration_id = content(iq, "registration").map(be_uint);
    let (Some(one_time), Some(signed), Some(identity), Some(registration_id)) =
        (one_time, signed, identity, registration_id)
    else {
        return Reply::bad_request();
    };
    with_keys(session, |keys| {
        // The identity is the one the phone signed; a device cannot change it.
        if keys.identity != identity || !keys.rotate(signed) {
            return Reply::bad_request();
        }
        keys.registration_id = registration_id;
        for key in one_time {
            if !keys.one_time.iter().any(|known| known.id == key.id) {
                keys.one_time.push_back(key);
            }
        }
        Reply::empty()
    })
}

fn rotate(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let signed = iq.child.and_then(|rotate| rotate.get_optional_child("skey")).and_then(signed_key);
    match signed {
        Some(signed) => with_keys(session, |keys| match keys.rotate(signed) {
            true => Reply::empty(),
            false => Reply::bad_request(),
        }),
        None => Reply::bad_request(),
    }
}

/// Bundles of any devices. A device that does not exist gets an error node of its own.
async fn bundles(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let asked = iq
        .child
        .into_iter()
        .flat_map(|key| key.get_children_by_tag("user"))
        .filter_map(|user| user.attrs().optional_jid("jid"));
    let mut users = Vec::new();
    for jid in asked {
        let world = &session.connection.world;
        let bundle = match world.account_of(&jid) {
            Some(account) => {
                let device = DeviceAddress::new(&account, jid.device);
                take_bundle(world, &device).await
            }
            None => None,
        };
        users.push(match bundle {
            Some(bundle) => bundle_node(jid, bundle),
            None => missing_node(&jid),
        });
    }
    Reply::result([NodeBuilder::new("list").children(users).build()])
}

fn bundle_node(jid: Jid, bundle: Bundle) -> Node {
    PreKeyBundleUserNode {
        jid,
        registration_id: bundle.registration_id,
        identity_key: bundle.identity.to_vec(),
        signed_pre_key: signed_node(&bundle.signed_prekey),
        one_time_pre_key: bundle
            .one_time_prekey
            .map(|key| OneTimePreKeyNode::new(key.id, key.public.to_vec())),
        device_identity: bundle.device_identity,
    }
    .into_node()
}

fn missing_node(jid: &Jid) -> Node {
    let error = NodeBuilder::new("error").attr("code", 406).attr("text", "not-acceptable").build();
    NodeBuilder::new("user").attr("jid", jid).children([error]).build()
}

fn signed_node(key: &SignedPreKey) -> SignedPreKeyNode {
    SignedPreKeyNode::new(key.id, key.public.to_vec(), key.signature.clone())
}

fn signed_key(node: &Node) -> Option<SignedPreKey> {
    Some(SignedPreKey {
        id: be_uint(content(node, "id")?),
        public: content(node, "value")?.try_into().ok()?,
        signature: content(node, "signature")?.to_vec(),
    })
}

fn content<'a>(node: &'a Node, child: &str) -> Option<&'a [u8]> {
    bytes(node.get_optional_child(child)?)
}
