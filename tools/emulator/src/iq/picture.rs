//! `w:profile:picture`: pictures of people. Those of groups are not served.

use std::sync::Arc;

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::node::{attr, bytes};
use crate::privacy_tokens;
use crate::profile_picture;
use crate::visibility::is_visible;
use crate::world::World;
use crate::world::account::{Account, DeviceAddress};
use crate::world::media::Uploader;
use crate::world::picture::{Picture, Size};
use crate::world::privacy::Part;

/// A request is about the client's own account unless it has a `target`.
pub(super) async fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let world = &session.connection.world;
    let me = &session.me.account;
    let owner = match iq.node.attrs().optional_jid("target") {
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
    let Some(asked) = iq.child.filter(|child| child.tag == "picture") else {
        return Reply::bad_request();
    };
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
    let sent = iq.child.filter(|child| child.tag == "picture").and_then(bytes);
    let sent = sent.filter(|bytes| !bytes.is_empty()).map(<[u8]>::to_vec);
    let id = profile_picture::set(&session.connection.world, &session.me.account, sent).await;
    Reply::result(id.map(|id| NodeBuilder::new("picture").attr("id", id).build()))
}

/// The answer to a request for a picture, which may also be a group's. `asked` is its `<picture>`;
/// `owner` is who uploaded it.
pub(super) fn answer(world: &World, picture: &mut Picture, owner: Uploader, asked: &Node) -> Reply {
    let size = match attr(asked, "type").as_deref() {
        Some("preview") => Size::Preview,
        None | Some("image") => Size::Full,
        Some(_) => return Reply::bad_request(),
    };
    let id = picture.id.clone();
    if attr(asked, "id").as_ref() == Some(&id) {
        // The client has it already.
        return Reply::result([NodeBuilder::new("picture").attr("status", 304).build()]);
    }
    let node = NodeBuilder::new("picture").attr("id", id).attr("type", size.as_str());
    if attr(asked, "query").as_deref() != Some("url") {
        return Reply::result([node.bytes(picture.bytes(size)).build()]);
    }
    match picture.direct_path(size, &world.media, owner) {
        Some(path) => {
            let url = format!("https://{}{path}", world.media_host);
            Reply::result([node.attr("url", url).attr("direct_path", path).build()])
        }
        None => Reply::not_found(),
    }
}
