//! Votes in polls, as the options that they chose. The rows of updates and operations take them as they are;
//! only older versions cannot read them.

use sea_orm_migration::prelude::*;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0022_poll_votes"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, _: &SchemaManager) -> Result<(), DbErr> {
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in
            ["DELETE FROM outbox WHERE kind = 'vote'", "DELETE FROM amendment WHERE kind = 'voted'"]
        {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }
}
