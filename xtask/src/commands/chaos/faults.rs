//! What breaks, when, and how often.

use std::{collections::BTreeMap, fmt, time::Duration};

use anyhow::Result;
use rand::{Rng as _, rngs::StdRng};
use serde_json::json;

use crate::rig::{Fleet, fleet::End};

use super::traffic::Line;

/// Between two faults.
const PAUSE: std::ops::Range<Duration> = Duration::from_millis(300)..Duration::from_millis(3_500);

/// What can break.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// The server is killed (SIGKILL) and starts again.
    Kill,
    /// It is told to stop (SIGTERM), and starts again.
    Stop,
    /// A number's connection breaks without a word.
    Drop,
    /// It stays open, and nothing gets through any more.
    HalfOpen,
    /// WhatsApp sends the client away: `<stream:error>` 515 or 503.
    SentAway(&'static str),
    /// WhatsApp is down for a moment, for everybody.
    Down,
    /// Messages come twice.
    Twice,
    /// A message cannot be decrypted, and is asked for again.
    Corrupt,
    /// Messages are held back for a while.
    Late,
    /// WhatsApp takes messages, and its word that it did is lost.
    LostAck,
    /// A customer's phone loses its Signal sessions, as after a restored backup.
    SessionLoss,
}

/// How often each comes, among all.
const WEIGHTS: &[(Fault, u32)] = &[
    (Fault::Kill, 40),
    (Fault::Stop, 8),
    (Fault::Drop, 10),
    (Fault::HalfOpen, 3),
    (Fault::SentAway("515"), 5),
    (Fault::SentAway("unavailable"), 5),
    (Fault::Down, 3),
    (Fault::Twice, 7),
    (Fault::Corrupt, 7),
    (Fault::Late, 5),
    (Fault::LostAck, 7),
    (Fault::SessionLoss, 3),
];

pub(super) struct Faults {
    random: StdRng,
    struck: BTreeMap<Fault, u32>,
}

impl Faults {
    pub(super) fn new(random: StdRng) -> Self {
        Self { random, struck: BTreeMap::new() }
    }

    /// How long to wait before the next.
    pub(super) fn pause(&mut self) -> Duration {
        self.random.random_range(PAUSE)
    }

    pub(super) fn strike(&mut self, fleet: &mut Fleet<'_>, lines: &[Line]) -> Result<()> {
        let fault = self.choose();
        let line = &lines[self.random.random_range(0..lines.len())];
        let count = self.random.random_range(1..4);
        *self.struck.entry(fault).or_default() += 1;
        let on_number = |kind: &str| json!({ "kind": kind, "device": line.number, "count": count });
        let request = match fault {
            Fault::Kill => return fleet.bounce(End::Kill, |_| Ok(())),
            Fault::Stop => return fleet.bounce(End::Stop, |_| Ok(())),
            Fault::Drop => on_number("drop"),
            Fault::HalfOpen => on_number("half-open"),
            Fault::SentAway(kind) => on_number(kind),
            Fault::Down => json!({ "kind": "server-restart", "down_ms": 500 * count }),
            Fault::Twice => on_number("duplicate"),
            Fault::Corrupt => on_number("corrupt"),
            Fault::Late => {
                json!({ "kind": "delay", "device": line.number, "count": count, "delay_ms": 700 })
            }
            Fault::LostAck => on_number("late-ack"),
            Fault::SessionLoss => json!({ "kind": "session-loss", "device": line.customer }),
        };
        fleet.whatsapp().fault(&request)
    }

    fn choose(&mut self) -> Fault {
        let all: u32 = WEIGHTS.iter().map(|(_, weight)| weight).sum();
        let mut place = self.random.random_range(0..all);
        for &(fault, weight) in WEIGHTS {
            if place < weight {
                return fault;
            }
            place -= weight;
        }
        Fault::Kill
    }

    /// What was done, in a line.
    pub(super) fn tally(&self) -> impl fmt::Display {
        let struck = self.struck.iter().map(|(fault, times)| format!("{times} × {fault:?}"));
        struck.collect::<Vec<_>>().join(", ")
    }
}
