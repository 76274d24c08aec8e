//! Pictures of accounts: how they are set, and who is told.

use std::sync::Arc;

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use crate::acquaintances;
use crate::notify::{all_companions, notification};
use crate::visibility::is_visible;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::picture::Picture;
use crate::world::privacy::Part;

/// Sets the picture of an account, or removes it. Returns the id of the new one.
pub(crate) async fn set(
    world: &World,
    account: &Arc<Account>,
    bytes: Option<Vec<u8>>,
) -> Option<String> {
    let picture = bytes.map(|bytes| Picture::new(world.next_id(), bytes));
    let id = picture.as_ref().map(|picture| picture.id.clone());
    let before = std::mem::replace(&mut account.directory().profile.picture, picture);
    if before.is_none() && id.is_none() {
        return None;
    }
    let owner = account.jid(Addressing::Pn);
    let node = changed(world, &owner, &owner, id.as_deref());
    all_companions(world, account, 0, &node);
    for other in acquaintances::of(world, account).await {
        if is_visible(account, &other, Part::Picture) {
            all_companions(world, &other, 0, &node);
        }
    }
    world.changed();
    id
}

/// The notification of a new picture of `owner`, an account or a group, or of its removal
/// (whatsapp-rust `handle_picture_notification`).
pub(crate) fn changed(world: &World, owner: &Jid, author: &Jid, id: Option<&str>) -> Node {
    let change = match id {
        Some(id) => NodeBuilder::new("set").attr("id", id),
        None => NodeBuilder::new("delete"),
    };
    let change = change.attr("jid", owner).attr("author", author).build();
    notification(world, "picture", owner, [change])
}
