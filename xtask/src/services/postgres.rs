//! A PostgreSQL of our own for the store's tests.

use std::{
    fs,
    net::TcpListener,
    os::unix::{fs::chown, process::CommandExt},
    path::Path,
    process::Command,
};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::{setup::postgres_program, sh};

use super::{Announces, Output, Service};

/// A cluster in a temporary folder, on a loopback port; gone when dropped.
pub(crate) struct Postgres {
    // Dropped in this order: the server first, then its files.
    _service: Service,
    _folder: TempDir,
    port: u16,
}

impl Postgres {
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("inbox-pirata-postgres-").tempdir()?;
        let data = folder.path().join("data");
        let owner = Owner::choose()?;
        owner.own(folder.path())?;

        let output = sh::output(
            owner
                .command("initdb")?
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"])
                .args(["--no-sync", "--pgdata"])
                .arg(&data),
        );
        output.context("could not create a PostgreSQL cluster for the tests")?;

        let port = free_port()?;
        let mut server = owner.command("postgres")?;
        server.arg("-D").arg(&data).arg("-k").arg(folder.path());
        server.args(["-h", "127.0.0.1", "-p", &port.to_string()]);
        // Nothing here outlives the tests, so nothing has to survive a power cut.
        for setting in [
            "fsync=off",
            "synchronous_commit=off",
            "full_page_writes=off",
            "max_connections=300",
            "logging_collector=off",
            "log_min_messages=log",
        ] {
            server.args(["-c", setting]);
        }
        let ready = "ready to accept connections";
        let (service, _) =
            Service::start("PostgreSQL", &mut server, Announces::Stderr, ready, Output::Dropped)?;
        // SIGQUIT is its "immediate" shutdown: no waiting for clients, no checkpoint.
        Ok(Self { _service: service.stop_with(Signal::QUIT), _folder: folder, port })
    }

    /// The address of the maintenance database, for `TEST_POSTGRES_URL`.
    pub(crate) fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

/// Who runs the cluster: PostgreSQL refuses to run as root.
enum Owner {
    Us,
    User { uid: u32, gid: u32 },
}

impl Owner {
    fn choose() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::Us);
        }
        let users = fs::read_to_string("/etc/passwd")?;
        let entry = users.lines().find(|line| line.starts_with("postgres:"));
        let fields: Vec<_> = entry
            .context("PostgreSQL does not run as root and there is no user `postgres`. Run `useradd --system postgres`.")?
            .split(':')
            .collect();
        ensure!(fields.len() > 3, "the entry of `postgres` in /etc/passwd is broken");
        Ok(Self::User { uid: fields[2].parse()?, gid: fields[3].parse()? })
    }

    fn own(&self, folder: &Path) -> Result<()> {
        if let Self::User { uid, gid } = self {
            chown(folder, Some(*uid), Some(*gid))?;
        }
        Ok(())
    }

    fn command(&self, program: &str) -> Result<Command> {
        let path = postgres_program(program).with_context(|| {
            format!("PostgreSQL's `{program}` is missing. Run `cargo xtask setup`.")
        })?;
        let mut command = Command::new(path);
        // It wants to read the folder it is started in.
        command.current_dir("/");
        if let Self::User { uid, gid } = self {
            command.uid(*uid).gid(*gid);
        }
        Ok(command)
    }
}

/// A port nobody listens on at this moment.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
