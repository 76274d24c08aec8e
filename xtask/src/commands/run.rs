//! `cargo xtask run`.

use std::{
    ffi::OsString,
    os::unix::process::CommandExt,
    process::{Command, ExitCode},
};

use anyhow::{Result, anyhow};

use crate::{
    progress::Progress,
    setup::{self, Scope},
    workspace::{Profile, Workspace},
};

use super::build::{self, Programs};

/// Sets up, builds and starts the server; its last line is the address to open or, while there is
/// no user, the link that creates the first administrator.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The optimised server: slower to build, quicker to answer.
    #[arg(long)]
    release: bool,
    /// Arguments of the server, after `--` (`cargo xtask run -- --help` lists them).
    #[arg(last = true)]
    server: Vec<OsString>,
}

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let profile = Profile::from_release_flag(self.release);
        let mut progress = Progress::new(Scope::Product.steps() + build::STEPS + 1);
        let toolchain = setup::ensure(workspace, Scope::Product, &mut progress)?;
        let built = build::build(workspace, toolchain, profile, Programs::Product, &mut progress)?;

        progress.step("Starting (Ctrl-C ends it)");
        // The server replaces this process: it receives the signals and sets the exit code. The
        // folder is set in the environment, so that `-- --data-dir` can still choose another.
        let error = Command::new(&built.server)
            .env("INBOX_DATA_DIR", data_dir(workspace))
            .args(self.server)
            .exec();
        Err(anyhow!("could not start {}: {error}", built.server.display()))
    }
}

/// Returns the folder that is set in the environment, else `data` in the checkout.
fn data_dir(workspace: &Workspace) -> OsString {
    std::env::var_os("INBOX_DATA_DIR").unwrap_or_else(|| workspace.root().join("data").into())
}
