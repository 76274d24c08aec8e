//! `blocklist`: the people that the account has blocked.

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::{Iq, Reply};
use crate::blocking;
use crate::client::session::Session;
use crate::node::attr;

/// A change is answered with the whole list, as a request for it is.
pub(super) fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let me = &session.me;
    if iq.kind == "set" {
        let item = iq
            .child
            .and_then(|item| Some((item.attrs().optional_jid("jid")?, attr(item, "action")?)));
        let Some((jid, action)) = item else {
            return Reply::bad_request();
        };
        let block = match action.as_str() {
            "block" => true,
            "unblock" => false,
            _ => return Reply::bad_request(),
        };
        blocking::change(&session.connection.world, &me.account, &jid, block, me.device);
    }
    let directory = me.account.directory();
    let blocked = &directory.profile.blocked;
    let items =
        blocked.iter().map(|jid| NodeBuilder::new("item").attr("jid", jid.as_str()).build());
    let items: Vec<Node> = items.collect();
    let list = NodeBuilder::new("list").attr("dhash", blocking::hash(blocked)).children(items);
    Reply::result([list.build()])
}
