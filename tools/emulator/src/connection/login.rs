//! The login of a linked device, and its connection until the end.

use wacore_binary::Node;
use wacore_binary::builder::NodeBuilder;
use waproto::whatsapp::ClientPayload;

use crate::client::connection::Connection;
use crate::client::session::Session;
use crate::faults::FaultKind;
use crate::stream_error::conflict;
use crate::world::account::DeviceAddress;
use crate::world::addressing::Addressing;
use crate::world::inbox::Event;
use crate::world::link::Ending;
use crate::world::queue::Phase;
use crate::{iq, presence, simulated_phone, stanza};

/// Logs a device in and serves it until the connection ends.
pub(crate) async fn run(
    connection: &mut Connection,
    client_static: [u8; 32],
    payload: &ClientPayload,
) {
    let Some(me) = authenticate(connection, client_static, payload) else {
        refuse(connection, NodeBuilder::new("failure").attr("reason", 401));
        return;
    };
    if let Some(failure) = login_fault(connection, &me) {
        refuse(connection, failure);
        return;
    }
    log_in(connection, &me);
    while let Some(node) = connection.next().await {
        let session = Session { connection, me: me.clone() };
        handle(&session, node).await;
    }
    let was_current = me
        .account
        .directory()
        .companions
        .get_mut(&me.device)
        .is_some_and(|companion| companion.disconnected(connection.link.id()));
    if was_current {
        presence::announce(&connection.world, &me.account);
        connection.world.changed();
    }
}

/// Returns the device named in the payload if the connection's Noise key is that device's.
fn authenticate(
    connection: &Connection,
    client_static: [u8; 32],
    payload: &ClientPayload,
) -> Option<DeviceAddress> {
    let number = payload.username?.to_string();
    let device = u16::try_from(payload.device.unwrap_or(0)).ok()?;
    let account = connection.world.account(&number)?;
    let known = account
        .directory()
        .companions
        .get(&device)
        .is_some_and(|companion| companion.noise == client_static);
    known.then(|| DeviceAddress::new(&account, device))
}

fn login_fault(connection: &Connection, me: &DeviceAddress) -> Option<NodeBuilder> {
    const KINDS: [FaultKind; 3] = [FaultKind::Ban, FaultKind::Outdated, FaultKind::Refused];
    let faults = &connection.world.faults;
    let fault = faults.trigger(&KINDS, me.account.number(), me.device)?;
    let failure = NodeBuilder::new("failure");
    Some(match fault.kind {
        FaultKind::Ban => failure
            .attr("reason", 402)
            .attr("code", 101)
            .attr("expire", fault.expire_secs.unwrap_or(3600)),
        FaultKind::Outdated => failure.attr("reason", 405),
        _ => failure.attr("reason", fault.code.unwrap_or(503)),
    })
}

fn refuse(connection: &Connection, failure: NodeBuilder) {
    connection.link.send(failure.attr("location", "frc").build());
    connection.link.end(Ending::Close);
}

fn log_in(connection: &Connection, me: &DeviceAddress) {
    let world = &connection.world;
    let replaced = {
        let mut directory = me.account.directory();
        let Some(companion) = directory.companions.get_mut(&me.device) else {
            return;
        };
        companion.queue.set_phase(Phase::Held);
        companion.available = false;
        companion.link.replace(connection.link.clone())
    };
    simulated_phone::send_withheld(world, &me.account);
    me.account.send_to_phone(Event::DeviceOnline(me.device));
    if let Some(old) = replaced {
        old.send(conflict("replaced"));
        old.end(Ending::Close);
    }
    world.stats.logins.add(1);
    connection.link.send(
        NodeBuilder::new("success")
            .attr("t", world.clock.now())
            .attr("lid", me.jid(Addressing::Lid))
            .attr("location", "frc")
            .attr("props", 2)
            .build(),
    );
    world.changed();
}

async fn handle(session: &Session<'_>, node: Node) {
    match node.tag.as_ref() {
        "iq" => iq::handle(session, &node).await,
        "message" => stanza::message::handle(session, &node),
        "receipt" => stanza::receipt::handle(session, &node),
        "ack" => stanza::ack::handle(session, &node),
        "presence" => stanza::presence::handle(session, &node),
        "chatstate" => stanza::chatstate::handle(session, &node),
        "ib" => stanza::ib::handle(session, &node),
        "call" => stanza::call::handle(session, &node),
        tag => {
            tracing::debug!(tag, "stanza nobody handles");
            session.connection.world.stats.unknown_iq(format!("stanza:{tag}"));
        }
    }
}
