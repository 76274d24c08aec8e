//! `abt`: experiment switches. Clients ship with the defaults, so none is sent, except for those
//! that a client asks for in its push name, and the one that makes it present privacy tokens where
//! an account is restricted to those.

use std::collections::BTreeSet;

use wacore::iq::abprops::{self, AbProp, AbPropType};
use wacore_binary::builder::NodeBuilder;

use super::Reply;
use crate::client::session::Session;

/// Seconds until the client requests them again: a day.
const REFRESH: u32 = 86_400;

/// Clients present the tokens they have.
const SEND_TOKENS: AbProp = abprops::web::PRIVACY_TOKEN_SENDING_ON_ALL_1_ON_1_MESSAGES;

pub(super) fn reply(session: &Session<'_>) -> Reply {
    let mut enabled = requested(&session.me.account.directory().name);
    let accounts = session.connection.world.accounts();
    if accounts.iter().any(|account| account.directory().restricted) {
        enabled.insert(SEND_TOKENS.code);
    }
    let props = NodeBuilder::new("props")
        .attr("protocol", 1)
        .attr("ab_key", "emulator")
        .attr("hash", "emulator")
        .attr("refresh", REFRESH)
        .attr("refresh_id", 1);
    let switches = enabled.into_iter().map(|code| {
        NodeBuilder::new("prop").attr("config_code", code).attr("config_value", "1").build()
    });
    let switches: Vec<_> = switches.collect();
    let props = if switches.is_empty() { props } else { props.children(switches) };
    Reply::result([props.build()])
}

/// The codes of the switches that a push name asks for by their names: `scenario:flag,flag:…`.
fn requested(push_name: &str) -> BTreeSet<u32> {
    let flags: Vec<&str> = push_name.split(':').nth(1).unwrap_or_default().split(',').collect();
    let switches = abprops::ALL.iter().flat_map(|registry| registry.iter());
    let is_requested =
        |prop: &&AbProp| prop.value_type == AbPropType::Bool && flags.contains(&prop.name);
    switches.filter(is_requested).map(|prop| prop.code).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_push_name_may_ask_for_switches() {
        let nct = abprops::web::WA_NCT_TOKEN_SEND_ENABLED;
        let name = format!("restricted:{},{},x:1", SEND_TOKENS.name, nct.name);
        assert_eq!(requested(&name), BTreeSet::from([SEND_TOKENS.code, nct.code]));
        for name in ["", "Ana", "Loja: a, b", "a:", nct.name] {
            assert!(requested(name).is_empty(), "{name}");
        }
    }
}
