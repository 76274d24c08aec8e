//! `cargo xtask bench`.
//!
//! `sessions`, `restart`, `live`, `inbound` and `first_load` measure one promise each, on a `rig`;
//! `figure`, `report` and `machine` are what was measured, on what, and where it is written.

mod figure;
mod first_load;
mod inbound;
mod live;
mod machine;
mod report;
mod restart;
mod sessions;

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    progress::Progress,
    rig::Fleet,
    setup::{self, Scope},
    workspace::{Profile, Workspace},
};

use super::build::{self, Built, Programs};
use report::{Report, Section};

/// Measures memory, restarts, latency and page loads of the release build, beside an emulator.
///
/// Prints a table with the promise beside each figure and writes it to docs/benchmarks.md. All parts
/// together take about ten minutes; close everything else, the figures share the machine.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// What to measure, instead of everything.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Keeps the data and the logs, and says where they are.
    #[arg(long)]
    keep: bool,
    /// Measures the programs that were built last.
    #[arg(long)]
    no_build: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Memory and processor time of 1, 10, 50 and 100 connected numbers.
    Sessions,
    /// From kill -9 to 100 connected numbers.
    Restart,
    /// How many messages a second 100 numbers take in.
    Inbound,
    /// From a phone that sends to the text in a browser's page.
    Live,
    /// What a browser loads, and how long the page with 1,000 chats takes.
    FirstLoad,
}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let parts = if self.parts.is_empty() { Part::value_variants() } else { &self.parts };
        let wants = |part| parts.contains(&part);
        let scope = if wants(Part::Live) { Scope::Tests } else { Scope::Product };
        let preparation = if self.no_build { 0 } else { scope.steps() + build::STEPS };
        let mut progress = Progress::new(preparation + parts.len());
        let built = if self.no_build {
            Built::at(workspace, Profile::Release)
        } else {
            let toolchain = setup::ensure(workspace, scope, &mut progress)?;
            let programs = Programs::WithEmulator;
            build::build(workspace, toolchain, Profile::Release, programs, &mut progress)?
        };

        let mut folder = tempfile::Builder::new().prefix("inbox-pirata-bench-").tempdir()?;
        folder.disable_cleanup(self.keep);
        if self.keep {
            progress.note(format_args!("data and logs stay in {}", folder.path().display()));
        }
        let mut report = Report::open(workspace)?;
        let mut done = |section: Section| -> Result<()> { report.add(section) };

        if wants(Part::Sessions) || wants(Part::Restart) {
            let mut fleet = Fleet::start(&built, &folder.path().join("many"))?;
            if wants(Part::Sessions) {
                progress.step("Memory and processor time of connected numbers");
                done(sessions::measure(&mut fleet, &progress)?)?;
            }
            if wants(Part::Restart) {
                progress.step("Restart with 100 numbers");
                done(restart::measure(&mut fleet, &progress)?)?;
            }
        }
        if wants(Part::Inbound) {
            progress.step("Messages to 100 numbers, as fast as they are taken in");
            let mut fleet = Fleet::start(&built, &folder.path().join("inbound"))?;
            done(inbound::measure(&mut fleet, &progress)?)?;
        }
        if wants(Part::Live) {
            progress.step("From a phone to the page in a browser");
            let fleet = Fleet::start(&built, &folder.path().join("live"))?;
            done(live::measure(fleet, workspace, &progress)?)?;
        }
        if wants(Part::FirstLoad) {
            progress.step("First load of the page");
            let fleet = Fleet::start(&built, &folder.path().join("first-load"))?;
            done(first_load::measure(fleet, workspace, &progress)?)?;
        }
        eprintln!("Measured ({})", progress.elapsed());
        Ok(ExitCode::SUCCESS)
    }
}
