//! Steady traffic from phones, for the bench.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use tokio::time::MissedTickBehavior;

use super::{Control, ControlError};
use crate::simulated_phone::outgoing;
use crate::world::chat::Chat;
use crate::world::presentation::Presentation;

/// Number of ticks per second. Messages are sent once a tick, which keeps bursts short at high
/// rates.
const TICKS_PER_SECOND: u32 = 50;

/// The body of `POST /load`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoadRequest {
    /// Numbers of the phones that write, in turn.
    pub phones: Vec<String>,
    /// Numbers or groups they write to, in turn.
    pub to: Vec<String>,
    /// Messages per second, all phones together.
    pub per_second: u32,
    /// Duration in seconds.
    pub seconds: u32,
}

/// The outcome of a load run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LoadReport {
    /// Messages sent.
    pub sent: u64,
    /// Messages per recipient's number, or JID of a group.
    pub sent_to: BTreeMap<String, u64>,
    /// Duration of the run.
    pub elapsed_ms: u64,
}

impl Control {
    /// Sends texts at a steady rate and returns when all are sent. Their text is `load N`, with N
    /// counting from 0, so that a receiver can find missing ones.
    pub async fn load(&self, request: &LoadRequest) -> Result<LoadReport, ControlError> {
        let writers = self.all(&request.phones)?;
        let readers: Vec<Chat> =
            request.to.iter().map(|to| self.chat(to)).collect::<Result<_, _>>()?;
        if readers.is_empty() {
            return Err(ControlError::Invalid("to names nobody".to_owned()));
        }
        let total = u64::from(request.per_second) * u64::from(request.seconds);
        let started = Instant::now();
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / TICKS_PER_SECOND);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut sent = 0;
        let mut sent_to = BTreeMap::new();
        while sent < total {
            ticks.tick().await;
            let due = due(started.elapsed(), request.per_second).min(total);
            while sent < due {
                let writer = &writers[index(sent, writers.len())];
                let reader = &readers[index(sent, readers.len())];
                let text = format!("load {sent}");
                outgoing::send_text(&self.world, writer, reader, &text, None, &Presentation::Plain)
                    .await?;
                *sent_to.entry(reader.name()).or_default() += 1;
                sent += 1;
            }
        }
        Ok(LoadReport {
            sent,
            sent_to,
            elapsed_ms: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    }

    fn all(
        &self,
        numbers: &[String],
    ) -> Result<Vec<std::sync::Arc<crate::world::account::Account>>, ControlError> {
        if numbers.is_empty() {
            return Err(ControlError::Invalid("no phones named".to_owned()));
        }
        numbers.iter().map(|number| self.phone(number)).collect()
    }
}

/// Number of messages to have sent after `elapsed`; the first is due at once.
fn due(elapsed: Duration, per_second: u32) -> u64 {
    let due = elapsed.as_secs_f64() * f64::from(per_second);
    // This saturates; a bench never comes near 2^64.
    due as u64 + 1
}

fn index(sent: u64, length: usize) -> usize {
    usize::try_from(sent).unwrap_or(0) % length
}
