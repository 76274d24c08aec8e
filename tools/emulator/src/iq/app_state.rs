//! `w:sync:app:state`: the synced settings. The phone stores them; the server relays.

use std::collections::BTreeSet;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::node::{attr, bytes};
use crate::notify;
use crate::phone::{AppStateDelta, PatchRefusal};

pub(super) async fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let Some(sync) = iq.child.filter(|child| child.tag == "sync") else {
        return Reply::bad_request();
    };
    let mut collections = Vec::new();
    for collection in sync.get_children_by_tag("collection") {
        collections.push(answer(session, collection).await);
    }
    Reply::result([NodeBuilder::new("sync").children(collections).build()])
}

async fn answer(session: &Session<'_>, asked: &Node) -> Node {
    let name = attr(asked, "name").unwrap_or_default();
    let version = asked.attrs().optional_u64("version").unwrap_or(0);
    match asked.get_optional_child("patch").and_then(bytes) {
        Some(patch) => upload(session, name, version, patch).await,
        None => {
            let phone = session.me.account.phone.lock().await;
            let delta = phone.app_state_collection(&name, version);
            collection(name, delta)
        }
    }
}

async fn upload(session: &Session<'_>, name: String, version: u64, patch: &[u8]) -> Node {
    let account = &session.me.account;
    let (taken, missed, renamed, people) = {
        let mut phone = account.phone.lock().await;
        let before = phone.name().to_owned();
        let taken = phone.apply_app_state_patch(&name, version, patch);
        let missed = phone.app_state_collection(&name, version);
        let renamed = (phone.name() != before).then(|| phone.name().to_owned());
        let people: BTreeSet<String> = phone.saved().people().map(str::to_owned).collect();
        (taken, missed, renamed, people)
    };
    match taken {
        Ok(version) => {
            // The phone updates the server's copy of the name.
            if let Some(name) = renamed {
                account.directory().name = name;
            }
            // The phone uploads its address book.
            account.directory().profile.contacts = people;
            let world = &session.connection.world;
            notify::collection_changed(world, account, session.me.device, &name, version);
            world.changed();
            NodeBuilder::new("collection").attr("name", name).attr("version", version).build()
        }
        Err(refusal) => refused(name, refusal, missed),
    }
}

fn collection(name: String, delta: AppStateDelta) -> Node {
    let node = NodeBuilder::new("collection").attr("name", name).attr("version", delta.version);
    if delta.patches.is_empty() {
        return node.build();
    }
    node.children([patches(delta)]).build()
}

fn patches(delta: AppStateDelta) -> Node {
    let patches =
        delta.patches.into_iter().map(|patch| NodeBuilder::new("patch").bytes(patch).build());
    NodeBuilder::new("patches").children(patches).build()
}

/// The refusal is inside a result; a conflict also carries the missed patches.
fn refused(name: String, refusal: PatchRefusal, missed: AppStateDelta) -> Node {
    let code = match refusal {
        PatchRefusal::Conflict(_) => 409,
        PatchRefusal::Invalid => 400,
    };
    let error =
        NodeBuilder::new("error").attr("code", code).attr("text", refusal.to_string()).build();
    let mut children = vec![error];
    if code == 409 {
        children.push(patches(missed));
    }
    NodeBuilder::new("collection")
        .attr("name", name)
        .attr("type", "error")
        .children(children)
        .build()
}
