//! A PostgreSQL server for the tests, and a database in it for each test.
//!
//! `TEST_POSTGRES_URL` names a server to use. Without it the tests start their own cluster in a
//! temporary folder. Under nextest every test is a process, and they share the cluster: each holds
//! a shared lock on a file for as long as it lives, however it ends, and a keeper process stops and
//! removes the cluster once it can have that lock for itself.

use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use sea_orm::{ConnectionTrait as _, Database as Connector};

// Other crates include this file by its path, and with it the template.
#[path = "template.rs"]
mod template;

/// The database of one test.
pub(crate) struct Database {
    pub(crate) url: String,
    name: String,
}

impl Database {
    /// Creates an empty database.
    pub(crate) async fn create() -> Self {
        Self::copy("template1").await
    }

    /// Creates a database with all tables.
    pub(crate) async fn migrated() -> Self {
        Self::copy(&template::name().await).await
    }

    async fn copy(template: &str) -> Self {
        static COUNTER: AtomicU32 = AtomicU32::new(0);
        let number = COUNTER.fetch_add(1, Ordering::Relaxed);
        let name = format!("inbox_test_{}_{number}", std::process::id());
        administer(&format!("CREATE DATABASE {name} TEMPLATE {template}")).await;
        Self { url: url_of(&name), name }
    }

    pub(crate) async fn drop(self) {
        administer(&format!("DROP DATABASE {} WITH (FORCE)", self.name)).await;
    }
}

async fn administer(sql: &str) {
    let db = Connector::connect(url_of("postgres")).await.unwrap();
    db.execute_unprepared(sql).await.unwrap();
    db.close().await.unwrap();
}

pub(super) fn url_of(database: &str) -> String {
    static SERVER: OnceLock<String> = OnceLock::new();
    let server =
        SERVER.get_or_init(|| env::var("TEST_POSTGRES_URL").unwrap_or_else(|_| own_cluster()));
    let (address, parameters) = server.split_once('?').unwrap_or((server, ""));
    // The URL is `postgres://user@host:5432[/name]`; the name, if any, is replaced.
    let (scheme, rest) = address.split_once("//").unwrap();
    let host = rest.split('/').next().unwrap();
    format!("{scheme}//{host}/{database}?{parameters}")
}

/// Starts the shared cluster unless it runs, and keeps it running while this process lives.
fn own_cluster() -> String {
    let user = env::var("USER").unwrap_or_else(|_| "nobody".to_owned());
    let root = env::temp_dir().join(format!("inbox-pirata-postgres-{user}"));
    fs::create_dir_all(&root).unwrap();
    let change = File::create(root.join("change.lock")).unwrap();
    change.lock().unwrap();
    let users = File::create(root.join("users.lock")).unwrap();
    users.lock_shared().unwrap();
    // The kernel releases the lock when the process ends, and not before.
    std::mem::forget(users);
    let cluster = Cluster { root, bin: binaries() };
    if !cluster.is_running() {
        cluster.start();
    }
    format!("postgres://postgres@localhost/?host={}", cluster.root.display())
}

struct Cluster {
    root: PathBuf,
    bin: PathBuf,
}

impl Cluster {
    fn data(&self) -> PathBuf {
        self.root.join("data")
    }

    fn is_running(&self) -> bool {
        self.data().exists()
            && self
                .command("pg_ctl")
                .arg("status")
                .arg("-D")
                .arg(self.data())
                .status()
                .unwrap()
                .success()
    }

    fn start(&self) {
        let _ = fs::remove_dir_all(self.data());
        if is_root() {
            succeed(Command::new("chown").arg("postgres:").arg(&self.root));
        }
        succeed(
            self.command("initdb")
                .args(["--auth=trust", "--username=postgres", "--encoding=UTF8", "--no-sync"])
                .arg("-D")
                .arg(self.data()),
        );
        // The server has a socket in the folder and no network port, and does not wait for disks.
        let options = format!(
            "-c listen_addresses= -c unix_socket_directories={} -c max_connections=300 \
             -c fsync=off -c synchronous_commit=off -c full_page_writes=off",
            self.root.display()
        );
        succeed(
            self.command("pg_ctl")
                .args(["start", "--wait", "--silent"])
                .arg("-l")
                .arg(self.root.join("server.log"))
                .args(["-o", &options])
                .arg("-D")
                .arg(self.data()),
        );
        self.start_keeper();
    }

    /// Starts a process that checks every few seconds if a test still uses the cluster. It is
    /// detached from the test, in a session of its own, and does not hold the test's output open.
    fn start_keeper(&self) {
        let stop = format!(
            "flock 8; if flock -n -x 9; then {} stop -s -m immediate -D {}; rm -rf {}; exit; fi",
            shell_words(&self.command("pg_ctl")),
            self.data().display(),
            self.data().display(),
        );
        let script = format!(
            "exec 2>/dev/null; while sleep 5; do ( {stop}; exit 1 ) 8>{root}/change.lock 9>{root}/users.lock && exit; done",
            root = self.root.display()
        );
        succeed(
            Command::new("setsid")
                .args(["--fork", "sh", "-c", &script])
                .stdin(Stdio::null())
                .stdout(Stdio::null()),
        );
    }

    /// PostgreSQL refuses to run as root.
    fn command(&self, program: &str) -> Command {
        let program = self.bin.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.current_dir(&self.root).stdin(Stdio::null()).stdout(Stdio::null());
        command
    }
}

/// Returns the newest installation; Debian's layout comes first.
fn binaries() -> PathBuf {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut versions: Vec<PathBuf> = debian.map(|entry| entry.path().join("bin")).collect();
    versions.sort();
    let on_path = env::var_os("PATH").unwrap_or_default();
    versions.reverse();
    versions
        .into_iter()
        .chain(env::split_paths(&on_path))
        .find(|folder| folder.join("initdb").exists())
        .expect("the store's tests need PostgreSQL: apt-get install postgresql, or set TEST_POSTGRES_URL")
}

fn is_root() -> bool {
    fs::metadata("/proc/self").is_ok_and(|me| std::os::unix::fs::MetadataExt::uid(&me) == 0)
}

fn succeed(command: &mut Command) {
    let output = command.stderr(Stdio::piped()).spawn().unwrap().wait_with_output().unwrap();
    let words = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {words}");
}

fn shell_words(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    words.map(|word| Path::new(word).display().to_string()).collect::<Vec<_>>().join(" ")
}
