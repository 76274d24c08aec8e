//! Notices a connection that is open on this side only.
//!
//! A router may forget the connection, or a laptop may sleep: then nothing closes the socket, and
//! nothing comes through it. The library notices it after up to 80 s. A number that is shown as
//! connected must be connected, so this sends a ping as soon as WhatsApp is silent.

use std::sync::Arc;

use tokio::sync::mpsc;
use whatsapp_rust::prelude::{Client, IqError};
use whatsapp_rust::wacore::iq::keepalive::KeepaliveSpec;

use crate::pauses::Pauses;
use crate::signal::Signal;

/// Runs until it has signalled a dead connection, or is dropped.
pub(crate) async fn watch(
    client: Arc<Client>,
    pauses: Pauses,
    signals: mpsc::UnboundedSender<Signal>,
) {
    let mut received = last_received(&client);
    loop {
        tokio::time::sleep(pauses.silence_check).await;
        if last_received(&client) == received {
            let answer = client.execute(KeepaliveSpec::with_timeout(pauses.ping_timeout)).await;
            // Other data may have arrived instead of the answer. Any error but a timeout means that
            // the library has noticed already.
            if matches!(answer, Err(IqError::Timeout)) && last_received(&client) == received {
                // The session may be gone already, and then nobody needs the signal.
                let _ = signals.send(Signal::Unresponsive);
                return;
            }
        }
        received = last_received(&client);
    }
}

/// Returns the time of the last received data. It is only compared for equality, since the system
/// clock may be changed.
fn last_received(client: &Client) -> u64 {
    client.stats().last_data_received_ms
}
