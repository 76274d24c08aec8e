//! The remains of a killed backup or restore are removed.

#![cfg(unix)]

use std::fs::{self, File, TryLockError};
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use clap::Parser as _;
use sea_orm::{ConnectOptions, ConnectionTrait as _, Database};
use server::backup;
use server::config::Cli;

use crate::installation::{Installation, config, names, sqlite};

/// Timeout for another process, on a loaded machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// The program with a data folder.
fn program(data: &Path) -> Command {
    let mut program = Command::new(env!("CARGO_BIN_EXE_inbox-pirata"));
    program.arg("--data-dir").arg(data);
    program
}

/// Waits for a change that another process makes to files.
fn until(done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < TIMEOUT, "it does not come");
        std::thread::yield_now();
    }
}

/// The temporary folders of backups.
fn temporary_folders(data: &Path) -> Vec<String> {
    names(data).into_iter().filter(|name| name.starts_with(".backup-")).collect()
}

/// Returns true if a backup is running.
fn is_running(data: &Path) -> bool {
    temporary_folders(data).iter().any(|name| {
        let folder = File::open(data.join(name));
        folder.is_ok_and(|it| matches!(it.try_lock_shared(), Err(TryLockError::WouldBlock)))
    })
}

#[tokio::test]
async fn a_backup_that_lives_keeps_its_files_and_one_that_was_killed_does_not() {
    let old = Installation::new().await;
    let data = old.path("data");
    // Another connection locks the keys: a backup waits for them for some seconds.
    let keys = format!("{}?mode=rwc", sqlite(&data.join("sessions/2/session.db")));
    let keys = Database::connect(ConnectOptions::new(keys).max_connections(1).to_owned());
    let keys = keys.await.unwrap();
    keys.execute_unprepared("CREATE TABLE device (id INTEGER)").await.unwrap();
    keys.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();

    let mut process = program(&data);
    process.arg("backup").arg(old.path("file")).stdout(Stdio::null()).stderr(Stdio::null());
    let mut process = process.spawn().unwrap();
    until(|| is_running(&data));
    let refused = old.back_up("file", None).await.unwrap_err();
    assert!(format!("{refused:#}").contains("outro backup está em andamento"), "{refused:#}");
    backup::remove_orphans(&config(&data));
    assert!(is_running(&data));
    assert!(old.path("file.part").exists());

    process.kill().unwrap();
    process.wait().unwrap();
    assert_eq!(temporary_folders(&data).len(), 1, "nobody was there to remove it");
    assert!(old.path("file.part").exists());
    keys.execute_unprepared("ROLLBACK").await.unwrap();
    old.back_up("file", None).await.unwrap();
    assert_eq!(names(old.folder.path()), ["data", "file"]);
    assert_eq!(temporary_folders(&data), [""; 0]);
}

#[tokio::test]
async fn only_leftovers_are_swept() {
    let here = tempfile::tempdir().unwrap();
    let (data, elsewhere) = (here.path().join("data"), here.path().join("elsewhere"));
    let folders = [
        data.join(".backup-Killed"),
        data.join(".restore-Killed/sessions/1"),
        data.join(".inbox-restore-Killed"),
        data.join(".backup-Alive"),
        data.join("backup-2026"),
        elsewhere.join(".inbox-restore-Killed"),
        elsewhere.join(".restore-Foreign"),
    ];
    for folder in &folders {
        fs::create_dir_all(folder).unwrap();
        fs::write(folder.join("session.db"), "chaves").unwrap();
    }
    fs::write(data.join(".backup-file"), "").unwrap();
    let alive = File::open(&folders[3]).unwrap();
    alive.lock().unwrap();

    let (data_dir, url) = (data.to_str().unwrap(), sqlite(&elsewhere.join("inbox.db")));
    let flags = ["inbox-pirata", "--data-dir", data_dir, "--database-url", url.as_str()];
    backup::remove_orphans(&Cli::parse_from(flags).config);
    assert_eq!(names(&data), [".backup-Alive", ".backup-file", "backup-2026"]);
    assert_eq!(names(&elsewhere), [".restore-Foreign"]);
    drop(alive);
    backup::remove_orphans(&Cli::parse_from(flags).config);
    assert_eq!(names(&data), [".backup-file", "backup-2026"]);
}

#[tokio::test]
async fn the_server_sweeps_when_it_starts() {
    let old = Installation::new().await;
    let data = old.path("data");
    fs::create_dir(data.join(".restore-Killed")).unwrap();
    let mut server = program(&data);
    server.args(["--listen", "127.0.0.1:0"]).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut server = server.spawn().unwrap();
    let mut ready = String::new();
    let mut output = BufReader::new(server.stdout.take().unwrap());
    while !ready.contains("Pronto") {
        ready.clear();
        assert_ne!(output.read_line(&mut ready).unwrap(), 0, "it does not start");
    }
    let left = data.join(".restore-Killed").exists();
    server.kill().unwrap();
    server.wait().unwrap();
    assert!(!left);
}
