//! `abt`: experiment switches. None is on, since clients ship with the defaults, except that they
//! present privacy tokens where an account is restricted to those.

use wacore_binary::builder::NodeBuilder;

use super::Reply;
use crate::world::World;

/// Seconds until the client requests them again: a day.
const REFRESH: u32 = 86_400;

/// `privacy_token_sending_on_all_1_on_1_messages`: clients present the tokens they have
/// (whatsapp-rust `abprops.rs`).
const SEND_TOKENS: u32 = 10_518;

pub(super) fn reply(world: &World) -> Reply {
    let props = NodeBuilder::new("props")
        .attr("protocol", 1)
        .attr("ab_key", "emulator")
        .attr("hash", "emulator")
        .attr("refresh", REFRESH)
        .attr("refresh_id", 1);
    let needs_tokens = world.accounts().iter().any(|account| account.directory().restricted);
    let props = match needs_tokens {
        false => props,
        true => props.children([NodeBuilder::new("prop")
            .attr("config_code", SEND_TOKENS)
            .attr("config_value", "1")
            .build()]),
    };
    Reply::result([props.build()])
}
