//! `cargo xtask chaos`.
//!
//! `conversation` opens conversations, in which `customers` and `agents` write in both directions and change
//! messages (`traffic`); `record` chooses the steps and keeps them, `form` the form of each message (`card` has
//! places, contacts and polls). `vanishing` is a conversation whose messages disappear. `faults` injects
//! faults meanwhile (`outages` has those that last a while). `verdict` compares the records with both
//! sides: `count` counts what arrived, `kinds` the kinds of messages, `files` the files, `leftovers`
//! those that have to be gone, `operations` what agents did besides writing, and `shown` is the content
//! that a message should have.

mod agents;
mod card;
mod conversation;
mod count;
mod customers;
mod faults;
mod files;
mod form;
mod kinds;
mod leftovers;
mod operations;
mod outages;
mod record;
mod shown;
mod traffic;
mod vanishing;
mod verdict;

use std::{
    path::Path,
    process::ExitCode,
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Result, anyhow};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::{
    built::Built,
    harness::{TestCluster, wait},
    interrupt,
    progress::Progress,
    services::{Durability, Postgres},
    setup::{self, Scope},
    workspace::{Profile, Workspace},
};

use super::build::{self, Programs};
use conversation::Conversation;
use faults::Faults;
use verdict::{Sent, Verdict};

/// Longest time from the last fault until all messages have to be there: a connection that is half
/// open, or was lost while the server was frozen, is noticed after 30 s, and a message without an
/// ack is sent again after as long. A server that paused is back in seconds.
const SETTLE_TIMEOUT: Duration = Duration::from_secs(150);
/// Interval between two checks.
const POLL_INTERVAL: Duration = Duration::from_secs(2);

/// Injects faults while messages go both ways, and counts the messages that arrived.
///
/// The server is killed, stopped and frozen, connections are cut, frozen and replaced, messages are
/// corrupted and repeated, acks are lost, and the disk is filled (if 11 GiB of it are free: 7 of
/// them are taken for seconds, and not written). Every message a phone sent has to be stored once
/// and in its order, every message sent here has to be on the other phone once and in its order.
/// Both sides also send files and stickers, each of which has to arrive byte for byte, places,
/// contacts and polls, reply, forward, edit, delete, react and vote, and in the end both have to show
/// every message as the last accepted change left it. Photos that are sent to be viewed once, and
/// the messages of a chat with a timer, have to be gone from the inbox and from the disk.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Minutes in which messages are sent and faults injected.
    #[arg(long, default_value_t = 5)]
    minutes: u64,
    /// Seed of an earlier run: the same seed injects the same faults in the same order.
    #[arg(long)]
    seed: Option<u64>,
    /// Number of connected numbers.
    #[arg(long, default_value_t = 20)]
    numbers: usize,
    /// Keeps the data in a PostgreSQL of its own, which is also made slow and crashed.
    #[arg(long)]
    postgres: bool,
    /// Tests the release build.
    #[arg(long)]
    release: bool,
    /// Keeps the data and the logs, and prints their folder.
    #[arg(long)]
    keep: bool,
    /// Tests the programs that were built last.
    #[arg(long)]
    no_build: bool,
}

/// Parameters of a run.
pub(crate) struct Plan {
    pub(crate) time: Duration,
    pub(crate) seed: u64,
    pub(crate) numbers: usize,
    /// Uses a PostgreSQL as the database, and injects faults into it too.
    pub(crate) postgres: bool,
}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let profile = if self.release { Profile::Release } else { Profile::Debug };
        let scope = if self.postgres { Scope::Tests } else { Scope::Product };
        let preparation = if self.no_build { 0 } else { scope.steps() + build::STEPS };
        let mut progress = Progress::new(preparation + 1);
        let built = if self.no_build {
            Built::at(workspace, profile)
        } else {
            let toolchain = setup::ensure(workspace, scope, &mut progress)?;
            build::build(workspace, toolchain, profile, Programs::WithEmulator, &mut progress)?
        };
        let mut folder = tempfile::Builder::new().prefix("inbox-pirata-chaos-").tempdir()?;
        folder.disable_cleanup(self.keep);
        if self.keep {
            progress.note(format_args!("data and logs stay in {}", folder.path().display()));
        }
        let plan = Plan {
            time: Duration::from_secs(60 * self.minutes),
            seed: self.seed.unwrap_or_else(|| rand::rng().random_range(1..100_000)),
            numbers: self.numbers,
            postgres: self.postgres,
        };
        progress.step(format_args!("Breaking things for {} min, seed {}", self.minutes, plan.seed));
        let passed = plan.execute(&built, folder.path(), &progress)?;
        Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Plan {
    /// Prints the counts of the messages. Returns true if all of them arrived as they should.
    pub(crate) fn execute(
        &self,
        built: &Built,
        folder: &Path,
        progress: &Progress,
    ) -> Result<bool> {
        let postgres = match self.postgres {
            true => Some(Postgres::start(&folder.join("postgres"), Durability::Durable)?),
            false => None,
        };
        let mut cluster = TestCluster::start_breakable(built, folder, postgres)?;
        cluster.grow_to(self.numbers)?;
        let conversations = Conversation::open_all(&cluster)?;
        progress.note(format_args!(
            "{} numbers are connected, {} customers have written",
            self.numbers,
            conversations.len()
        ));
        let with_timer = Conversation::open(&cluster, cluster.first()?, "Cliente apressado")?;
        let mut random = StdRng::seed_from_u64(self.seed);
        let (inbound_seed, outbound_seed) = (random.random(), random.random());
        let mut faults = Faults::new(random, self.time, self.postgres);

        let stop = AtomicBool::new(false);
        let (conversations, with_timer) = (&conversations[..], &with_timer);
        let whatsapp = cluster.whatsapp();
        let sent = thread::scope(|scope| -> Result<_> {
            let (stop, whatsapp) = (&stop, &whatsapp);
            let vanishing =
                scope.spawn(move || vanishing::run(whatsapp, with_timer, self.seed, stop));
            let inbound =
                scope.spawn(move || traffic::inbound(whatsapp, conversations, inbound_seed, stop));
            let outbound =
                scope.spawn(move || traffic::outbound(conversations, outbound_seed, stop));
            let end = Instant::now() + self.time;
            let result = loop {
                let pause = faults.pause();
                if Instant::now() + pause >= end {
                    break Ok(());
                }
                if let Err(error) = wait::pause(pause)
                    .and_then(|()| faults.inject_next(&mut cluster, conversations))
                {
                    break Err(error);
                }
            };
            // The senders run until this is set, so it is set after an error as well.
            stop.store(true, Ordering::Relaxed);
            let panicked = |_| anyhow!("a sender panicked");
            let inbound = inbound.join().map_err(panicked)?;
            let outbound = outbound.join().map_err(panicked)?;
            let vanishing = vanishing.join().map_err(panicked)?;
            result?;
            let (inbound, outbound, vanishing) = (inbound?, outbound?, vanishing?);
            Ok(Sent { conversations, inbound, outbound, with_timer, vanishing })
        })?;
        progress.note(format_args!("{}", faults.tally()));

        let deadline = Instant::now() + SETTLE_TIMEOUT;
        let verdict = loop {
            interrupt::check()?;
            // Counting takes a while, and messages that arrive meanwhile are not counted.
            let is_last = Instant::now() >= deadline;
            let verdict = Verdict::of(&whatsapp, &cluster.media(), &sent)?;
            if verdict.is_good() || is_last {
                break verdict;
            }
            wait::pause(POLL_INTERVAL)?;
        };
        println!(
            "seed {}, {} numbers, {} s, {}\n\n{verdict}",
            self.seed,
            self.numbers,
            self.time.as_secs(),
            if self.postgres { "PostgreSQL" } else { "SQLite" }
        );
        Ok(verdict.is_good())
    }
}
