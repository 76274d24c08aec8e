//! `cargo xtask fuzz`.

mod targets;

use std::{
    process::{Command, ExitCode},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use anyhow::{Result, ensure};

use crate::{progress::Progress, sh, workspace::Workspace};

use targets::Target;

/// Gives everything that reads what strangers made what they could make: every property test `any_…`,
/// longer than `cargo xtask test` does.
///
/// Prints a table for docs/guarantees.md.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// How long each target runs. One that is slow ends with its round, and one that
    /// hangs is ended after ten minutes more and has failed.
    #[arg(long, default_value_t = 1, conflicts_with = "cases")]
    minutes: u64,
    /// How many cases each target gets, instead of a time.
    #[arg(long)]
    cases: Option<u32>,
    /// Where the cases begin; the same seed makes the same ones.
    #[arg(long)]
    seed: Option<u64>,
    /// Runs only targets with this in their name.
    #[arg(long, default_value = "")]
    only: String,
    /// Writes down what failed, beside the test, to be tried first from then on.
    #[arg(long)]
    keep: bool,
}

/// The first round of a target that is given a time. Rounds double while they are short.
const FIRST: u32 = 256;
/// How much longer than it was given a target may run, before it is taken to hang.
const PATIENCE: Duration = Duration::from_secs(10 * 60);
/// How long a case may take, where cases are given instead of a time.
const CASE: Duration = Duration::from_secs(1);
/// A round that took less was short.
const SHORT: Duration = Duration::from_secs(10);

/// Seed and cases of a round that failed.
type Failed = (u64, u32);

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
            let (cases, took, broke_at) = self.try_out(target, seed)?;
            let verdict = if broke_at.is_some() { "FAILED" } else { "ok" };
            progress.note(format_args!("{verdict} {}: {cases} cases", target.name));
            let seconds = took.as_secs();
            rows.push(format!("| `{}` | {cases} | {seconds} s | {seed} |", target.name));
            failed.extend(broke_at.map(|seed| (target, seed)));
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

    /// Runs rounds until the time is over or one fails. Answers with the cases of those that passed, how
    /// long it took, and seed and cases of the one that failed.
    fn try_out(&self, target: &Target, seed: u64) -> Result<(u64, Duration, Option<Failed>)> {
        let begun = Instant::now();
        let until = begun + Duration::from_secs(self.minutes * 60);
        let (mut done, mut round, mut cases) = (0, seed, self.cases.unwrap_or(FIRST));
        loop {
            let began = Instant::now();
            let given = match self.cases {
                Some(cases) => CASE * cases,
                None => until.saturating_duration_since(began),
            };
            if !self.passes(target, round, cases, given + PATIENCE)? {
                return Ok((done, begun.elapsed(), Some((round, cases))));
            }
            done += u64::from(cases);
            if self.cases.is_some() || Instant::now() >= until {
                return Ok((done, begun.elapsed(), None));
            }
            if began.elapsed() < SHORT {
                cases = cases.saturating_mul(2);
            }
            round = round.wrapping_add(1);
        }
    }

    /// Runs one round. One that does not end within `limit` is ended, and has failed.
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
