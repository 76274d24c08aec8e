//! `cargo xtask demo`.

mod phones;

use std::{
    io::Write,
    path::Path,
    process::{Command, ExitCode, Stdio},
};

use anyhow::{Context, Result, bail};

use crate::{
    interrupt,
    progress::Progress,
    services::{Announces, Output, Service},
    setup::{self, Scope},
    workspace::{Profile, Workspace},
};

use super::build::{self, Built, Programs};

/// Starts the product with a simulated WhatsApp: no spare phone needed, nothing leaves the machine.
///
/// Two users, several phones that chat. Everything lies in a temporary folder and is gone when the
/// demo ends.
#[derive(clap::Args)]
pub(crate) struct Args {
    /// Where the product listens.
    #[arg(long, default_value = "127.0.0.1:3000", value_name = "ADDRESS")]
    listen: String,
    /// The optimised build.
    #[arg(long)]
    release: bool,
}

struct User {
    name: &'static str,
    email: &'static str,
    role: &'static str,
}

const USERS: &[User] = &[
    User { name: "Ana Alves", email: "ana@demo.local", role: "admin" },
    User { name: "Bruno Braga", email: "bruno@demo.local", role: "atendente" },
];

/// Printed on the screen; the demo listens on loopback and its users are gone with it.
const PASSWORD: &str = "demonstracao";

impl Args {
    pub(crate) fn run(self, workspace: &Workspace) -> Result<ExitCode> {
        let profile = Profile::from_release_flag(self.release);
        let mut progress = Progress::new(Scope::Product.steps() + build::STEPS + 2);
        let toolchain = setup::ensure(workspace, Scope::Product, &mut progress)?;
        let built =
            build::build(workspace, toolchain, profile, Programs::WithEmulator, &mut progress)?;

        progress.step("Starting the simulated WhatsApp");
        let folder = tempfile::Builder::new().prefix("inbox-pirata-demo-").tempdir()?;
        let (_emulator, whatsapp) = start_emulator(&built)?;
        let phones = phones::Phones::make(&whatsapp)?;

        progress.step("Starting the server with two users");
        for user in USERS {
            add_user(&built, folder.path(), user)?;
        }
        let (_server, inbox) = start_server(&built, folder.path(), &self.listen, &whatsapp)?;

        explain(&inbox, &whatsapp);
        let _chatter = phones.chat();
        interrupt::wait();
        eprintln!("Ending the demo");
        Ok(ExitCode::SUCCESS)
    }
}

/// Returns the address of its control API and phone page.
fn start_emulator(built: &Built) -> Result<(Service, String)> {
    let mut command = Command::new(&built.emulator);
    command.args(["--listen", "127.0.0.1:0"]);
    let ready = "http://";
    let (service, line) =
        Service::start("the emulator", &mut command, Announces::Stdout, ready, Output::Dropped)?;
    Ok((service, address(&line)?))
}

/// Returns the address to open.
fn start_server(
    built: &Built,
    data: &Path,
    listen: &str,
    whatsapp: &str,
) -> Result<(Service, String)> {
    let mut command = Command::new(&built.server);
    command
        .args(["--listen", listen])
        .args(["--whatsapp-ws-url", &websocket(whatsapp)])
        .arg("--data-dir")
        .arg(data);
    let (service, line) = Service::start(
        "the server",
        &mut command,
        Announces::Stdout,
        "http://",
        Output::Shown,
    )?;
    Ok((service, address(&line)?))
}

fn add_user(built: &Built, data: &Path, user: &User) -> Result<()> {
    let mut child = Command::new(&built.server)
        .arg("--data-dir")
        .arg(data)
        .args(["user", "add", "--email", user.email, "--name", user.name, "--role", user.role])
        .arg("--password-stdin")
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .spawn()?;
    let mut stdin = child.stdin.take().context("stdin is piped")?;
    writeln!(stdin, "{PASSWORD}")?;
    drop(stdin);
    if !child.wait()?.success() {
        bail!("could not add the user {}; the server's message is above", user.email);
    }
    Ok(())
}

/// The address in an announcement such as `Pronto: http://127.0.0.1:3000`.
fn address(line: &str) -> Result<String> {
    let start = line.find("http://").with_context(|| format!("no address in {line:?}"))?;
    let address = line[start..].split_whitespace().next().unwrap_or_default();
    Ok(address.trim_end_matches('/').to_owned())
}

fn websocket(http: &str) -> String {
    format!("{}/ws/chat", http.replacen("http://", "ws://", 1))
}

fn explain(inbox: &str, whatsapp: &str) {
    eprintln!("\nThe demo runs. Ctrl-C ends it and removes its data.\n");
    eprintln!("  1. Open {inbox} and log in:");
    for user in USERS {
        eprintln!("       {}   {PASSWORD}   ({}, {})", user.email, user.name, user.role);
    }
    eprintln!("  2. Click \"Conectar WhatsApp\": a QR code appears.");
    eprintln!(
        "  3. Open {whatsapp} in another tab: the simulated phones. Link one to the QR code."
    );
    eprintln!("  4. Chat: the phones write to each other, and you answer from the inbox.\n");
    println!("{inbox}");
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
