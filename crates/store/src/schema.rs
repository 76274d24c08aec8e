//! The migrations that were applied to a database, and those that this program knows.

use migrations::Migrator;
use sea_orm::{DbErr, EntityTrait as _, QueryOrder as _};
use sea_orm_migration::{
    IntoSchemaManagerConnection, MigratorTrait as _, SchemaManager, seaql_migrations,
};

/// The table in which the migrator records applied migrations.
pub(crate) const TABLE: &str = "seaql_migrations";

/// Returns the migrations that were applied to a database, oldest first. It changes nothing, so
/// that a database can be inspected that this program must not change.
pub(crate) async fn applied<'c>(
    db: impl IntoSchemaManagerConnection<'c>,
) -> Result<Vec<String>, DbErr> {
    let manager = SchemaManager::new(db);
    if !manager.has_table(TABLE).await? {
        return Ok(Vec::new());
    }
    let rows = seaql_migrations::Entity::find()
        .order_by_asc(seaql_migrations::Column::Version)
        .all(manager.get_connection())
        .await?;
    Ok(rows.into_iter().map(|row| row.version).collect())
}

/// Returns the migrations of this program, oldest first.
pub(crate) fn known() -> Vec<String> {
    Migrator::migrations().iter().map(|migration| migration.name().to_owned()).collect()
}

/// Returns the first of `applied` that this program does not know.
pub(crate) fn newer(applied: &[String]) -> Option<&str> {
    let known = known();
    applied.iter().find(|name| !known.contains(name)).map(String::as_str)
}
