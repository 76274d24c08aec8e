//! A temporary PostgreSQL, for tests in Rust and for `chaos`. Nothing else starts one.

use std::{
    fs,
    net::TcpListener,
    os::unix::{
        fs::{PermissionsExt, chown},
        process::CommandExt,
    },
    path::{Path, PathBuf},
    process::Command,
};

use anyhow::{Context, Result, ensure};
use rustix::process::Signal;
use tempfile::TempDir;

use crate::{setup::postgres_program, sh};

use super::{Announces, Output, Service};

/// Settings of every cluster.
const SETTINGS: &[&str] = &["max_connections=300", "logging_collector=off", "log_min_messages=log"];
/// Settings of [`Durability::Volatile`].
const VOLATILE: &[&str] = &["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// A running PostgreSQL cluster on a loopback port. Dropping it ends the server and keeps the
/// folder.
pub(crate) struct Postgres {
    service: Service,
    cluster: Cluster,
    url: String,
}

/// The server of tests in Rust, which create their databases in it (`fixtures::postgres`).
pub(crate) struct TestPostgres {
    postgres: Postgres,
    // It is dropped after the server, and removes the data.
    _folder: TempDir,
}

impl TestPostgres {
    pub(crate) fn start() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("inbox-pirata-postgres-").tempdir()?;
        let postgres = Postgres::start(folder.path(), Durability::Volatile)?;
        Ok(Self { postgres, _folder: folder })
    }

    /// Gives the address of the server to the tests that `command` runs.
    pub(crate) fn serve(&self, command: &mut Command) {
        command.env("TEST_POSTGRES_URL", self.postgres.url());
    }
}

/// Durability of commits.
#[derive(Clone, Copy)]
pub(crate) enum Durability {
    /// A commit is flushed to the disk before it is confirmed, as by default.
    Durable,
    /// A commit may be lost by a power cut, because the data does not outlive the command.
    Volatile,
}

/// Parameters to start the server of a cluster.
struct Cluster {
    run_as: RunAs,
    folder: PathBuf,
    port: u16,
    durability: Durability,
}

impl Postgres {
    /// Creates a cluster in a folder that is empty or missing, and starts its server.
    pub(crate) fn start(folder: &Path, durability: Durability) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let run_as = RunAs::choose()?;
        run_as.chown(folder)?;
        let cluster = Cluster { run_as, folder: folder.to_owned(), port: free_port()?, durability };
        cluster.make()?;
        let service = cluster.serve()?;
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
        Ok(Self { service, cluster, url })
    }

    /// Returns the address of the maintenance database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends the server as `pg_ctl stop -m immediate` does: it disconnects clients and flushes
    /// nothing, so that the next start needs crash recovery.
    pub(crate) fn crash(&mut self) -> Result<()> {
        self.service.end()
    }

    /// Starts the server again at its address, after [`Self::crash`]. Returns when it has
    /// recovered.
    pub(crate) fn recover(&mut self) -> Result<()> {
        self.service = self.cluster.serve()?;
        Ok(())
    }

    /// Returns the pids of the backends of a client, found by its `application_name`.
    pub(crate) fn backends(&self, application: &str) -> Result<Vec<u32>> {
        let sql =
            format!("SELECT pid FROM pg_stat_activity WHERE application_name = '{application}'");
        let mut psql = self.cluster.run_as.command("psql")?;
        psql.args(["--no-psqlrc", "--tuples-only", "--no-align", "--command", &sql]).arg(&self.url);
        let pids = sh::output(&mut psql)?;
        pids.lines().map(|pid| pid.parse::<u32>().context("psql did not print a pid")).collect()
    }
}

impl Cluster {
    fn data(&self) -> PathBuf {
        self.folder.join("data")
    }

    fn make(&self) -> Result<()> {
        let output = sh::output(
            self.run_as
                .command("initdb")?
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"])
                .args(["--no-sync", "--pgdata"])
                .arg(self.data()),
        );
        output.context("could not create a PostgreSQL cluster")?;
        Ok(())
    }

    fn serve(&self) -> Result<Service> {
        let mut server = self.run_as.command("postgres")?;
        server.arg("-D").arg(self.data()).arg("-k").arg(&self.folder);
        server.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        let more: &[&str] = match self.durability {
            Durability::Durable => &[],
            Durability::Volatile => VOLATILE,
        };
        for setting in SETTINGS.iter().chain(more) {
            server.args(["-c", setting]);
        }
        let ready = "ready to accept connections";
        let (service, _) =
            Service::start("PostgreSQL", &mut server, Announces::Stderr, ready, Output::Dropped)?;
        // SIGQUIT is PostgreSQL's "immediate" shutdown: it waits for no client and writes no
        // checkpoint.
        Ok(service.stop_with(Signal::QUIT))
    }
}

/// The user who runs the cluster: PostgreSQL refuses to run as root.
enum RunAs {
    CurrentUser,
    User { uid: u32, gid: u32 },
}

impl RunAs {
    fn choose() -> Result<Self> {
        if !rustix::process::geteuid().is_root() {
            return Ok(Self::CurrentUser);
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

    /// Makes this user the owner of `folder` and lets it pass through the parent folder.
    fn chown(&self, folder: &Path) -> Result<()> {
        let Self::User { uid, gid } = self else { return Ok(()) };
        chown(folder, Some(*uid), Some(*gid))?;
        let Some(above) = folder.parent() else { return Ok(()) };
        let mut permissions = fs::metadata(above)?.permissions();
        // A temporary folder is closed to all other users. The added bit lets them pass through,
        // and not list the content.
        if permissions.mode() & 0o001 == 0 {
            permissions.set_mode(permissions.mode() | 0o001);
            fs::set_permissions(above, permissions)?;
        }
        Ok(())
    }

    fn command(&self, program: &str) -> Result<Command> {
        let path = postgres_program(program).with_context(|| {
            format!("PostgreSQL's `{program}` is missing. Run `cargo xtask setup`.")
        })?;
        let mut command = Command::new(path);
        // PostgreSQL has to be able to read its working folder.
        command.current_dir("/");
        if let Self::User { uid, gid } = self {
            command.uid(*uid).gid(*gid);
        }
        Ok(command)
    }
}

/// Returns a port that is free at this moment.
fn free_port() -> Result<u16> {
    Ok(TcpListener::bind("127.0.0.1:0")?.local_addr()?.port())
}
