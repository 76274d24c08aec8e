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
    /// Minutes after which a target ends; 1 unless a number of cases is given. A slow target ends
    /// with its round; a round that hangs is killed after ten minutes, and its target has failed.
    #[arg(long)]
    minutes: Option<u64>,
    /// Number of cases after which a target ends, if its minutes are not over before.
    #[arg(long)]
    cases: Option<u64>,
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

/// Cases of the first round of a target. Rounds double while they are short.
const FIRST_ROUND: u32 = 256;
/// Minutes of a target that is given neither minutes nor cases.
const DEFAULT_MINUTES: u64 = 1;
/// A round that takes longer is considered hanging: rounds stop growing once they take
/// [`SHORT_ROUND`].
const ROUND_TIMEOUT: Duration = Duration::from_secs(10 * 60);
/// A year: a target that is given cases alone has no end otherwise.
const NO_TIME_LIMIT: Duration = Duration::from_secs(365 * 24 * 60 * 60);
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

    /// Runs rounds until the cases are done, the time is over, or one fails. Returns the number of
    /// cases that passed, the elapsed time, and seed and cases of the round that failed.
    fn run_target(
        &self,
        target: &Target,
        seed: u64,
    ) -> Result<(u64, Duration, Option<FailedRound>)> {
        let start = Instant::now();
        let time = match (self.minutes, self.cases) {
            (None, Some(_)) => NO_TIME_LIMIT,
            (minutes, _) => Duration::from_secs(minutes.unwrap_or(DEFAULT_MINUTES) * 60),
        };
        let wanted = self.cases.unwrap_or(u64::MAX);
        let (mut done, mut round_seed, mut next) = (0, seed, FIRST_ROUND);
        while done < wanted && start.elapsed() < time {
            let round = Instant::now();
            let cases = u32::try_from(wanted - done).map_or(next, |left| left.min(next));
            // A round takes at most a few times as long as the one before it.
            if !self.passes(target, round_seed, cases)? {
                return Ok((done, start.elapsed(), Some((round_seed, cases))));
            }
            done += u64::from(cases);
            if round.elapsed() < SHORT_ROUND {
                next = next.saturating_mul(2);
            }
            round_seed = round_seed.wrapping_add(1);
        }
        Ok((done, start.elapsed(), None))
    }

    /// Runs one round. A round that exceeds [`ROUND_TIMEOUT`] is killed and has failed.
    fn passes(&self, target: &Target, seed: u64, cases: u32) -> Result<bool> {
        let mut test = Command::new(&target.program);
        test.args(["--exact", &target.test, "--quiet"])
            .current_dir(&target.folder)
            .env("PROPTEST_RNG_SEED", seed.to_string())
            .env("PROPTEST_CASES", cases.to_string());
        if self.keep {
            test.env("FUZZ_KEEP", "1");
        }
        Ok(sh::status(test.stdout(std::io::stderr()), Some(ROUND_TIMEOUT))?.success())
    }
}
