//! `inbox-pirata`: one process, one port. `lib.rs` has the map of its modules.

use server::config::{self, Command};

fn main() -> std::process::ExitCode {
    server::private::restrict_new_files();
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
        Some(Command::Check(args)) => match server::check::run(&cli.config, &args) {
            Ok(true) => Ok(()),
            Ok(false) => return std::process::ExitCode::FAILURE,
            Err(error) => Err(error),
        },
    };
    match outcome {
        Ok(()) => std::process::ExitCode::SUCCESS,
        Err(error) => {
            // The error chain reads as one sentence: the failure, then its causes.
            eprintln!("erro: {error:#}");
            std::process::ExitCode::FAILURE
        }
    }
}
