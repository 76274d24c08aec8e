//! `cargo xtask setup`.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    progress::Progress,
    setup::{self, Scope},
    workspace::Workspace,
};

/// Installs all that building and testing needs: wasm target, system packages, Node packages.
///
/// Safe to call again: what is there stays as it is. `run` and `test` call it themselves.
#[derive(clap::Args)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let scope = Scope::Tests;
        let mut progress = Progress::new(scope.steps());
        setup::ensure(workspace, scope, &mut progress)?;
        eprintln!("Set up. Next: `cargo xtask run` ({})", progress.elapsed());
        Ok(ExitCode::SUCCESS)
    }
}
