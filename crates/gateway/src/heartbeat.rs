//! Notices a connection that is open on this side only.
//!
//! A router that forgot the connection, a laptop that slept: nothing closes the socket, and nothing
//! comes through it. The library finds out too, after up to 80 s. A number shown as connected has to
//! be connected, so it is asked here as soon as WhatsApp is silent.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::mpsc;
use whatsapp_rust::prelude::{Client, IqError};
use whatsapp_rust::wacore::iq::keepalive::KeepaliveSpec;

use crate::session::Signal;

/// How often it is looked whether something came. What comes right after a look hides the silence
/// until the look after next, so a dead connection is noticed after 2 × `LOOK` + `ANSWER` at most.
const LOOK: Duration = Duration::from_secs(9);
/// How long a ping may take.
const ANSWER: Duration = Duration::from_secs(8);

/// Runs until the connection is found dead, which it signals, or until it is dropped.
pub(crate) async fn watch(client: Arc<Client>, signals: mpsc::UnboundedSender<Signal>) {
    let mut heard = last_heard(&client);
    loop {
        tokio::time::sleep(LOOK).await;
        if last_heard(&client) == heard {
            let answer = client.execute(KeepaliveSpec::with_timeout(ANSWER)).await;
            // Something else may have come instead of the answer, and any other error than silence
            // means that the library knows already.
            if matches!(answer, Err(IqError::Timeout)) && last_heard(&client) == heard {
                // The session may be gone already, and then nobody needs to know.
                let _ = signals.send(Signal::Silent);
                return;
            }
        }
        heard = last_heard(&client);
    }
}

/// When anything came from WhatsApp last, as a mark to compare: the clock behind it may be set.
fn last_heard(client: &Client) -> u64 {
    client.stats().last_data_received_ms
}
