//! `cargo xtask test`.

use std::{fs, process::Command, process::ExitCode, thread, time::Duration};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::{
    build_timestamps,
    built::Built,
    progress::Progress,
    services::TestPostgres,
    setup::{self, Scope},
    sh, site,
    workspace::{Profile, Workspace},
};

use super::chaos::Plan;

/// Sets up and runs all tests: units, store on SQLite and PostgreSQL, gateway, browser.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Leaves out the tests in a browser.
    #[arg(long)]
    skip_e2e: bool,
}

/// The crates that are compiled and tested. All steps share one selection: with another one cargo
/// would choose other features for the dependencies and compile them again. `frontend` is wasm
/// only.
pub(super) const SELECTION: &[&str] =
    &["--workspace", "--exclude", "frontend", "--features", "server/emulator"];

/// A short run of `cargo xtask chaos`: it finds common mistakes, and rarely a rare one.
const CHAOS: Plan = Plan { time: Duration::from_secs(75), seed: 7, numbers: 8, postgres: false };

/// Tests in Rust that run at once, per core: most of them wait for an emulated phone, a retry or a
/// database for half of their time. `.config/nextest.toml` names those that count as two.
const TESTS_PER_CORE: usize = 2;

/// Counts of passed and failed tests.
#[derive(Clone, Copy, Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let scope = Scope::Tests;
        let steps = if self.skip_e2e { 4 } else { 5 };
        let mut progress = Progress::new(scope.steps() + steps);
        let toolchain = setup::ensure(workspace, scope, &mut progress)?;

        progress.step("Site: wasm, JavaScript and styles (the first time takes about 4 minutes)");
        site::ensure(workspace, toolchain, &progress)?;

        progress.step("Programs and tests (the first time takes about 20 minutes)");
        sh::run(
            workspace.cargo().args(["build", "--all-targets"]).args(SELECTION),
            "compiling the tests",
            "The compiler's messages are above.",
        )?;
        build_timestamps::reset(&workspace.built(Profile::Debug))?;

        progress.step("Tests in Rust, the store's on SQLite and PostgreSQL");
        let mut tally = in_rust(workspace)?;

        progress.step("Chaos: everything breaks for a while, and no message is lost");
        tally += in_chaos(workspace, &progress)?;

        if !self.skip_e2e {
            progress.step("Tests in a browser");
            tally += in_browser(workspace)?;
        }

        eprintln!("All steps done ({})", progress.elapsed());
        println!("{} passed, {} failed", tally.passed, tally.failed);
        Ok(if tally.failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }
}

/// Runs the Rust tests with nextest where it is installed, else with cargo.
fn in_rust(workspace: &Workspace) -> Result<Tally> {
    let postgres = TestPostgres::start()?;
    let mut cargo = workspace.cargo();
    if sh::find_program("cargo-nextest").is_some() {
        let cores = thread::available_parallelism().map_or(1, usize::from);
        let threads = format!("--test-threads={}", TESTS_PER_CORE * cores);
        cargo.args(["nextest", "run", "--no-fail-fast", "--color=never", &threads]);
    } else {
        cargo.args(["test", "--no-fail-fast", "--all-targets"]);
    }
    postgres.serve(cargo.args(SELECTION));
    let mut tally = Tally::default();
    let status = sh::watch(&mut cargo, |line| tally += Tally::read(line))?;
    if !status.success() && tally.failed == 0 {
        // It ended for another reason than a failed test, and has printed the reason.
        tally.failed = 1;
    }
    Ok(tally)
}

/// Runs chaos on the programs that were just built. It counts as one test, which passes when every
/// message has arrived as it should.
fn in_chaos(workspace: &Workspace, progress: &Progress) -> Result<Tally> {
    let built = Built::at(workspace, Profile::Debug);
    let mut folder = tempfile::Builder::new().prefix("inbox-pirata-chaos-").tempdir()?;
    let passed = CHAOS.execute(&built, folder.path(), progress)?;
    if !passed {
        folder.disable_cleanup(true);
        progress.note(format_args!("data and logs stay in {}", folder.path().display()));
    }
    Ok(Tally { passed: u64::from(passed), failed: u64::from(!passed) })
}

/// Runs the Playwright tests against the programs that were just built.
fn in_browser(workspace: &Workspace) -> Result<Tally> {
    let folder = workspace.end2end();
    let tool = |script: &str| {
        let mut command = Command::new("node");
        command.arg(format!("node_modules/{script}")).current_dir(&folder);
        command
    };
    sh::run(
        tool("typescript/bin/tsc").arg("--noEmit"),
        "checking the types of the browser tests",
        "Its messages are above.",
    )?;

    let report = folder.join("test-results/report.json");
    if report.exists() {
        fs::remove_file(&report)?;
    }
    let built = Built::at(workspace, Profile::Debug);
    let mut playwright = tool("@playwright/test/cli.js");
    playwright.arg("test").env("INBOX_BIN", built.server).env("EMULATOR_BIN", built.emulator);
    sh::status(&mut playwright, None)?;

    let report = fs::read_to_string(&report)
        .context("Playwright ended before it ran a test; its messages are above")?;
    let report: Value = serde_json::from_str(&report)?;
    let count = |field: &str| report["stats"][field].as_u64().unwrap_or_default();
    let errors = report["errors"].as_array().map_or(0, Vec::len) as u64;
    Ok(Tally { passed: count("expected") + count("flaky"), failed: count("unexpected") + errors })
}

impl Tally {
    /// Parses a summary line of nextest or of one of cargo's test programs.
    fn read(line: &str) -> Self {
        let line = line.trim_start();
        if !line.starts_with("Summary [") && !line.starts_with("test result:") {
            return Self::default();
        }
        let words: Vec<_> = line.split([' ', ',', ';']).filter(|word| !word.is_empty()).collect();
        let count = |outcome: &str| {
            let counts = words.windows(2).filter(|pair| pair[1] == outcome);
            counts.filter_map(|pair| pair[0].parse::<u64>().ok()).sum::<u64>()
        };
        Self { passed: count("passed"), failed: count("failed") + count("timed") }
    }
}

impl std::ops::AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn summary_lines_are_counted_and_others_are_not() {
        for (line, passed, failed) in [
            (
                "     Summary [   1.2s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped",
                10,
                2,
            ),
            ("     Summary [   0.1s] 4 tests run: 4 passed, 0 skipped", 4, 0),
            ("test result: ok. 3 passed; 0 failed; 0 ignored; 0 measured", 3, 0),
            ("3 passed, 4 failed", 0, 0),
        ] {
            let tally = Tally::read(line);
            assert_eq!((tally.passed, tally.failed), (passed, failed), "{line}");
        }
    }
}
