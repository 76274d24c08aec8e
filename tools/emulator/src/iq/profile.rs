//! `status`: the text under the name ("recado").

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::notify;
use crate::visibility::is_visible;
use crate::world::privacy::Part;

pub(super) async fn about(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let Some(status) = iq.child.filter(|child| child.tag == "status") else {
        return Reply::bad_request();
    };
    match iq.kind.as_ref() {
        "set" => set(session, status).await,
        _ => get(session, status),
    }
}

/// Sets the account's own text, of which its contacts are notified. An empty one removes it.
async fn set(session: &Session<'_>, status: &Node) -> Reply {
    let text = status.content_as_string().unwrap_or_default();
    notify::set_about(&session.connection.world, &session.me.account, &text).await;
    Reply::empty()
}

/// The texts of the people that a request lists. One that the client may not see is refused alone.
fn get(session: &Session<'_>, status: &Node) -> Reply {
    let me = &session.me.account;
    let listed = status.get_children_by_tag("user").filter_map(|user| {
        let jid = user.attrs().optional_jid("jid")?;
        let entry = NodeBuilder::new("user").attr("jid", &jid);
        let owner = session.connection.world.account_of(&jid);
        Some(match owner {
            None => entry.attr("code", 404).attr("type", "fail").build(),
            Some(owner) if is_visible(&owner, me, Part::About) => {
                entry.attr("status", owner.directory().about.as_str()).build()
            }
            Some(_) => entry.attr("code", 401).attr("type", "fail").build(),
        })
    });
    let listed: Vec<Node> = listed.collect();
    Reply::result([NodeBuilder::new("status").children(listed).build()])
}
