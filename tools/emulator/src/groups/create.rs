//! New groups.

use std::collections::BTreeSet;
use std::sync::Arc;

use rand::RngExt as _;

use super::notice::{self, Entrance};
use super::refusal::Refusal;
use super::settings::subject;
use crate::world::World;
use crate::world::account::Account;
use crate::world::addressing::Addressing;
use crate::world::groups::cell::GroupCell;
use crate::world::groups::group::{Description, Group, LARGEST, Settings, Subject};
use crate::world::groups::members::{Members, Role};

/// A group to create.
pub(crate) struct NewGroup<'a> {
    pub(crate) owner: &'a Arc<Account>,
    /// The others. Who is named twice is a member once.
    pub(crate) members: &'a [Arc<Account>],
    pub(crate) subject: &'a str,
    /// The description and its id; one is made if that is left out.
    pub(crate) description: Option<(&'a str, Option<String>)>,
    pub(crate) settings: Settings,
    pub(crate) addressing: Addressing,
    /// The key of the client's request.
    pub(crate) key: Option<&'a str>,
}

/// Creates a group, and tells its members.
pub(crate) fn create(world: &World, new: NewGroup<'_>) -> Result<Arc<GroupCell>, Refusal> {
    let subject = subject(new.subject)?;
    let owner = new.owner.number();
    let mut members = Members::default();
    members.add(owner, Role::Owner);
    for account in new.members {
        members.add(account.number(), Role::Member);
    }
    if members.len() > LARGEST {
        return Err(Refusal::Full);
    }
    let at = world.clock.now();
    let description = new.description.map(|(text, id)| Description {
        id: id.unwrap_or_else(description_id),
        text: text.to_owned(),
        by: owner.to_owned(),
        at,
    });
    let group = Group {
        id: format!("12036{:013}", world.next_id()),
        creation: at,
        creator: owner.to_owned(),
        subject: Subject { text: subject, by: owner.to_owned(), at },
        description,
        picture: None,
        members,
        addressing: new.addressing,
        settings: new.settings,
        invite: invite_code(),
        requests: Vec::new(),
        removed: BTreeSet::new(),
    };
    let cell = world.groups.insert(group);
    cell.in_order(|group| {
        let create = notice::create(world, group, Entrance::New { key: new.key });
        notice::to_members(world, group, new.owner, create);
    });
    world.changed();
    Ok(cell)
}

/// A new code of an invite link.
pub(super) fn invite_code() -> String {
    hex::encode_upper(rand::rng().random::<[u8; 11]>())
}

/// A new id of a description.
pub(super) fn description_id() -> String {
    hex::encode_upper(rand::rng().random::<[u8; 4]>())
}
