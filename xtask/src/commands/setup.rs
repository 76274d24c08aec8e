//! `cargo xtask setup`.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    progress::Progress,
    setup::{self, Scope, cargo_deny},
    workspace::Workspace,
};

/// Installs all that building and testing needs: wasm target, system packages, Node packages,
/// and cargo-deny for `check`.
///
/// Safe to call again: what is there stays as it is. `run` and `test` call it themselves.
#[derive(clap::Args)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let scope = Scope::Tests;
        let mut progress = Progress::new(scope.steps() + 1);
        setup::ensure(workspace, scope, &mut progress)?;
        progress.step("cargo-deny, for `cargo xtask check`");
        // The check says what it skipped where this cannot be had.
        cargo_deny::ensure(workspace, &progress);
        eprintln!("Set up. Next: `cargo xtask run` ({})", progress.elapsed());
        Ok(ExitCode::SUCCESS)
    }
}
