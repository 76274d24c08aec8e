//! `cargo xtask`: the one entry point for setting up, building, running and testing inbox-pirata.
//!
//! `commands/` holds one file per command. The commands use
//! - `setup/`: installs the wasm target, system packages and Node packages,
//! - `site/`: builds the files that the browser loads (wasm, JavaScript, CSS) into `target/site`,
//! - `services/`: programs that run beside a command and end with it (PostgreSQL, the emulator,
//!   the server),
//! - `harness/`: a test installation of these programs with numbers linked,
//! - `built`: the paths of the programs,
//! - `build_timestamps`: keeps cargo from compiling again after a finished build,
//! - `workspace`, `toolchain`, `sh`, `progress`, `interrupt`: small helpers that all of them use.

mod build_timestamps;
mod built;
mod commands;
mod harness;
mod interrupt;
mod progress;
mod services;
mod setup;
mod sh;
mod site;
mod toolchain;
mod workspace;

use std::process::ExitCode;

use clap::Parser;

use crate::{commands::Command, workspace::Workspace};

/// Sets up, builds, runs and tests inbox-pirata.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    let outcome = interrupt::install()
        .and_then(|()| Workspace::locate())
        .and_then(|workspace| cli.command.run(&workspace));
    match outcome {
        Ok(code) => code,
        Err(error) => {
            eprintln!("\nerror: {error:#}");
            ExitCode::FAILURE
        }
    }
}
