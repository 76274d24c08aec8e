//! A connection after the handshake.

use std::sync::Arc;

use tokio_util::sync::CancellationToken;
use wacore_binary::Node;

use crate::wire::socket::StanzaReader;
use crate::world::World;
use crate::world::link::Link;

/// A connection, of which the client has identified itself.
pub(crate) struct Connection {
    pub(crate) world: Arc<World>,
    pub(crate) link: Link,
    pub(crate) reader: StanzaReader,
    /// Cancelled when the writer has ended the connection, or the server goes down or stops.
    pub(crate) ended: CancellationToken,
}

impl Connection {
    /// Returns the next stanza, or `None` when the connection is over.
    pub(crate) async fn next(&mut self) -> Option<Node> {
        loop {
            let result = tokio::select! {
                result = self.reader.next() => result,
                () = self.ended.cancelled() => return None,
            };
            self.world.stats.bytes_in.add(self.reader.frames.take_received());
            match result {
                Ok(_) if self.link.is_half_open() => {}
                Ok(node) => return Some(node),
                Err(reason) => {
                    tracing::debug!(connection = self.link.id(), %reason, "connection ended");
                    return None;
                }
            }
        }
    }
}
