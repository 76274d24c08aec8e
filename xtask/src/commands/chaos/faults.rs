//! Chooses and injects faults.

use std::{
    collections::BTreeMap,
    fmt,
    ops::{Range, RangeInclusive},
    time::Duration,
};

use anyhow::Result;
use rand::{Rng as _, rngs::StdRng, seq::SliceRandom as _};
use serde_json::{Value, json};

use crate::harness::{TestCluster, test_cluster::End};

use super::{conversation::Conversation, outages};

/// Pause between two faults.
const PAUSE: Range<Duration> = Duration::from_millis(300)..Duration::from_millis(3_500);

/// Durations: the server is frozen, the disk stays full after the server has noticed, the database
/// is frozen, and the database is down.
const FROZEN: RangeInclusive<Duration> = Duration::from_secs(2)..=Duration::from_secs(40);
const FULL: RangeInclusive<Duration> = Duration::from_secs(2)..=Duration::from_secs(10);
const SLOW: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_secs(3);
const AWAY: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(3);

/// A fault lasts at most this part of the whole time (a tenth), and may last 3 s in every run.
const MAX_SHARE: u32 = 10;
const MIN_LIMIT: Duration = Duration::from_secs(3);

/// Kind of a fault.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fault {
    /// The server is killed (SIGKILL) and starts again.
    Kill,
    /// The server is stopped (SIGTERM) and starts again.
    Stop,
    /// A number's connection breaks without a close frame.
    Drop,
    /// A number's connection stays open and transports nothing any more.
    HalfOpen,
    /// WhatsApp disconnects the client: `<stream:error>` 515 or 503.
    SentAway(&'static str),
    /// WhatsApp is down for a moment, for everybody.
    Down,
    /// Messages are delivered twice.
    Twice,
    /// A message cannot be decrypted, and a retry receipt requests it again.
    Corrupt,
    /// Messages are delayed.
    Late,
    /// A message is overtaken by the one behind it.
    Swapped,
    /// WhatsApp accepts messages, and its acks are lost.
    LostAck,
    /// The media servers refuse files, send a part of them, or send other bytes.
    Media(&'static str),
    /// The media servers refuse files of the numbers, take them slowly, or break off in the middle.
    Upload(&'static str),
    /// The media servers have deleted a customer's files, and the phone has to upload them again.
    MediaExpired,
    /// A customer's phone loses its Signal sessions, as after a restored backup.
    SessionLoss,
    /// The disk has less free space than the reserve of the server.
    DiskFull,
    /// The server is frozen (SIGSTOP), as on a suspended machine, and continues.
    Frozen,
    /// PostgreSQL's processes are frozen for a moment, a few times.
    SlowDatabase,
    /// PostgreSQL crashes, and comes back after crash recovery.
    DatabaseAway,
}

/// Result of injecting a fault.
enum Outcome {
    Injected,
    /// The machine does not allow the fault, for this reason.
    Skipped(&'static str),
}

/// Relative frequency of each fault.
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
    (Fault::Swapped, 5),
    (Fault::LostAck, 7),
    (Fault::Media("media-503"), 3),
    (Fault::Media("media-404"), 2),
    (Fault::Media("media-truncated"), 3),
    (Fault::Media("media-corrupt"), 3),
    (Fault::Upload("upload-refused"), 3),
    (Fault::Upload("upload-slow"), 2),
    (Fault::Upload("upload-broken"), 4),
    (Fault::MediaExpired, 4),
    (Fault::SessionLoss, 3),
    (Fault::DiskFull, 3),
    (Fault::Frozen, 3),
];

/// Relative frequency of the faults of a PostgreSQL.
const POSTGRES_WEIGHTS: &[(Fault, u32)] = &[(Fault::SlowDatabase, 4), (Fault::DatabaseAway, 4)];

/// Each fault with at most this weight is injected once before all others, so that a short run has
/// it.
const RARE: u32 = 4;

pub(super) struct Faults {
    random: StdRng,
    weights: Vec<(Fault, u32)>,
    /// Rare faults that were not injected yet.
    due: Vec<Fault>,
    /// Longest duration of a fault.
    limit: Duration,
    injected: BTreeMap<Fault, u32>,
    skipped: BTreeMap<(Fault, &'static str), u32>,
}

impl Faults {
    /// Returns the faults of a run that takes `time`, with or without those of a PostgreSQL.
    pub(super) fn new(mut random: StdRng, time: Duration, postgres: bool) -> Self {
        let more: &[(Fault, u32)] = if postgres { POSTGRES_WEIGHTS } else { &[] };
        let weights = [WEIGHTS, more].concat();
        let rare = weights.iter().filter(|(_, weight)| *weight <= RARE);
        let mut due: Vec<_> = rare.map(|&(fault, _)| fault).collect();
        due.shuffle(&mut random);
        let limit = (time / MAX_SHARE).max(MIN_LIMIT);
        let (injected, skipped) = (BTreeMap::new(), BTreeMap::new());
        Self { random, weights, due, limit, injected, skipped }
    }

    /// Returns a random pause before the next fault.
    pub(super) fn pause(&mut self) -> Duration {
        self.random.random_range(PAUSE)
    }

    /// Injects a random fault.
    pub(super) fn inject_next(
        &mut self,
        cluster: &mut TestCluster<'_>,
        conversations: &[Conversation],
    ) -> Result<()> {
        let fault = self.choose();
        let times = match self.inject(fault, cluster, conversations)? {
            Outcome::Injected => self.injected.entry(fault).or_default(),
            Outcome::Skipped(why) => self.skipped.entry((fault, why)).or_default(),
        };
        *times += 1;
        Ok(())
    }

    fn inject(
        &mut self,
        fault: Fault,
        cluster: &mut TestCluster<'_>,
        conversations: &[Conversation],
    ) -> Result<Outcome> {
        let conversation = &conversations[self.random.random_range(0..conversations.len())];
        let count = self.random.random_range(1..4);
        let on_number =
            |kind: &str| json!({ "kind": kind, "device": conversation.number, "count": count });
        let whatsapp = cluster.whatsapp();
        let request_fault = |request: Value| whatsapp.fault(&request);
        match fault {
            Fault::Kill => cluster.bounce(End::Kill, |_| Ok(()))?,
            Fault::Stop => cluster.bounce(End::Stop, |_| Ok(()))?,
            Fault::Drop => request_fault(on_number("drop"))?,
            Fault::HalfOpen => request_fault(on_number("half-open"))?,
            Fault::SentAway(kind) => request_fault(on_number(kind))?,
            Fault::Down => {
                request_fault(json!({ "kind": "server-restart", "down_ms": 500 * count }))?
            }
            Fault::Twice => request_fault(on_number("duplicate"))?,
            Fault::Corrupt => request_fault(on_number("corrupt"))?,
            Fault::Late => request_fault(json!({
                "kind": "delay", "device": conversation.number, "count": count, "delay_ms": 700
            }))?,
            Fault::Swapped => request_fault(on_number("reorder"))?,
            Fault::LostAck => request_fault(on_number("late-ack"))?,
            Fault::Media(kind) | Fault::Upload(kind) => {
                request_fault(json!({ "kind": kind, "count": count }))?;
            }
            Fault::MediaExpired => {
                request_fault(json!({ "kind": "media-expired", "device": conversation.customer }))?;
            }
            Fault::SessionLoss => {
                request_fault(json!({ "kind": "session-loss", "device": conversation.customer }))?;
            }
            Fault::DiskFull => {
                if let Some(why) = outages::full_disk(cluster, self.duration(FULL))? {
                    return Ok(Outcome::Skipped(why));
                }
            }
            Fault::Frozen => outages::frozen_server(cluster, self.duration(FROZEN))?,
            Fault::SlowDatabase => {
                let times: Vec<_> = (0..=count).map(|_| self.duration(SLOW)).collect();
                outages::slow_database(cluster, &times)?;
            }
            Fault::DatabaseAway => cluster.crash_database(self.duration(AWAY))?,
        }
        Ok(Outcome::Injected)
    }

    /// Returns a random duration within `range` that the run allows.
    fn duration(&mut self, range: RangeInclusive<Duration>) -> Duration {
        let longest = self.limit.min(*range.end());
        self.random.random_range(*range.start()..=longest)
    }

    fn choose(&mut self) -> Fault {
        if let Some(fault) = self.due.pop() {
            return fault;
        }
        let all: u32 = self.weights.iter().map(|(_, weight)| weight).sum();
        let mut place = self.random.random_range(0..all);
        for &(fault, weight) in &self.weights {
            if place < weight {
                return fault;
            }
            place -= weight;
        }
        Fault::Kill
    }

    /// Formats the counts of injected and skipped faults in one line.
    pub(super) fn tally(&self) -> impl fmt::Display {
        let injected = self.injected.iter().map(|(fault, times)| format!("{times} × {fault:?}"));
        let skipped = self
            .skipped
            .iter()
            .map(|((fault, why), times)| format!("{times} × {fault:?} left out ({why})"));
        injected.chain(skipped).collect::<Vec<_>>().join(", ")
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    const SHORT: Duration = Duration::from_secs(75);

    fn faults(seed: u64, postgres: bool) -> Faults {
        Faults::new(StdRng::seed_from_u64(seed), SHORT, postgres)
    }

    fn first(count: usize, mut faults: Faults) -> Vec<Fault> {
        (0..count).map(|_| faults.choose()).collect()
    }

    #[test]
    fn a_seed_breaks_the_same_things_in_the_same_order() {
        assert_eq!(first(100, faults(7, true)), first(100, faults(7, true)));
        assert_ne!(first(100, faults(7, true)), first(100, faults(8, true)));
    }

    #[test]
    fn a_short_run_has_the_rare_faults_too() {
        let rare = first(15, faults(7, true));
        for fault in [Fault::DiskFull, Fault::Frozen, Fault::SlowDatabase, Fault::DatabaseAway] {
            assert!(rare.contains(&fault), "{fault:?}");
        }
        let without = first(1_000, faults(7, false));
        assert!(
            !without.iter().any(|fault| POSTGRES_WEIGHTS.iter().any(|(other, _)| other == fault))
        );
        assert!(without.contains(&Fault::Kill));
    }

    #[test]
    fn a_fault_lasts_as_long_as_the_run_allows() {
        let mut short = faults(7, false);
        let mut long = Faults::new(StdRng::seed_from_u64(7), 20 * SHORT, false);
        let longest = |faults: &mut Faults| (0..100).map(|_| faults.duration(FROZEN)).max();
        assert!(longest(&mut short).is_some_and(|longest| longest <= SHORT / 10));
        assert!(longest(&mut long).is_some_and(|longest| longest > SHORT / 10));
    }
}
