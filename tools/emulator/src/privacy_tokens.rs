//! Trusted-contact tokens (`tctoken`).
//!
//! A *restricted* account takes messages and subscriptions only from people to whom it issued a
//! token: a client issues them by a request, and a restricted phone with its first message to
//! somebody. The recipient gets the token in a notification and presents it with what it sends.

use rand::RngExt as _;
use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use crate::node;
use crate::notify;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;

/// Length of the opaque tokens; WhatsApp's have had it.
pub(crate) const TOKEN_LENGTH: usize = 32;

/// Issues a token of `from` to the devices of `to` and records it.
pub(crate) fn issue(
    world: &World,
    from: &Account,
    to: &Account,
    addressing: Addressing,
    timestamp: &str,
) -> [u8; TOKEN_LENGTH] {
    let secret: [u8; TOKEN_LENGTH] = rand::rng().random();
    from.directory().issued_tokens.insert(to.number().to_owned(), secret.to_vec());
    let token = NodeBuilder::new("token")
        .attr("type", "trusted_contact")
        .attr("t", timestamp)
        .bytes(secret)
        .build();
    let tokens = NodeBuilder::new("tokens").children([token]).build();
    let notification = notify::notification(world, "privacy_token", from.jid(addressing), [tokens]);
    notify::all_companions(world, to, 0, &notification);
    secret
}

/// Issues a token with the first message of a restricted phone to somebody.
pub(crate) fn issue_with_message(
    world: &World,
    from: &Account,
    to: &Account,
    addressing: Addressing,
) {
    let is_due = {
        let directory = from.directory();
        directory.restricted && !directory.issued_tokens.contains_key(to.number())
    };
    if is_due {
        issue(world, from, to, addressing, &world.clock.now().to_string());
    }
}

/// Returns `true` if an account takes a stanza of another one: it is not restricted, or the stanza
/// presents the token that it issued.
pub(crate) fn admits(recipient: &Account, sender: &Account, node: &Node) -> bool {
    let directory = recipient.directory();
    if !directory.restricted || recipient.number() == sender.number() {
        return true;
    }
    let presented = node.get_optional_child("tctoken").and_then(node::bytes);
    let issued = directory.issued_tokens.get(sender.number());
    presented.is_some() && presented == issued.map(Vec::as_slice)
}
