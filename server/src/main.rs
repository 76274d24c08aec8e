//! `inbox-pirata`: one process, one port, everything in it. See `lib.rs` for the map.

use server::config::{self, Command};

fn main() -> std::process::ExitCode {
    server::private::by_default();
    let cli = match config::parse(std::env::args_os()) {
        Ok(cli) => cli,
        Err(refused) => return refused.report(),
    };
    let outcome = match cli.command {
        None => server::run::run(cli.config),
        Some(Command::User(command)) => server::cli::user(&cli.config, command),
        Some(Command::Backup(archive)) => server::cli::backup(&cli.config, &archive),
        Some(Command::Restore(archive)) => server::cli::restore(&cli.config, &archive),
        Some(Command::Keys(command)) => server::secret_key::run(&cli.config, command),
        Some(Command::Check(probe)) => match server::check::run(&cli.config, &probe) {
            Ok(true) => Ok(()),
            Ok(false) => return std::process::ExitCode::FAILURE,
            Err(error) => Err(error),
        },
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
