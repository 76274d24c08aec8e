//! A logged-in connection.

use wacore_binary::Node;

use super::connection::Connection;
use crate::world::account::DeviceAddress;

/// The connection and the device that is logged in on it. Every stanza is checked against that
/// device.
pub(crate) struct Session<'a> {
    pub(crate) connection: &'a Connection,
    pub(crate) me: DeviceAddress,
}

impl Session<'_> {
    pub(crate) fn send(&self, node: Node) {
        self.connection.link.send(node);
    }
}
