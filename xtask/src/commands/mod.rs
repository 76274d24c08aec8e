//! The commands of `cargo xtask`, one file each.

mod bench;
pub(crate) mod build;
mod chaos;
mod check;
mod demo;
mod fuzz;
mod postgres;
mod run;
mod setup;
mod test;

use std::process::ExitCode;

use anyhow::Result;
use clap::Subcommand;

use crate::workspace::Workspace;

#[derive(Subcommand)]
pub(crate) enum Command {
    Setup(setup::Args),
    Build(build::Args),
    Run(run::Args),
    Demo(demo::Args),
    Test(test::Args),
    Check(check::Args),
    Bench(bench::Args),
    Chaos(chaos::Args),
    Fuzz(fuzz::Args),
    Postgres(postgres::Args),
}

impl Command {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        match self {
            Self::Setup(args) => args.run(workspace),
            Self::Build(args) => args.run(workspace),
            Self::Run(args) => args.run(workspace),
            Self::Demo(args) => args.run(workspace),
            Self::Test(args) => args.run(workspace),
            Self::Check(args) => args.run(workspace),
            Self::Bench(args) => args.run(workspace),
            Self::Chaos(args) => args.run(workspace),
            Self::Fuzz(args) => args.run(workspace),
            Self::Postgres(args) => args.run(),
        }
    }
}
