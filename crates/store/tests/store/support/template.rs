//! A database with all tables and no rows, which PostgreSQL copies for each test. Migrations run
//! once for all tests of a build; the tests of migrations begin with an empty database instead.

use std::{env, fs, time::UNIX_EPOCH};

use migrations::Migrator;
use sea_orm::{
    ConnectOptions, ConnectionTrait as _, Database as Connector, DatabaseConnection, Statement,
};
use sea_orm_migration::MigratorTrait as _;

use super::url_of;

/// Key of the lock under which one process makes the template and the others wait.
const LOCK: i64 = 7_411_326;

/// Returns the name of the template, which the first caller makes.
pub(crate) async fn name() -> String {
    let name = format!("inbox_template_{}", build());
    let admin = connect("postgres").await;
    if !exists(&admin, &name).await {
        // The server releases the lock when the connection ends.
        admin.execute_unprepared(&format!("SELECT pg_advisory_lock({LOCK})")).await.unwrap();
        if !exists(&admin, &name).await {
            make(&admin, &name).await;
        }
    }
    admin.close().await.unwrap();
    name
}

/// Distinguishes the builds of the tests: a changed migration needs another template.
fn build() -> u128 {
    let program = fs::metadata(env::current_exe().unwrap()).unwrap();
    program.modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}

async fn exists(admin: &DatabaseConnection, name: &str) -> bool {
    let query = format!("SELECT 1 FROM pg_database WHERE datname = '{name}'");
    let statement = Statement::from_string(admin.get_database_backend(), query);
    admin.query_one_raw(statement).await.unwrap().is_some()
}

/// Makes the template under another name first, so that an interrupted run leaves no half of one.
async fn make(admin: &DatabaseConnection, name: &str) {
    let unfinished = format!("{name}_unfinished");
    for sql in [
        format!("DROP DATABASE IF EXISTS {unfinished} WITH (FORCE)"),
        format!("CREATE DATABASE {unfinished}"),
    ] {
        admin.execute_unprepared(&sql).await.unwrap();
    }
    let db = connect(&unfinished).await;
    Migrator::up(&db, None).await.unwrap();
    // PostgreSQL copies only databases that nobody is connected to.
    db.close().await.unwrap();
    admin
        .execute_unprepared(&format!("ALTER DATABASE {unfinished} RENAME TO {name}"))
        .await
        .unwrap();
}

/// Connects once: a lock belongs to one connection.
async fn connect(database: &str) -> DatabaseConnection {
    let mut options = ConnectOptions::new(url_of(database));
    options.max_connections(1).sqlx_logging(false);
    Connector::connect(options).await.unwrap()
}
