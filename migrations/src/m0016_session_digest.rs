//! Logins are stored under a digest of the cookie, so that a reader of the database cannot use
//! them.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};
use sha2::{Digest as _, Sha256};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0016_session_digest"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let db = manager.get_connection();
        if manager.get_database_backend() == DatabaseBackend::Sqlite {
            // Otherwise the ids would stay readable in the unused parts of the file.
            db.execute_unprepared("PRAGMA secure_delete = ON").await?;
        }
        let ids = Query::select().column("id").from("web_session").to_owned();
        for row in db.query_all(&ids).await? {
            let id: String = row.try_get("", "id")?;
            let digest = hex::encode(Sha256::digest(&id));
            let update = Query::update()
                .table("web_session")
                .value("id", digest)
                .and_where(Expr::col("id").eq(id))
                .to_owned();
            db.execute(&update).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // No cookie can be restored from its digest, so everybody logs in once more.
        let delete = Query::delete().from_table("web_session").to_owned();
        manager.get_connection().execute(&delete).await?;
        Ok(())
    }
}
