//! One server uses a set of data, commands run beside it, and a killed process locks nobody out.

use std::path::Path;

use fixtures::postgres;
use sea_orm::{ConnectionTrait as _, Database, DatabaseBackend, Statement};

use crate::program::{PASSWORD, Running, add_admin, finish, finish_with, program};

/// A second server for the data of a first one is refused, and the first goes on.
fn refused(first: &mut Running, second: &mut std::process::Command) -> String {
    let (went_well, output) = finish(second.args(["--listen", "127.0.0.1:0"]));
    assert!(!went_well && output.starts_with("erro: "), "{output}");
    assert!(first.is_running());
    assert_eq!(first.get("/readyz", &[]).status, 200);
    output
}

#[test]
fn a_second_server_on_a_data_folder_is_refused_and_told_who_has_it() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path();
    let mut first = Running::start(&mut program(data));
    let output = refused(&mut first, &mut program(data));
    for part in [first.address.as_str(), "processo ", "--data-dir", "pare o outro"] {
        assert!(output.contains(part), "{part}: {output}");
    }
    // Another name of the same folder.
    let link = folder.path().with_extension("link");
    std::os::unix::fs::symlink(data, &link).unwrap();
    refused(&mut first, &mut program(&link));
    refused(&mut first, &mut program(&data.join("../").join(data.file_name().unwrap())));
    std::fs::remove_file(&link).unwrap();
    // Another folder with the same database file.
    let other = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}/inbox.db", data.display());
    refused(&mut first, program(other.path()).args(["--database-url", &url]));
}

#[test]
fn commands_go_on_beside_a_server_and_a_restore_does_not() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let first = Running::start(&mut program(&data));
    add_admin(&data, "ana@loja.example");
    let (listed, output) = finish(program(&data).args(["user", "list"]));
    assert!(listed && output.contains("ana@loja.example"), "{output}");
    let mut reset = program(&data);
    reset.args(["user", "reset-password", "--email", "ana@loja.example", "--password-stdin"]);
    let (reset, output) = finish_with(&mut reset, &format!("{PASSWORD}\n"));
    assert!(reset, "{output}");
    let file = folder.path().join("backup");
    let (made, output) = finish(program(&data).arg("backup").arg(&file));
    assert!(made, "{output}");

    let (restored, output) = finish(program(&data).arg("restore").arg(&file));
    assert!(!restored, "{output}");
    assert_eq!(first.log_in("ana@loja.example", PASSWORD, &[]).status, 200);
    first.kill();
    let elsewhere = folder.path().join("elsewhere");
    let (restored, output) = finish(program(&elsewhere).arg("restore").arg(&file));
    assert!(restored, "{output}");
}

#[test]
fn a_restart_right_after_a_kill_is_not_refused() {
    let folder = tempfile::tempdir().unwrap();
    for _ in 0..5 {
        Running::start(&mut program(folder.path())).kill();
    }
    Running::start(&mut program(folder.path()));
}

fn on(data: &Path, url: &str) -> std::process::Command {
    let mut program = program(data);
    program.args(["--database-url", url]);
    program
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_server_on_a_postgresql_database_is_refused_and_a_lost_lock_is_taken_again() {
    let database = postgres::Database::empty().await;
    let url = database.url.clone();
    let observer = Database::connect(&url).await.unwrap();
    let [a, b] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let mut first = Running::start(&mut on(a.path(), &url));
    let output = refused(&mut first, &mut on(b.path(), &url));
    for part in [first.address.as_str(), "processo ", "--database-url", "pare o outro"] {
        assert!(output.contains(part), "{part}: {output}");
    }
    // A folder with sessions alone is locked, too.
    refused(&mut first, &mut program(a.path()));
    let (listed, output) = finish(on(b.path(), &url).args(["user", "list"]));
    assert!(listed, "{output}");

    // The database session of the lock is ended from outside.
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
               WHERE datname = current_database() AND application_name LIKE 'inbox-pirata#%'";
    observer.execute_unprepared(end).await.unwrap();
    first.logs("is lost");
    first.logs("locked by this process again");
    refused(&mut first, &mut on(b.path(), &url));

    // After a kill the next server starts at once.
    first.kill();
    for _ in 0..3 {
        Running::start(&mut on(b.path(), &url)).kill();
    }

    // A process that has lost its lock to another one ends, and prints the reason.
    let mut first = Running::start(&mut on(a.path(), &url));
    let own = Database::connect(&url).await.unwrap();
    // The lock is requested before, so that it is granted as soon as the first server's session
    // ends.
    let take = "SELECT pg_advisory_lock(1768841848, hashtext(current_schema()::text))";
    let rival = own.clone();
    let taking = tokio::spawn(async move { rival.execute_unprepared(take).await });
    let waiting = "SELECT 1 FROM pg_locks WHERE locktype = 'advisory' AND NOT granted \
                   AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
    let statement = || Statement::from_string(DatabaseBackend::Postgres, waiting);
    while observer.query_one_raw(statement()).await.unwrap().is_none() {
        tokio::task::yield_now().await;
    }
    observer.execute_unprepared(end).await.unwrap();
    taking.await.unwrap().unwrap();
    first.logs("another process has taken the database");
    assert!(!first.wait(), "it ends with a failure");
    own.close().await.unwrap();
    observer.close().await.unwrap();
    database.remove().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_encoded_password_works_and_a_wrong_one_is_explained() {
    let database = postgres::Database::empty().await;
    let role = format!("senha_{}", std::process::id());
    let make = format!(
        "CREATE ROLE {role} LOGIN PASSWORD 'p#a/s@s%25'; \
         GRANT ALL ON DATABASE {} TO {role}; GRANT ALL ON SCHEMA public TO {role}",
        database.name
    );
    let own = Database::connect(&database.url).await.unwrap();
    own.execute_unprepared(&make).await.unwrap();
    own.close().await.unwrap();
    let after_user = database.url.split_once('@').unwrap().1;
    let folder = tempfile::tempdir().unwrap();
    let encoded = format!("postgres://{role}:p%23a%2Fs%40s%2525@{after_user}?sslmode=prefer");
    let (listed, output) = finish(on(folder.path(), &encoded).args(["user", "list"]));
    assert!(listed, "{output}");
    drop(Running::start(&mut on(folder.path(), &encoded)));
    database.remove().await;
    postgres::administer(&format!("DROP ROLE {role}")).await;
}
