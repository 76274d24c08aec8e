//! `abt`: experiment switches. None is on; clients ship with the defaults.

use wacore_binary::builder::NodeBuilder;

use super::Reply;

/// Seconds until the client requests them again: a day.
const REFRESH: u32 = 86_400;

pub(super) fn reply() -> Reply {
    Reply::result([NodeBuilder::new("props")
        .attr("protocol", 1)
        .attr("ab_key", "emulator")
        .attr("hash", "emulator")
        .attr("refresh", REFRESH)
        .attr("refresh_id", 1)
        .build()])
}
