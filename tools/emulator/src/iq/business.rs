//! `w:biz`: profiles of businesses.

use wacore_binary::builder::NodeBuilder;
use wacore_binary::{Jid, Node};

use super::{Iq, Reply};
use crate::client::session::Session;
use crate::node::with_text;
use crate::world::business::{Business, OpeningHours};

/// The profiles of the accounts that a request lists; those that are no businesses are left out.
pub(super) fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    let asked = iq.child.filter(|child| iq.kind == "get" && child.tag == "business_profile");
    let Some(asked) = asked else {
        return Reply::not_served();
    };
    let profiles = asked.get_children_by_tag("profile").filter_map(|profile| {
        let jid = profile.attrs().optional_jid("jid")?;
        let account = session.connection.world.account_of(&jid)?;
        let directory = account.directory();
        Some(describe(&jid, directory.profile.business.as_ref()?))
    });
    let profiles: Vec<Node> = profiles.collect();
    Reply::result([NodeBuilder::new("business_profile").children(profiles).build()])
}

fn describe(jid: &Jid, business: &Business) -> Node {
    let text = |tag: &'static str, text: &str| with_text(NodeBuilder::new(tag), text).build();
    let texts = [
        ("description", &business.description),
        ("email", &business.email),
        ("address", &business.address),
    ];
    let texts = texts.into_iter().filter_map(|(tag, value)| Some(text(tag, value.as_deref()?)));
    let websites = business.websites.iter().map(|website| text("website", website));
    let mut children: Vec<Node> = texts.chain(websites).collect();
    if !business.categories.is_empty() {
        let categories = business.categories.iter().enumerate().map(|(id, name)| {
            with_text(NodeBuilder::new("category").attr("id", id + 1), name).build()
        });
        children.push(NodeBuilder::new("categories").children(categories).build());
    }
    if !business.hours.is_empty() {
        let mut hours = NodeBuilder::new("business_hours");
        if let Some(timezone) = &business.timezone {
            hours = hours.attr("timezone", timezone.as_str());
        }
        children.push(hours.children(business.hours.iter().map(opening)).build());
    }
    NodeBuilder::new("profile").attr("jid", jid).children(children).build()
}

fn opening(hours: &OpeningHours) -> Node {
    let node = NodeBuilder::new("business_hours_config").attr("day_of_week", hours.day.as_str());
    match hours.open.zip(hours.close) {
        None => node.attr("mode", "open_24h").build(),
        Some((open, close)) => node
            .attr("mode", "specific_hours")
            .attr("open_time", open)
            .attr("close_time", close)
            .build(),
    }
}
