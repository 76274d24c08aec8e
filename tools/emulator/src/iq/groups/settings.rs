//! Subject, description and settings.

use wacore_binary::Node;

use super::Reply;
use crate::client::session::Session;
use crate::groups::refusal::Refusal;
use crate::groups::settings::{self, NewDescription, Replaces, Setting};
use crate::node::attr;
use crate::world::groups::cell::GroupCell;

/// The setting that a request changes; `None` if it is none that is served.
pub(super) fn read(asked: &Node) -> Result<Option<Setting>, Refusal> {
    let text = || asked.content_as_string().map(|text| text.to_string());
    Ok(Some(match asked.tag.as_ref() {
        "subject" => Setting::Subject(text().ok_or(Refusal::Length)?),
        "description" => Setting::Description(description(asked)),
        "announcement" => Setting::Announce(true),
        "not_announcement" => Setting::Announce(false),
        "locked" => Setting::Locked(true),
        "unlocked" => Setting::Locked(false),
        "ephemeral" => {
            let seconds = asked.attrs().optional_u64("expiration").unwrap_or_default();
            Setting::Ephemeral(u32::try_from(seconds).unwrap_or(u32::MAX))
        }
        "not_ephemeral" => Setting::Ephemeral(0),
        "membership_approval_mode" => {
            let join = asked.get_optional_child("group_join");
            let is_on = join.is_some_and(|join| attr(join, "state").as_deref() == Some("on"));
            Setting::Approval(is_on)
        }
        "member_add_mode" => Setting::AdminsAdd(text().as_deref() == Some("admin_add")),
        tag => return Ok(Setting::switch(tag)),
    }))
}

fn description(asked: &Node) -> NewDescription {
    let body = asked.get_optional_child("body").and_then(Node::content_as_string);
    let text = body.map(|body| body.to_string());
    NewDescription {
        text: text.filter(|_| attr(asked, "delete").as_deref() != Some("true")),
        id: attr(asked, "id"),
        replaces: Replaces::Only(attr(asked, "prev")),
    }
}

pub(super) fn set(
    session: &Session<'_>,
    cell: &GroupCell,
    setting: Setting,
) -> Result<Reply, Refusal> {
    settings::set(&session.connection.world, cell, &session.me.account, setting)?;
    Ok(Reply::empty())
}
