//! Creation of a group.

use wacore_binary::Node;

use super::{Reply, named};
use crate::client::session::Session;
use crate::groups::create::{self, NewGroup};
use crate::groups::node::{self, Parts};
use crate::groups::refusal::Refusal;
use crate::node::attr;
use crate::world::groups::group::Settings;

/// Creates a group of the account with those whom the request names. People without an account are
/// left out.
pub(super) fn create(session: &Session<'_>, asked: &Node) -> Result<Reply, Refusal> {
    let world = &session.connection.world;
    let owner = &session.me.account;
    let members: Vec<_> =
        named(world, asked).into_iter().filter_map(|(_, account)| account).collect();
    let child = |tag: &str| asked.get_optional_child(tag);
    let text = |tag: &str| child(tag).and_then(Node::content_as_string);
    let description = child("description");
    let body = description.and_then(|description| description.get_optional_child("body"));
    let body = body.and_then(Node::content_as_string);
    let approval = asked.get_optional_child_by_tag(&["membership_approval_mode", "group_join"]);
    let ephemeral = child("ephemeral")
        .and_then(|ephemeral| u32::try_from(ephemeral.attrs().optional_u64("expiration")?).ok());
    let settings = Settings {
        announce: child("announcement").is_some(),
        locked: child("locked").is_some(),
        ephemeral: ephemeral.unwrap_or_default(),
        approval: approval.is_some_and(|join| attr(join, "state").as_deref() == Some("on")),
        admins_add: text("member_add_mode").is_some_and(|mode| mode == "admin_add"),
        ..Settings::default()
    };
    let (subject, key) = (attr(asked, "subject").unwrap_or_default(), attr(asked, "key"));
    let addressing = owner.directory().addressing;
    let new = NewGroup {
        owner,
        members: &members,
        subject: &subject,
        description: body
            .as_deref()
            .map(|body| (body, description.and_then(|description| attr(description, "id")))),
        settings,
        addressing,
        key: key.as_deref(),
    };
    let group = create::create(world, new)?.snapshot();
    Ok(Reply::result([node::group(world, &group, Parts::ALL)]))
}
