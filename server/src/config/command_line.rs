//! Parses the command line and the environment. Every refusal names the flag and the variable.

use std::error::Error as _;
use std::ffi::OsString;
use std::process::ExitCode;

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, Command, CommandFactory as _, FromArgMatches as _};

use super::{Cli, values};

/// The only variable without a flag.
const SECRET_KEY: &str = "INBOX_SECRET_KEY";

/// The reason why nothing runs.
#[derive(Debug)]
pub enum Refused {
    /// An invalid value, explained in a sentence.
    Value(String),
    /// Help, the version, and flags that do not exist.
    Clap(clap::Error),
}

impl Refused {
    /// Prints the reason. Help and the version are not failures.
    pub fn report(&self) -> ExitCode {
        match self {
            Self::Value(sentence) => {
                eprintln!("erro: {sentence}");
                ExitCode::from(2)
            }
            Self::Clap(error) => {
                // A closed terminal is ignored.
                let _ = error.print();
                ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2))
            }
        }
    }
}

/// Parses the arguments and the environment. Empty variables count as unset.
///
/// # Errors
/// Fails with an invalid value, or with the help or the version that was requested.
pub fn parse(args: impl IntoIterator<Item = OsString>) -> Result<Cli, Refused> {
    let command = Cli::command().mut_args(without_empty_variable);
    let read = command.clone().try_get_matches_from(args);
    let mut cli = read
        .and_then(|matches| Cli::from_arg_matches(&matches))
        .map_err(|error| refusal(&command, error))?;
    let keys = std::env::var_os(SECRET_KEY).unwrap_or_default();
    let keys = keys.to_string_lossy();
    if !keys.trim().is_empty() {
        let read = values::secret_keys(&keys);
        // The value is not repeated, because it may be a mistyped key.
        let refused = |reason: String| {
            Refused::Value(format!("{SECRET_KEY} não aceita o valor dado: {reason}"))
        };
        cli.config.secret_key = Some(read.map_err(refused)?);
    }
    Ok(cli)
}

/// An empty assignment such as `DATABASE_URL=` in a file of variables means "not set".
fn without_empty_variable(arg: Arg) -> Arg {
    let value = arg.get_env().and_then(std::env::var_os);
    match value.is_some_and(|value| value.to_string_lossy().trim().is_empty()) {
        true => arg.env(None::<&'static str>),
        false => arg,
    }
}

fn refusal(command: &Command, error: clap::Error) -> Refused {
    let is_value = matches!(error.kind(), ErrorKind::ValueValidation | ErrorKind::InvalidValue);
    let Some(ContextValue::String(named)) = error.get(ContextKind::InvalidArg).filter(|_| is_value)
    else {
        return Refused::Clap(error);
    };
    // clap formats the name as `--listen <LISTEN>`.
    let flag = named.split_whitespace().next().unwrap_or(named);
    let arg = flag
        .strip_prefix("--")
        .and_then(|long| command.get_arguments().find(|arg| arg.get_long() == Some(long)));
    let Some(arg) = arg else { return Refused::Clap(error) };
    let variable = arg.get_env().map(|name| format!(" ({})", name.to_string_lossy()));
    let value = match error.get(ContextKind::InvalidValue) {
        // The value may be a password, or a part of one.
        Some(_) if arg.is_hide_env_values_set() => "o valor dado".to_owned(),
        Some(ContextValue::String(value)) if value.is_empty() => "um valor vazio".to_owned(),
        Some(ContextValue::String(value)) => format!("{value:?}"),
        _ => "um valor vazio".to_owned(),
    };
    let reason = match (error.source(), error.get(ContextKind::ValidValue)) {
        (Some(reason), _) => reason.to_string(),
        (None, Some(ContextValue::Strings(values))) => format!("escreva {}", values.join(" ou ")),
        (None, _) => "falta um valor".to_owned(),
    };
    Refused::Value(format!("{flag}{} não aceita {value}: {reason}", variable.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(args: &[&str]) -> String {
        let args = std::iter::once(&"inbox-pirata").chain(args).map(OsString::from);
        match parse(args) {
            Err(Refused::Value(sentence)) => sentence,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_refusal_names_the_flag_the_variable_and_what_to_write() {
        let listen = refused(&["--listen", "3000"]);
        assert!(
            listen.contains("--listen (INBOX_LISTEN)") && listen.contains("127.0.0.1:3000"),
            "{listen}"
        );
        let format = refused(&["--log-format", "xml"]);
        assert!(
            format.contains("(INBOX_LOG_FORMAT)") && format.contains("text ou json"),
            "{format}"
        );
        // Global flags after a subcommand are checked too.
        let idle = refused(&["user", "list", "--login-idle", "0s"]);
        assert!(idle.contains("--login-idle (INBOX_LOGIN_IDLE)"), "{idle}");
    }

    #[test]
    fn an_empty_flag_is_refused_like_every_other_value_that_is_none() {
        let flags = Cli::command();
        let flags = flags.get_arguments().filter(|arg| arg.get_env().is_some());
        let mut count = 0;
        for arg in flags {
            let long = format!("--{}", arg.get_long().unwrap());
            let sentence = refused(&[&long, ""]);
            let variable = arg.get_env().unwrap().to_string_lossy();
            assert!(sentence.starts_with(&format!("{long} ({variable})")), "{sentence}");
            count += 1;
        }
        assert!(count > 10, "{count}");
    }

    #[test]
    fn what_may_be_a_secret_is_not_repeated() {
        let sentence = refused(&["--database-url", "postgres://inbox:pa#segredo@db/inbox"]);
        assert!(sentence.contains("%23") && !sentence.contains("segredo"), "{sentence}");
        let sentence = refused(&["--metrics-token", "o segredo"]);
        assert!(!sentence.contains("segredo"), "{sentence}");
    }

    #[test]
    fn help_and_unknown_flags_are_claps() {
        for args in [
            ["inbox-pirata", "--help"],
            ["inbox-pirata", "--nothing"],
            // Keys have no flag, because every user of the machine can read command lines.
            ["inbox-pirata", "--secret-key=0b"],
        ] {
            assert!(matches!(parse(args.map(OsString::from)), Err(Refused::Clap(_))));
        }
    }
}
