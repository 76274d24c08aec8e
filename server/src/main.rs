//! `inbox-pirata`: one process, one port, everything in it. See `lib.rs` for the map.

use clap::Parser;
use server::config::{Cli, Command};

fn main() -> std::process::ExitCode {
    let cli = Cli::parse();
    let outcome = match cli.command {
        None => server::run::run(cli.config),
        Some(Command::User(command)) => server::cli::user(&cli.config, command),
        Some(Command::Backup(archive)) => server::cli::backup(&cli.config, &archive),
        Some(Command::Restore(archive)) => server::cli::restore(&cli.config, &archive),
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // The chain is one sentence: what failed, then why.
            eprintln!("erro: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
