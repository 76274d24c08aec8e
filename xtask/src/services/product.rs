//! Starts the product and the emulator that it connects to.

use std::{
    fs::File,
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

use anyhow::{Context, Result, bail};

use super::{Announces, Output, Service};

/// A running HTTP server on loopback. Dropping it ends the program.
pub(crate) struct HttpService {
    service: Service,
    address: String,
}

/// Destination of a program's log.
pub(crate) enum Log {
    /// The terminal.
    Shown,
    File(File),
}

/// Location of the data of a server.
pub(crate) struct Data<'a> {
    pub(crate) folder: &'a Path,
    /// Address of the database, unless it is in the folder.
    pub(crate) database: Option<&'a str>,
}

/// A user to add.
pub(crate) struct NewUser<'a> {
    pub(crate) name: &'a str,
    pub(crate) email: &'a str,
    pub(crate) role: &'a str,
    pub(crate) password: &'a str,
}

impl Data<'_> {
    fn add_args(&self, command: &mut Command) {
        command.arg("--data-dir").arg(self.folder);
        if let Some(database) = self.database {
            command.args(["--database-url", database]);
        }
    }
}

impl HttpService {
    /// Returns `http://host:port`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    pub(crate) fn pid(&self) -> u32 {
        self.service.child.id()
    }

    /// Kills the program with SIGKILL, so that it flushes nothing. Returns when it has ended.
    pub(crate) fn kill(&mut self) -> Result<()> {
        self.service.child.kill()?;
        self.service.child.wait()?;
        Ok(())
    }

    /// Ends the program with SIGTERM and waits until it has ended.
    ///
    /// # Errors
    /// Fails if the program does not end within the limit of a service.
    pub(crate) fn stop(&mut self) -> Result<()> {
        self.service.end()
    }

    fn start(name: &'static str, command: &mut Command, log: Log) -> Result<Self> {
        if let Log::File(file) = log {
            command.stderr(file);
        }
        let (service, line) =
            Service::start(name, command, Announces::Stdout, "http://", Output::Shown)?;
        Ok(Self { service, address: address(&line)? })
    }
}

/// Starts the emulator; its address serves the control API and the page of the phones.
pub(crate) fn start_emulator(program: &Path, log: Log) -> Result<HttpService> {
    HttpService::start("the emulator", Command::new(program).args(["--listen", "127.0.0.1:0"]), log)
}

/// Starts the server with a command from [`server`]; its address is the one to open.
pub(crate) fn start_server(command: &mut Command, log: Log) -> Result<HttpService> {
    HttpService::start("the server", command, log)
}

/// Returns the command that serves `data` on `listen` (`host:port`) and connects to the emulator
/// `whatsapp`.
pub(crate) fn server(
    program: &Path,
    data: &Data<'_>,
    listen: &str,
    whatsapp: &HttpService,
) -> Command {
    let mut command = Command::new(program);
    command.args(["--listen", listen]).args(["--whatsapp-ws-url", &websocket(&whatsapp.address)]);
    data.add_args(&mut command);
    command
}

/// Adds a user with the product's command line.
pub(crate) fn add_user(program: &Path, data: &Data<'_>, user: &NewUser<'_>) -> Result<()> {
    let mut command = Command::new(program);
    data.add_args(&mut command);
    let mut child = command
        .args(["user", "add", "--email", user.email, "--name", user.name, "--role", user.role])
        .arg("--password-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut stdin = child.stdin.take().context("stdin is piped")?;
    writeln!(stdin, "{}", user.password)?;
    drop(stdin);
    if !child.wait()?.success() {
        bail!("could not add the user {}; the server's message is above", user.email);
    }
    Ok(())
}

/// Reads the address in an announcement such as `Pronto: http://127.0.0.1:3000`.
fn address(line: &str) -> Result<String> {
    let start = line.find("http://").with_context(|| format!("no address in {line:?}"))?;
    let address = line[start..].split_whitespace().next().unwrap_or_default();
    Ok(address.trim_end_matches('/').to_owned())
}

fn websocket(http: &str) -> String {
    format!("{}/ws/chat", http.replacen("http://", "ws://", 1))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_from_announcements() -> Result<()> {
        let http = address("Pronto: http://127.0.0.1:4000/")?;
        assert_eq!(http, "http://127.0.0.1:4000");
        assert_eq!(websocket(&http), "ws://127.0.0.1:4000/ws/chat");
        assert!(address("nothing here").is_err());
        Ok(())
    }
}
