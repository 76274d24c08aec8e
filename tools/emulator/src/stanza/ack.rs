//! `<ack>`: the client has processed a stanza.

use wacore_binary::Node;

use crate::client::session::Session;
use crate::node::attr;
use crate::world::queue::Class;

pub(crate) fn handle(session: &Session<'_>, node: &Node) {
    let class = attr(node, "class").and_then(|class| Class::parse(&class));
    let (Some(class), Some(id)) = (class, attr(node, "id")) else {
        return;
    };
    let me = &session.me;
    if let Some(companion) = me.account.directory().companions.get_mut(&me.device) {
        companion.queue.confirm(class, &id);
    }
    session.connection.world.changed();
}
