//! One task per client socket.
//!
//! [`serve`] performs the handshake and then takes one of two paths: a client whose payload
//! carries `device_pairing_data` is registered ([`registration`]); any other logs in as a linked
//! device ([`login`]). A second task writes, fed through a [`Link`](crate::world::link::Link),
//! so that senders of stanzas never wait for the socket.

mod login;
pub(crate) mod registration;

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::WebSocket;
use tokio::sync::mpsc;
use tokio_util::sync::CancellationToken;

use crate::client::connection::Connection;
use crate::faults::FaultKind;
use crate::wire::handshake::{self, Answered, Established, Pattern};
use crate::wire::socket::{self, FrameReader, FrameWriter, StanzaReader, StanzaWriter};
use crate::world::World;
use crate::world::link::{Ending, Link, Outgoing};

/// A connection is closed if its handshake takes longer.
const HANDSHAKE_TIMEOUT: Duration = Duration::from_secs(20);

/// Serves one client until its connection ends, at the latest when `ended` is cancelled.
pub(crate) async fn serve(world: Arc<World>, socket: WebSocket, ended: CancellationToken) {
    let (mut frames, mut writer) = socket::split(socket);
    let shaken = tokio::time::timeout(
        HANDSHAKE_TIMEOUT,
        perform_handshake(&world, &mut frames, &mut writer),
    );
    let shaken = tokio::select! {
        shaken = shaken => shaken,
        () = ended.cancelled() => return,
    };
    let established = match shaken {
        Ok(Ok(established)) => established,
        Ok(Err(reason)) => {
            tracing::debug!(%reason, "handshake failed");
            return;
        }
        Err(_) => {
            tracing::debug!("handshake timed out");
            return;
        }
    };
    world.stats.connections.add(1);
    if established.pattern == Pattern::Ik {
        world.stats.resumed.add(1);
    }

    let (link, outgoing) = Link::new(world.next_id());
    let Established { read, write, client_static, payload, pattern } = established;
    tracing::debug!(connection = link.id(), ?pattern, "handshake finished");
    let stanzas = StanzaWriter::new(writer, write);
    let writing = tokio::spawn(write_stanzas(world.clone(), stanzas, outgoing, ended.clone()));
    let mut connection =
        Connection { world, link, reader: StanzaReader::new(frames, read), ended: ended.clone() };
    match payload.device_pairing_data.as_option() {
        Some(data) => {
            registration::run(&mut connection, client_static, &payload, data).await;
        }
        None => login::run(&mut connection, client_static, &payload).await,
    }
    connection.link.end(Ending::Close);
    // The last stanzas (a failure, a stream error) are still being written.
    if writing.await.is_ok_and(|ending| ending == Ending::Close) {
        connection.reader.frames.drain().await;
    }
}

async fn perform_handshake(
    world: &World,
    frames: &mut FrameReader,
    writer: &mut FrameWriter,
) -> anyhow::Result<Established> {
    let hello = frames.next().await?;
    anyhow::ensure!(world.faults.trigger_for_anybody(FaultKind::Handshake).is_none(), "fault");
    match handshake::answer(&world.identity, &hello)? {
        Answered::Established(reply, established) => {
            writer.send(&reply).await?;
            Ok(*established)
        }
        Answered::AwaitFinish(reply, pending) => {
            writer.send(&reply).await?;
            Ok(pending.finish(&frames.next().await?)?)
        }
    }
}

async fn write_stanzas(
    world: Arc<World>,
    mut stanzas: StanzaWriter,
    mut outgoing: mpsc::UnboundedReceiver<Outgoing>,
    ended: CancellationToken,
) -> Ending {
    let ending = loop {
        let next = tokio::select! {
            biased;
            next = outgoing.recv() => next,
            () = ended.cancelled() => Some(Outgoing::End(Ending::Close)),
        };
        match next {
            Some(Outgoing::Stanza(node)) => match stanzas.send(&node).await {
                Ok(size) => world.stats.bytes_out.add(size),
                Err(_) => break Ending::Drop,
            },
            Some(Outgoing::End(Ending::Close)) | None => {
                stanzas.close().await;
                break Ending::Close;
            }
            Some(Outgoing::End(Ending::Drop)) => break Ending::Drop,
        }
    };
    ended.cancel();
    ending
}
