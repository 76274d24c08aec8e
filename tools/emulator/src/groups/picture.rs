//! The picture of a group.

use super::refusal::Refusal;
use crate::notify;
use crate::profile_picture;
use crate::world::World;
use crate::world::account::Account;
use crate::world::groups::cell::GroupCell;
use crate::world::picture::Picture;

/// Sets the picture of a group, or removes it, and tells the members. Returns the id of the new one.
pub(crate) fn set(
    world: &World,
    cell: &GroupCell,
    by: &Account,
    bytes: Option<Vec<u8>>,
) -> Result<Option<String>, Refusal> {
    // The preview is made before the group is locked.
    let picture = bytes.map(|bytes| Picture::new(world.next_id(), bytes));
    let id = picture.as_ref().map(|picture| picture.id.clone());
    cell.change(|group| -> Result<(), Refusal> {
        if !group.has(by.number()) {
            return Err(Refusal::NotMember);
        }
        if !group.admits_change_of(by.number()) {
            return Err(Refusal::NotAdmin);
        }
        let before = std::mem::replace(&mut group.picture, picture);
        if before.is_none() && id.is_none() {
            return Ok(());
        }
        let author = by.jid(group.addressing);
        let node = profile_picture::changed(world, cell.jid(), &author, id.as_deref());
        for member in group.members.numbers().filter_map(|number| world.account(number)) {
            notify::all_companions(world, &member, 0, &node);
        }
        Ok(())
    })?;
    world.changed();
    Ok(id)
}
