//! `w:m`: the hosts for uploads and downloads of media.

use wacore_binary::builder::NodeBuilder;

use super::Reply;
use crate::client::session::Session;

pub(super) fn reply(session: &Session<'_>) -> Reply {
    let world = &session.connection.world;
    let host = NodeBuilder::new("host")
        .attr("hostname", world.media_host.as_str())
        .attr("type", "primary")
        .children([NodeBuilder::new("upload").build(), NodeBuilder::new("download").build()])
        .build();
    Reply::result([NodeBuilder::new("media_conn")
        .attr("auth", world.media.auth_token(&session.me))
        .attr("ttl", 3600)
        .attr("auth_ttl", 21_600)
        .attr("max_buckets", 12)
        .children([host])
        .build()])
}
