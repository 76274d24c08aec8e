//! `w:profile:picture`: pictures of people and groups.

use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Node, Server};

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::groups;
use crate::node::{attr, bytes};
use crate::privacy_tokens;
use crate::profile_picture;
use crate::visibility::is_visible;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::groups::cell::GroupCell;
use crate::world::media::Uploader;
use crate::world::picture::{Picture, Size};
use crate::world::privacy::Part;

/// A request is about the client's own account unless it has a `target`.
pub(super) async fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let world = &session.connection.world;
    let me = &session.me.account;
    let target = iq.node.attrs().optional_jid("target");
    if let Some(group) = target.as_ref().filter(|target| target.server == Server::Group) {
        return match world.groups.find(group) {
            Some(cell) => of_group(session, iq, &cell),
            None => Reply::not_found(),
        };
    }
    let owner = match target {
        None => Some(me.clone()),
        Some(target) => world.account_of(&target),
    };
    match (iq.kind.as_ref(), owner) {
        ("get", Some(owner)) => get(session, iq, &owner),
        ("get", None) => Reply::not_found(),
        ("set", Some(owner)) if owner.number() == me.number() => set(session, iq).await,
        ("set", Some(_)) => Reply::Error { code: 403, text: "forbidden" },
        _ => Reply::not_served(),
    }
}

fn get(session: &Session<'_>, iq: &Iq<'_>, owner: &Arc<Account>) -> Reply {
    let Some(asked) = asked(iq) else { return Reply::bad_request() };
    let me = &session.me.account;
    if !is_visible(owner, me, Part::Picture) || !privacy_tokens::admits(owner, me, asked) {
        return Reply::not_authorized();
    }
    let phone = Uploader::from(&DeviceAddress::new(owner, 0));
    match &mut owner.directory().profile.picture {
        Some(picture) => answer(&session.connection.world, picture, phone, asked),
        None => Reply::not_found(),
    }
}

/// A request without a picture removes the one that is there.
async fn set(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let id = profile_picture::set(&session.connection.world, &session.me.account, sent(iq)).await;
    accepted(id)
}

/// A request about the picture of a group, which its members may see.
fn of_group(session: &Session<'_>, iq: &Iq<'_>, cell: &GroupCell) -> Reply {
    let world = &session.connection.world;
    let me = &session.me.account;
    if iq.kind == "set" {
        return match groups::picture::set(world, cell, me, sent(iq)) {
            Ok(id) => accepted(id),
            Err(refusal) => Reply::Error { code: refusal.code(), text: refusal.text() },
        };
    }
    let Some(asked) = asked(iq) else { return Reply::bad_request() };
    cell.change(|group| match &mut group.picture {
        _ if !group.members.has(me.number()) => Reply::not_authorized(),
        Some(picture) => answer(world, picture, Uploader::from(&session.me), asked),
        None => Reply::not_found(),
    })
}

/// `<pictures>` of those groups of the client that have one (`w:g2`).
pub(super) fn of_groups(session: &Session<'_>, asked: &Node) -> Reply {
    let world = &session.connection.world;
    let pictures = asked.get_children_by_tag("picture").filter_map(|asked| {
        let jid = asked.attrs().optional_jid("jid")?;
        let size = size(asked)?;
        world.groups.find(&jid)?.change(|group| {
            let is_member = group.has(session.me.account.number());
            let picture = group.picture.as_mut().filter(|_| is_member)?;
            let node = linked(world, picture, size, Uploader::from(&session.me))?;
            Some(node.attr("jid", jid).build())
        })
    });
    Reply::result([NodeBuilder::new("pictures").children(pictures).build()])
}

/// The `<picture>` of a request for one.
fn asked<'a>(iq: &Iq<'a>) -> Option<&'a Node> {
    iq.child.filter(|child| child.tag == "picture")
}

/// The picture that a request sets; `None` removes the one that is there.
fn sent(iq: &Iq<'_>) -> Option<Vec<u8>> {
    let sent = asked(iq).and_then(bytes)?;
    (!sent.is_empty()).then(|| sent.to_vec())
}

/// The answer to a request that sets or removes a picture.
fn accepted(id: Option<String>) -> Reply {
    Reply::result(id.map(|id| NodeBuilder::new("picture").attr("id", id).build()))
}

/// The answer to a request for a picture. `asked` is its `<picture>`; `owner` is who uploads it.
fn answer(world: &World, picture: &mut Picture, owner: Uploader, asked: &Node) -> Reply {
    let Some(size) = size(asked) else { return Reply::bad_request() };
    if attr(asked, "id").as_ref() == Some(&picture.id) {
        // The client has it already.
        return Reply::result([NodeBuilder::new("picture").attr("status", 304).build()]);
    }
    if attr(asked, "query").as_deref() != Some("url") {
        return Reply::result([node(picture, size).bytes(picture.bytes(size)).build()]);
    }
    match linked(world, picture, size, owner) {
        Some(node) => Reply::result([node.build()]),
        None => Reply::not_found(),
    }
}

fn size(asked: &Node) -> Option<Size> {
    match attr(asked, "type").as_deref() {
        Some("preview") => Some(Size::Preview),
        None | Some("image") => Some(Size::Full),
        Some(_) => None,
    }
}

fn node(picture: &Picture, size: Size) -> NodeBuilder {
    NodeBuilder::new("picture").attr("id", picture.id.as_str()).attr("type", size.as_str())
}

/// `<picture>` with its address on the media servers.
fn linked(
    world: &World,
    picture: &mut Picture,
    size: Size,
    owner: Uploader,
) -> Option<NodeBuilder> {
    let path = picture.direct_path(size, &world.media, owner)?;
    let url = format!("https://{}{path}", world.media_host);
    Some(node(picture, size).attr("url", url).attr("direct_path", path))
}
