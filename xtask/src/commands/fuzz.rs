//! `cargo xtask fuzz`.

mod targets;

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, ensure};

use crate::{progress::Progress, sh, workspace::Workspace};

use targets::Target;

/// Runs every property test `any_…` for longer than `cargo xtask test` does. These tests give
/// hostile input to all code that reads data of strangers.
///
/// Prints a table for docs/guarantees.md.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Minutes that each target runs. A slow target ends with its round; one that hangs is killed
    /// after ten minutes more and has failed.
    #[arg(long, default_value_t = 1, conflicts_with = "cases")]
    minutes: u64,
    /// Number of cases for each target, instead of a time.
    #[arg(long)]
    cases: Option<u32>,
    /// Seed of the cases; the same seed generates the same cases.
    #[arg(long)]
    seed: Option<u64>,
    /// Runs only targets with this text in their name.
    #[arg(long, default_value = "")]
    only: String,
    /// Saves failed cases beside the test, which then runs them first.
    #[arg(long)]
    keep: bool,
}

/// Cases of the first round of a target that is given a time. Rounds double while they are short.
const FIRST_ROUND: u32 = 256;
/// Time beyond its own after which a target is considered hanging.
const HANG_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// Time limit of a case, for targets that are given cases instead of a time.
const CASE_TIMEOUT: Duration = Duration::from_secs(1);
/// A round below this time is short.
const SHORT_ROUND: Duration = Duration::from_secs(10);

/// Seed and cases of a round that failed.
type FailedRound = (u64, u32);

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let mut progress = Progress::new(2);
        progress.step("Programs and tests");
        let mut targets = targets::build(workspace)?;
        targets.retain(|target| target.name.contains(&self.only));
        ensure!(!targets.is_empty(), "no target has {:?} in its name", self.only);
        let seed = match self.seed {
            Some(seed) => seed,
            None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
        };
        progress.step(format_args!("{} targets, seed {seed}", targets.len()));
        let mut rows = Vec::new();
        let mut failed = Vec::new();
        for target in &targets {
            let (cases, took, failed_round) = self.run_target(target, seed)?;
            let verdict = if failed_round.is_some() { "FAILED" } else { "ok" };
            progress.note(format_args!("{verdict} {}: {cases} cases", target.name));
            let seconds = took.as_secs();
            rows.push(format!("| `{}` | {cases} | {seconds} s | {seed} |", target.name));
            failed.extend(failed_round.map(|seed| (target, seed)));
        }
        println!("| target | cases | time | seed |\n| --- | ---: | ---: | ---: |");
        println!("{}", rows.join("\n"));
        for (target, (seed, cases)) in &failed {
            println!(
                "again: PROPTEST_RNG_SEED={seed} PROPTEST_CASES={cases} {} --exact {}",
                target.program.display(),
                target.test
            );
        }
        Ok(if failed.is_empty() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
    }

    /// Runs rounds until the time is over or one fails. Returns the number of cases that passed,
    /// the elapsed time, and seed and cases of the round that failed.
    fn run_target(
        &self,
        target: &Target,
        seed: u64,
    ) -> Result<(u64, Duration, Option<FailedRound>)> {
        let begun = Instant::now();
        let until = begun + Duration::from_secs(self.minutes * 60);
        let (mut done, mut round, mut cases) = (0, seed, self.cases.unwrap_or(FIRST_ROUND));
        loop {
            let began = Instant::now();
            let given = match self.cases {
                Some(cases) => CASE_TIMEOUT * cases,
                None => until.saturating_duration_since(began),
            };
            if !self.passes(target, round, cases, given + HANG_TIMEOUT)? {
                return Ok((done, begun.elapsed(), Some((round, cases))));
            }
            done += u64::from(cases);
            if self.cases.is_some() || Instant::now() >= until {
                return Ok((done, begun.elapsed(), None));
            }
            if began.elapsed() < SHORT_ROUND {
                cases = cases.saturating_mul(2);
            }
            round = round.wrapping_add(1);
        }
    }

    /// Runs one round. A round that exceeds `limit` is killed and has failed.
    fn passes(&self, target: &Target, seed: u64, cases: u32, limit: Duration) -> Result<bool> {
        let mut test = Command::new(&target.program);
        test.args(["--exact", &target.test, "--quiet"])
            .current_dir(&target.folder)
            .env("PROPTEST_RNG_SEED", seed.to_string())
            .env("PROPTEST_CASES", cases.to_string());
        if self.keep {
            test.env("FUZZ_KEEP", "1");
        }
        Ok(sh::status(test.stdout(std::io::stderr()), Some(limit))?.success())
    }
}
