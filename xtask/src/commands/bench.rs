//! `cargo xtask bench`.
//!
//! `sessions`, `restart`, `inbound`, `outbound`, `live`, `open_tabs`, `first_load` and `files` measure
//! a promise or two each, `hostile` several, on a `harness`. `figure` holds a measured figure,
//! `machine` describes the machine, and `report` writes both to docs/benchmarks.md.

mod figure;
mod files;
mod first_load;
mod hostile;
mod inbound;
mod live;
mod machine;
mod open_tabs;
mod outbound;
mod report;
mod restart;
mod sessions;

use std::process::ExitCode;

use anyhow::Result;
use clap::ValueEnum;

use crate::{
    built::Built,
    harness::TestCluster,
    progress::Progress,
    setup::{self, Scope},
    workspace::{Profile, Workspace},
};

use super::build::{self, Programs};
use report::{Report, Section};

/// Measures memory, restarts, latency and page loads of the release build, beside an emulator.
///
/// Prints a table with the promise beside each figure and writes it to docs/benchmarks.md. All
/// parts together take about thirteen minutes. Close all other programs, because they share the machine.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Parts to measure, instead of all.
    #[arg(value_enum)]
    parts: Vec<Part>,
    /// Lets the part `live` measure this many open tabs, ten of each user, instead of a page in a
    /// browser.
    #[arg(long, value_parser = clap::value_parser!(u16).range(1..=2_000))]
    tabs: Option<u16>,
    /// Keeps the data and the logs, and prints their folder.
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
    /// Time from kill -9 to 100 connected numbers.
    Restart,
    /// Messages a second that 100 numbers receive.
    Inbound,
    /// Latency from a click to WhatsApp's ack, and texts a second that 100 numbers send.
    Outbound,
    /// Latency from a phone that sends to the text in a browser's page, or the cost of many open
    /// tabs (`--tabs`).
    Live,
    /// Size of the program that a browser loads, and load time of the page with 1,000 chats.
    FirstLoad,
    /// Memory and time of files of 100 MB, up and down.
    Files,
    /// Memory, page size and descriptors under hostile load.
    Hostile,
}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let parts = if self.parts.is_empty() { Part::value_variants() } else { &self.parts };
        let wants = |part| parts.contains(&part);
        let in_browser = (wants(Part::Live) && self.tabs.is_none()) || wants(Part::FirstLoad);
        let scope = if in_browser { Scope::Tests } else { Scope::Product };
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
            let mut cluster = TestCluster::start(&built, &folder.path().join("many"))?;
            if wants(Part::Sessions) {
                progress.step("Memory and processor time of connected numbers");
                done(sessions::measure(&mut cluster, &progress)?)?;
            }
            if wants(Part::Restart) {
                progress.step("Restart with 100 numbers");
                done(restart::measure(&mut cluster, &progress)?)?;
            }
        }
        if wants(Part::Inbound) {
            progress.step("Messages to 100 numbers, as fast as they are taken in");
            let mut cluster = TestCluster::start(&built, &folder.path().join("inbound"))?;
            done(inbound::measure(&mut cluster, &progress)?)?;
        }
        if wants(Part::Outbound) {
            progress.step("From a click to WhatsApp's ack");
            let mut cluster = TestCluster::start(&built, &folder.path().join("outbound"))?;
            done(outbound::measure(&mut cluster, &progress)?)?;
        }
        match self.tabs.filter(|_| wants(Part::Live)) {
            Some(count) => {
                progress.step("From a phone to all open tabs");
                let mut cluster = TestCluster::start(&built, &folder.path().join("tabs"))?;
                done(open_tabs::measure(&mut cluster, count.into(), &progress)?)?;
            }
            None if wants(Part::Live) => {
                progress.step("From a phone to the page in a browser");
                let cluster = TestCluster::start(&built, &folder.path().join("live"))?;
                done(live::measure(cluster, workspace, &progress)?)?;
            }
            None => {}
        }
        if wants(Part::FirstLoad) {
            progress.step("First load of the page");
            let cluster = TestCluster::start(&built, &folder.path().join("first-load"))?;
            done(first_load::measure(cluster, workspace, &progress)?)?;
        }
        if wants(Part::Files) {
            progress.step("Files of 100 MB, up and down");
            let cluster = TestCluster::start(&built, &folder.path().join("files"))?;
            done(files::measure(cluster, &progress)?)?;
        }
        if wants(Part::Hostile) {
            progress.step("Memory and page size under hostile load");
            let cluster = TestCluster::start(&built, &folder.path().join("hostile"))?;
            done(hostile::measure(cluster, &progress)?)?;
        }
        eprintln!("Measured ({})", progress.elapsed());
        Ok(ExitCode::SUCCESS)
    }
}
