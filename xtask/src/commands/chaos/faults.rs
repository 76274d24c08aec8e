//! What breaks, when, and how often.

use std::{
    collections::BTreeMap,
    fmt,
    ops::{Range, RangeInclusive},
    time::Duration,
};

use anyhow::Result;
use rand::{Rng as _, rngs::StdRng, seq::SliceRandom as _};
use serde_json::{Value, json};

use crate::rig::{Fleet, fleet::End};

use super::{outages, traffic::Line};

/// Between two faults.
const PAUSE: Range<Duration> = Duration::from_millis(300)..Duration::from_millis(3_500);

/// How long the server stands still, the disk stays full after the server has noticed, the database
/// answers nothing, and is away.
const FROZEN: RangeInclusive<Duration> = Duration::from_secs(2)..=Duration::from_secs(40);
const FULL: RangeInclusive<Duration> = Duration::from_secs(2)..=Duration::from_secs(10);
const SLOW: RangeInclusive<Duration> = Duration::from_millis(500)..=Duration::from_secs(3);
const AWAY: RangeInclusive<Duration> = Duration::ZERO..=Duration::from_secs(3);

/// The part of the whole time that one fault may last, and what even the shortest run allows it.
const SHARE: u32 = 10;
const ALLOWED: Duration = Duration::from_secs(3);

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
    /// A message is overtaken by the one behind it.
    Swapped,
    /// WhatsApp takes messages, and its word that it did is lost.
    LostAck,
    /// The media servers refuse files, break off, or give out something else.
    Media(&'static str),
    /// The media servers have a customer's files no longer, and the phone has to put them there again.
    MediaExpired,
    /// A customer's phone loses its Signal sessions, as after a restored backup.
    SessionLoss,
    /// The disk has less room than the server has to leave free.
    DiskFull,
    /// The server stands still (SIGSTOP), as on a machine that is suspended, and goes on.
    Frozen,
    /// PostgreSQL's processes stand still for a moment, a few times.
    SlowDatabase,
    /// PostgreSQL breaks off, and comes back after crash recovery.
    DatabaseAway,
}

/// What became of a fault.
enum Outcome {
    Struck,
    /// The machine does not allow it, for this reason.
    LeftOut(&'static str),
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
    (Fault::Swapped, 5),
    (Fault::LostAck, 7),
    (Fault::Media("media-503"), 3),
    (Fault::Media("media-404"), 2),
    (Fault::Media("media-truncated"), 3),
    (Fault::Media("media-corrupt"), 3),
    (Fault::MediaExpired, 4),
    (Fault::SessionLoss, 3),
    (Fault::DiskFull, 3),
    (Fault::Frozen, 3),
];

/// Those that come as well when the database is a PostgreSQL.
const OF_POSTGRES: &[(Fault, u32)] = &[(Fault::SlowDatabase, 4), (Fault::DatabaseAway, 4)];

/// What comes no more often than this comes once before all others: else a short run might do without.
const RARE: u32 = 4;

pub(super) struct Faults {
    random: StdRng,
    weights: Vec<(Fault, u32)>,
    /// The rare ones that have not come yet.
    due: Vec<Fault>,
    /// How long one may last.
    limit: Duration,
    struck: BTreeMap<Fault, u32>,
    left_out: BTreeMap<(Fault, &'static str), u32>,
}

impl Faults {
    /// Those of a run that takes so much `time`, on a PostgreSQL or not.
    pub(super) fn new(mut random: StdRng, time: Duration, postgres: bool) -> Self {
        let more: &[(Fault, u32)] = if postgres { OF_POSTGRES } else { &[] };
        let weights = [WEIGHTS, more].concat();
        let rare = weights.iter().filter(|(_, weight)| *weight <= RARE);
        let mut due: Vec<_> = rare.map(|&(fault, _)| fault).collect();
        due.shuffle(&mut random);
        let limit = (time / SHARE).max(ALLOWED);
        let (struck, left_out) = (BTreeMap::new(), BTreeMap::new());
        Self { random, weights, due, limit, struck, left_out }
    }

    /// How long to wait before the next.
    pub(super) fn pause(&mut self) -> Duration {
        self.random.random_range(PAUSE)
    }

    pub(super) fn strike(&mut self, fleet: &mut Fleet<'_>, lines: &[Line]) -> Result<()> {
        let fault = self.choose();
        let times = match self.carry_out(fault, fleet, lines)? {
            Outcome::Struck => self.struck.entry(fault).or_default(),
            Outcome::LeftOut(why) => self.left_out.entry((fault, why)).or_default(),
        };
        *times += 1;
        Ok(())
    }

    fn carry_out(
        &mut self,
        fault: Fault,
        fleet: &mut Fleet<'_>,
        lines: &[Line],
    ) -> Result<Outcome> {
        let line = &lines[self.random.random_range(0..lines.len())];
        let count = self.random.random_range(1..4);
        let on_number = |kind: &str| json!({ "kind": kind, "device": line.number, "count": count });
        let whatsapp = fleet.whatsapp();
        let tell = |request: Value| whatsapp.fault(&request);
        match fault {
            Fault::Kill => fleet.bounce(End::Kill, |_| Ok(()))?,
            Fault::Stop => fleet.bounce(End::Stop, |_| Ok(()))?,
            Fault::Drop => tell(on_number("drop"))?,
            Fault::HalfOpen => tell(on_number("half-open"))?,
            Fault::SentAway(kind) => tell(on_number(kind))?,
            Fault::Down => tell(json!({ "kind": "server-restart", "down_ms": 500 * count }))?,
            Fault::Twice => tell(on_number("duplicate"))?,
            Fault::Corrupt => tell(on_number("corrupt"))?,
            Fault::Late => tell(json!({
                "kind": "delay", "device": line.number, "count": count, "delay_ms": 700
            }))?,
            Fault::Swapped => tell(on_number("reorder"))?,
            Fault::LostAck => tell(on_number("late-ack"))?,
            Fault::Media(kind) => tell(json!({ "kind": kind, "count": count }))?,
            Fault::MediaExpired => {
                tell(json!({ "kind": "media-expired", "device": line.customer }))?;
            }
            Fault::SessionLoss => {
                tell(json!({ "kind": "session-loss", "device": line.customer }))?;
            }
            Fault::DiskFull => {
                if let Some(why) = outages::full_disk(fleet, self.lasting(FULL))? {
                    return Ok(Outcome::LeftOut(why));
                }
            }
            Fault::Frozen => outages::frozen_server(fleet, self.lasting(FROZEN))?,
            Fault::SlowDatabase => {
                let times: Vec<_> = (0..=count).map(|_| self.lasting(SLOW)).collect();
                outages::slow_database(fleet, &times)?;
            }
            Fault::DatabaseAway => fleet.crash_database(self.lasting(AWAY))?,
        }
        Ok(Outcome::Struck)
    }

    /// How long a fault lasts: within `range`, and not longer than the run allows.
    fn lasting(&mut self, range: RangeInclusive<Duration>) -> Duration {
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

    /// What was done and what could not be, in a line.
    pub(super) fn tally(&self) -> impl fmt::Display {
        let struck = self.struck.iter().map(|(fault, times)| format!("{times} × {fault:?}"));
        let left_out = self
            .left_out
            .iter()
            .map(|((fault, why), times)| format!("{times} × {fault:?} left out ({why})"));
        struck.chain(left_out).collect::<Vec<_>>().join(", ")
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
        let rare = first(12, faults(7, true));
        for fault in [Fault::DiskFull, Fault::Frozen, Fault::SlowDatabase, Fault::DatabaseAway] {
            assert!(rare.contains(&fault), "{fault:?}");
        }
        let without = first(1_000, faults(7, false));
        assert!(!without.iter().any(|fault| OF_POSTGRES.iter().any(|(other, _)| other == fault)));
        assert!(without.contains(&Fault::Kill));
    }

    #[test]
    fn a_fault_lasts_as_long_as_the_run_allows() {
        let mut short = faults(7, false);
        let mut long = Faults::new(StdRng::seed_from_u64(7), 20 * SHORT, false);
        let longest = |faults: &mut Faults| (0..100).map(|_| faults.lasting(FROZEN)).max();
        assert!(longest(&mut short).is_some_and(|longest| longest <= SHORT / 10));
        assert!(longest(&mut long).is_some_and(|longest| longest > SHORT / 10));
    }
}
