//! Databases of earlier versions.

use migrations::Migrator;
use sea_orm::DatabaseConnection;
use sea_orm_migration::MigratorTrait as _;

/// Returns the number of migrations before the one with this name.
pub(crate) fn migrations_before(name: &str) -> u32 {
    let all = Migrator::migrations();
    let own = all.iter().position(|migration| migration.name() == name);
    u32::try_from(own.expect("a migration")).unwrap()
}

/// Undoes all migrations but the first `kept` ones.
pub(crate) async fn undo_after(raw: &DatabaseConnection, kept: u32) {
    let later = u32::try_from(Migrator::migrations().len()).unwrap() - kept;
    Migrator::down(raw, Some(later)).await.unwrap();
}
