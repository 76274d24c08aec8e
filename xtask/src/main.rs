//! `cargo xtask`: the one entry point for setting up, building, running and testing inbox-pirata.
//!
//! `commands/` holds one file per command. They are put together from
//! - `setup/`: what has to be on the machine (wasm target, system packages, Node packages),
//! - `site/`: what the browser loads (wasm, JavaScript, CSS), built into `target/site`,
//! - `services/`: programs that run beside a command and end with it (PostgreSQL, the emulator,
//!   the server), and `rig/`: an installation of them with numbers linked,
//! - `workspace`, `toolchain`, `sh`, `progress`, `interrupt`: the small parts all of them use.

mod commands;
mod interrupt;
mod progress;
mod rig;
mod services;
mod settle;
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
