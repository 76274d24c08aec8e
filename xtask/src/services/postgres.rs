//! A PostgreSQL of our own: for the store's tests, and to be broken.

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

use crate::{setup::postgres_program, sh};

use super::{Announces, Output, Service};

/// What every cluster of ours is told.
const SETTINGS: &[&str] = &["max_connections=300", "logging_collector=off", "log_min_messages=log"];
/// What makes commits [`Commits::Fleeting`].
const FLEETING: &[&str] = &["fsync=off", "synchronous_commit=off", "full_page_writes=off"];

/// The cluster of one folder, running on a loopback port. Dropping it ends the server; the folder stays.
pub(crate) struct Postgres {
    service: Service,
    cluster: Cluster,
    url: String,
}

/// What a commit is worth.
#[derive(Clone, Copy)]
pub(crate) enum Commits {
    /// It is on the disk before it is confirmed, as everywhere else.
    Flushed,
    /// It need not survive a power cut, because nothing here outlives the command.
    Fleeting,
}

/// What is needed to start the server of a cluster.
struct Cluster {
    owner: Owner,
    folder: PathBuf,
    port: u16,
    commits: Commits,
}

impl Postgres {
    /// Makes a cluster in a folder that is empty or missing, and starts its server.
    pub(crate) fn start(folder: &Path, commits: Commits) -> Result<Self> {
        fs::create_dir_all(folder)?;
        let owner = Owner::choose()?;
        owner.own(folder)?;
        let cluster = Cluster { owner, folder: folder.to_owned(), port: free_port()?, commits };
        cluster.make()?;
        let service = cluster.serve()?;
        let url = format!("postgres://postgres@127.0.0.1:{}/postgres", cluster.port);
        Ok(Self { service, cluster, url })
    }

    /// The address of the maintenance database.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Ends it as `pg_ctl stop -m immediate` does: clients are cut off, and what is on the disk is what
    /// crash recovery has to make do with.
    pub(crate) fn crash(&mut self) -> Result<()> {
        self.service.end()
    }

    /// Starts it again at its address, after [`Self::crash`]. Returns when it has recovered.
    pub(crate) fn recover(&mut self) -> Result<()> {
        self.service = self.cluster.serve()?;
        Ok(())
    }

    /// The processes that work for a client, by the name that it gives itself.
    pub(crate) fn backends(&self, application: &str) -> Result<Vec<u32>> {
        let sql =
            format!("SELECT pid FROM pg_stat_activity WHERE application_name = '{application}'");
        let mut psql = self.cluster.owner.command("psql")?;
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
            self.owner
                .command("initdb")?
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--locale=C"])
                .args(["--no-sync", "--pgdata"])
                .arg(self.data()),
        );
        output.context("could not create a PostgreSQL cluster")?;
        Ok(())
    }

    fn serve(&self) -> Result<Service> {
        let mut server = self.owner.command("postgres")?;
        server.arg("-D").arg(self.data()).arg("-k").arg(&self.folder);
        server.args(["-h", "127.0.0.1", "-p", &self.port.to_string()]);
        let more: &[&str] = match self.commits {
            Commits::Flushed => &[],
            Commits::Fleeting => FLEETING,
        };
        for setting in SETTINGS.iter().chain(more) {
            server.args(["-c", setting]);
        }
        let ready = "ready to accept connections";
        let (service, _) =
            Service::start("PostgreSQL", &mut server, Announces::Stderr, ready, Output::Dropped)?;
        // SIGQUIT is its "immediate" shutdown: no waiting for clients, no checkpoint.
        Ok(service.stop_with(Signal::QUIT))
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

    /// Gives it `folder`, and lets it through the folder that one is in.
    fn own(&self, folder: &Path) -> Result<()> {
        let Self::User { uid, gid } = self else { return Ok(()) };
        chown(folder, Some(*uid), Some(*gid))?;
        let Some(above) = folder.parent() else { return Ok(()) };
        let mut permissions = fs::metadata(above)?.permissions();
        // A temporary folder is closed to all others. Through is not in: its content is not listed.
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
