//! `cargo xtask setup`.

use std::process::ExitCode;

use anyhow::Result;

use crate::{
    progress::Progress,
    setup::{self, Scope, cargo_deny},
    workspace::Workspace,
};

/// Installs the requirements of building and testing: wasm target, system packages, Node packages,
/// and cargo-deny for `check`.
///
/// It is safe to call again: installed parts stay as they are. `run` and `test` call it themselves.
#[derive(clap::Args)]
pub(crate) struct Args {}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let scope = Scope::Tests;
        let mut progress = Progress::new(scope.steps() + 1);
        setup::ensure(workspace, scope, &mut progress)?;
        progress.step("cargo-deny, for `cargo xtask check`");
        // Without cargo-deny the check prints the parts that it skipped.
        cargo_deny::ensure(workspace, &progress);
        eprintln!("Set up. Next: `cargo xtask run` ({})", progress.elapsed());
        Ok(ExitCode::SUCCESS)
    }
}
