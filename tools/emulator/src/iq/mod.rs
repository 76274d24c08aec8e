//! Requests of a client and their answers, one file per namespace.
//!
//! Every request is answered. An unknown one gets `feature-not-implemented` and is listed in the
//! stats, so that a test can require that there are none.

pub(crate) mod account;
mod app_state;
mod blocklist;
mod business;
mod encrypt;
mod groups;
mod media;
mod mex;
mod picture;
mod privacy;
mod profile;
mod props;
mod request;
mod usync;

use wacore_binary::Node;

pub(crate) use request::{Iq, Reply};

use crate::client::session::Session;
use crate::faults::FaultKind;

/// Answers a logged-in client's request.
pub(crate) async fn handle(session: &Session<'_>, node: &Node) {
    let Some(iq) = Iq::read(node) else {
        return;
    };
    if !iq.is_request() {
        return;
    }
    let world = &session.connection.world;
    let me = &session.me;
    let withheld: &[FaultKind] = match iq.xmlns.as_ref() {
        "w:p" => &[FaultKind::WithheldPong, FaultKind::IqUnanswered],
        _ => &[FaultKind::IqUnanswered],
    };
    if world.faults.trigger(withheld, me.account.number(), me.device).is_some() {
        world.stats.unanswered_iqs.add(1);
        return;
    }
    let reply = reply(session, &iq).await;
    iq.answer(world, &session.connection.link, reply);
    if account::goes_active(&iq) {
        account::active(session);
    }
    if account::leaves(session, &iq) {
        account::leave(world, me).await;
    }
}

async fn reply(session: &Session<'_>, iq: &Iq<'_>) -> Reply {
    match iq.xmlns.as_ref() {
        "passive" => Reply::empty(),
        "w:p" | "urn:xmpp:ping" => Reply::empty(),
        "urn:xmpp:whatsapp:dirty" => Reply::empty(),
        "encrypt" => encrypt::reply(session, iq).await,
        "usync" => usync::reply(session, iq),
        "abt" => props::reply(session),
        "blocklist" => blocklist::reply(session, iq),
        "privacy" => privacy::reply(session, iq),
        "disappearing_mode" => Reply::empty(),
        "w:m" => media::reply(session),
        "w:sync:app:state" => app_state::reply(session, iq).await,
        "w:profile:picture" => picture::reply(session, iq).await,
        "status" => profile::about(session, iq).await,
        "w:biz" => business::reply(session, iq),
        "w:mex" => mex::reply(session, iq),
        "md" => account::reply(session, iq),
        "w:g2" => groups::reply(session, iq),
        // Reports and telemetry are accepted and discarded; a client cannot detect that.
        "spam" | "w:stats" | "urn:xmpp:whatsapp:push" | "w:web" => Reply::empty(),
        _ => Reply::Unknown,
    }
}
