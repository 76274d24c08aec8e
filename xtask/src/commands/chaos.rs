//! `cargo xtask chaos`.
//!
//! `traffic` has messages go both ways, `faults` breaks what can break meanwhile, with `outages` for what
//! takes a while, and `verdict` counts what became of every message.

mod faults;
mod outages;
mod traffic;
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
    interrupt,
    progress::Progress,
    rig::{Fleet, wait},
    services::{Commits, Postgres},
    setup::{self, Scope},
    workspace::{Profile, Workspace},
};

use super::build::{self, Built, Programs};
use faults::Faults;
use traffic::Line;
use verdict::Verdict;

/// How long what was sent may take to arrive once nothing breaks any more: a connection that is half open,
/// or died while the server stood still, is noticed after 30 s, and a message that WhatsApp never
/// confirmed is handed over again after as long. A server that paused is back in seconds.
const SETTLE: Duration = Duration::from_secs(150);
/// How often is looked whether it has.
const LOOK: Duration = Duration::from_secs(2);

/// Breaks what can break while messages go both ways, and counts what became of every one.
///
/// The server is killed, stopped and frozen, connections are cut, frozen and replaced, messages corrupted
/// and repeated, confirmations lost, the disk filled (if 11 GiB of it are free: 7 of them are taken for
/// seconds, and not written). Every message a phone sent has to be stored once and in its order, every
/// message sent here has to be on the other phone once and in its order.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// For how long messages are sent and things broken.
    #[arg(long, default_value_t = 5)]
    minutes: u64,
    /// Breaks the same things in the same order again.
    #[arg(long)]
    seed: Option<u64>,
    /// How many numbers are connected.
    #[arg(long, default_value_t = 20)]
    numbers: usize,
    /// Keeps the data in a PostgreSQL of its own, which is slow at times, and crashes.
    #[arg(long)]
    postgres: bool,
    /// Breaks the release build.
    #[arg(long)]
    release: bool,
    /// Keeps the data and the logs, and says where they are.
    #[arg(long)]
    keep: bool,
    /// Breaks the programs that were built last.
    #[arg(long)]
    no_build: bool,
}

/// What is to be done to an installation.
pub(crate) struct Plan {
    pub(crate) time: Duration,
    pub(crate) seed: u64,
    pub(crate) numbers: usize,
    /// The database is a PostgreSQL, and is broken too.
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
        let kept = plan.carry_out(&built, folder.path(), &progress)?;
        Ok(if kept { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

impl Plan {
    /// Prints what became of the messages; whether all of them are where they should be.
    pub(crate) fn carry_out(
        &self,
        built: &Built,
        folder: &Path,
        progress: &Progress,
    ) -> Result<bool> {
        let postgres = match self.postgres {
            true => Some(Postgres::start(&folder.join("postgres"), Commits::Flushed)?),
            false => None,
        };
        let mut fleet = Fleet::start_to_break(built, folder, postgres)?;
        fleet.grow_to(self.numbers)?;
        let lines = Line::open_all(&fleet)?;
        progress.note(format_args!(
            "{} numbers are connected, {} customers have written",
            self.numbers,
            lines.len()
        ));
        let mut random = StdRng::seed_from_u64(self.seed);
        let (inbound, outbound) = (random.random(), random.random());
        let mut faults = Faults::new(random, self.time, self.postgres);

        let over = AtomicBool::new(false);
        let (whatsapp, lines) = (fleet.whatsapp(), &lines[..]);
        let (came, left) = thread::scope(|scope| -> Result<_> {
            let over = &over;
            let came = scope.spawn(move || traffic::inbound(&whatsapp, lines, inbound, over));
            let left = scope.spawn(move || traffic::outbound(lines, outbound, over));
            let end = Instant::now() + self.time;
            let broken = loop {
                let pause = faults.pause();
                if Instant::now() + pause >= end {
                    break Ok(());
                }
                if let Err(error) =
                    wait::pause(pause).and_then(|()| faults.strike(&mut fleet, lines))
                {
                    break Err(error);
                }
            };
            // Whatever happened: the others wait for this.
            over.store(true, Ordering::Relaxed);
            let panicked = |_| anyhow!("a sender panicked");
            let (came, left) = (came.join().map_err(panicked)?, left.join().map_err(panicked)?);
            broken.and(Ok((came?, left?)))
        })?;
        progress.note(format_args!("{}", faults.tally()));

        let deadline = Instant::now() + SETTLE;
        let verdict = loop {
            interrupt::check()?;
            // Looking takes a while, and what comes meanwhile is not seen by it.
            let is_last = Instant::now() >= deadline;
            let verdict = Verdict::of(&fleet.whatsapp(), lines, &came, &left)?;
            if verdict.is_settled() || is_last {
                break verdict;
            }
            wait::pause(LOOK)?;
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
