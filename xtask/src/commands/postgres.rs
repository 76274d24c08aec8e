//! `cargo xtask postgres`.

use std::{ffi::OsString, process::ExitCode};

use anyhow::{Context, Result};

use crate::{services::TestPostgres, sh, workspace};

/// Runs a command beside a temporary PostgreSQL, which the tests of `store` and `server` need.
///
/// `cargo xtask postgres cargo nextest run -p store` runs the tests of one crate, and
/// `cargo xtask postgres bash` opens a shell in which any test runs.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// The command and its arguments.
    #[arg(required = true, trailing_var_arg = true, allow_hyphen_values = true)]
    command: Vec<OsString>,
}

impl Args {
    pub(crate) fn run(self) -> Result<ExitCode> {
        let (program, arguments) = self.command.split_first().context("the command is missing")?;
        let postgres = TestPostgres::start()?;
        let mut command = workspace::command(program);
        postgres.serve(command.args(arguments));
        let status = sh::status(&mut command, None)?;
        let code = status.code().and_then(|code| u8::try_from(code).ok());
        Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
    }
}
