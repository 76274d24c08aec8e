//! The audit trail, links for the first login, data of login sessions, and second factors.

use sea_orm_migration::{prelude::*, sea_orm::DatabaseBackend};

use crate::m0001_inbox::{self, belongs_to, id, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0003_accounts"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for column in user_columns() {
            // SQLite adds one column per statement.
            let mut table = Table::alter();
            manager.alter_table(table.table("user").add_column(column).to_owned()).await?;
        }
        // Earlier sessions do not name their user, so they could be neither listed nor ended:
        // everybody logs in once more.
        manager.drop_table(Table::drop().table("web_session").to_owned()).await?;
        for table in [web_session(), login_link(), totp(), recovery_code(), setting(), audit()] {
            manager.create_table(table).await?;
        }
        for index in indexes() {
            manager.create_index(index).await?;
        }
        for statement in append_only(manager.get_database_backend())? {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["audit", "setting", "recovery_code", "totp", "login_link", "web_session"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        manager.create_table(m0001_inbox::web_session()).await?;
        manager.create_index(index("web_session", &["expires_at"])).await?;
        for column in ["invited", "last_seen_at", "language", "theme"] {
            let mut table = Table::alter();
            manager.alter_table(table.table("user").drop_column(column).to_owned()).await?;
        }
        if manager.get_database_backend() == DatabaseBackend::Postgres {
            manager.get_connection().execute_unprepared("DROP FUNCTION audit_append_only").await?;
        }
        Ok(())
    }
}

fn user_columns() -> Vec<ColumnDef> {
    vec![
        // The person was invited and has not chosen a password yet. The hash is empty then, and
        // they are not active.
        ColumnDef::new("invited").boolean().not_null().default(false).take(),
        ColumnDef::new("last_seen_at").big_integer().take(),
        // NULL means the preference of the browser.
        ColumnDef::new("language").text().take(),
        ColumnDef::new("theme").text().take(),
    ]
}

fn web_session() -> TableCreateStatement {
    Table::create()
        .table("web_session")
        .col(ColumnDef::new("id").text().not_null().primary_key())
        .col(ColumnDef::new("data").text().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        // NULL until a user logs in with it.
        .col(ColumnDef::new("user_id").big_integer())
        .col(ColumnDef::new("created_at").big_integer().not_null())
        .col(ColumnDef::new("last_seen_at").big_integer().not_null())
        .col(ColumnDef::new("ip").text())
        .col(ColumnDef::new("user_agent").text())
        .foreign_key(&mut belongs_to("web_session", "user_id", "user"))
        .to_owned()
}

fn login_link() -> TableCreateStatement {
    Table::create()
        .table("login_link")
        // The digest of the token, which only the person has.
        .col(ColumnDef::new("token_hash").text().not_null().primary_key())
        .col(ColumnDef::new("user_id").big_integer().not_null())
        .col(ColumnDef::new("kind").text().not_null())
        .col(ColumnDef::new("expires_at").big_integer().not_null())
        .foreign_key(&mut belongs_to("login_link", "user_id", "user"))
        .to_owned()
}

fn totp() -> TableCreateStatement {
    Table::create()
        .table("totp")
        .col(ColumnDef::new("user_id").big_integer().not_null().primary_key())
        .col(ColumnDef::new("secret").text().not_null())
        // The person has proved that their phone computes the right codes.
        .col(ColumnDef::new("confirmed").boolean().not_null())
        // The time step of the last accepted code: it and earlier ones are not accepted again.
        .col(ColumnDef::new("last_step").big_integer().not_null())
        .foreign_key(&mut belongs_to("totp", "user_id", "user"))
        .to_owned()
}

fn recovery_code() -> TableCreateStatement {
    Table::create()
        .table("recovery_code")
        .col(ColumnDef::new("user_id").big_integer().not_null())
        .col(ColumnDef::new("code_hash").text().not_null())
        .primary_key(Index::create().col("user_id").col("code_hash"))
        .foreign_key(&mut belongs_to("recovery_code", "user_id", "user"))
        .to_owned()
}

fn setting() -> TableCreateStatement {
    Table::create()
        .table("setting")
        .col(ColumnDef::new("key").text().not_null().primary_key())
        .col(ColumnDef::new("value").text().not_null())
        .to_owned()
}

fn audit() -> TableCreateStatement {
    // There are no foreign keys, because history outlives the people and numbers in it. For the
    // same reason it contains their names.
    Table::create()
        .table("audit")
        .col(id("id"))
        .col(ColumnDef::new("at").big_integer().not_null())
        .col(ColumnDef::new("actor_id").big_integer())
        .col(ColumnDef::new("actor").text().not_null())
        .col(ColumnDef::new("action").text().not_null())
        .col(ColumnDef::new("connection_id").big_integer())
        .col(ColumnDef::new("connection_label").text())
        .col(ColumnDef::new("subject_id").big_integer())
        .col(ColumnDef::new("target").text())
        .col(ColumnDef::new("ip").text())
        // A JSON object of texts.
        .col(ColumnDef::new("detail").text().not_null())
        .to_owned()
}

fn indexes() -> Vec<IndexCreateStatement> {
    vec![
        index("web_session", &["expires_at"]),
        index("web_session", &["user_id"]),
        index("login_link", &["user_id"]),
        // There is one for each filter, in the order of the list.
        index("audit", &["at", "id"]),
        index("audit", &["actor_id", "at", "id"]),
        index("audit", &["subject_id", "at", "id"]),
        index("audit", &["action", "at", "id"]),
        index("audit", &["connection_id", "at", "id"]),
    ]
}

/// Triggers that keep even a bug from changing history.
fn append_only(backend: DatabaseBackend) -> Result<Vec<&'static str>, DbErr> {
    match backend {
        DatabaseBackend::Sqlite => Ok(vec![
            "CREATE TRIGGER audit_no_update BEFORE UPDATE ON audit \
             BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
            "CREATE TRIGGER audit_no_delete BEFORE DELETE ON audit \
             BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
            // INSERT OR REPLACE deletes rows without firing the trigger for deletes.
            "CREATE TRIGGER audit_no_replace BEFORE INSERT ON audit \
             WHEN EXISTS (SELECT 1 FROM audit WHERE id = NEW.id) \
             BEGIN SELECT RAISE(ABORT, 'audit is append-only'); END",
        ]),
        DatabaseBackend::Postgres => Ok(vec![
            "CREATE FUNCTION audit_append_only() RETURNS trigger LANGUAGE plpgsql AS \
             $$ BEGIN RAISE EXCEPTION 'audit is append-only'; END $$",
            "CREATE TRIGGER audit_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON audit \
             FOR EACH STATEMENT EXECUTE FUNCTION audit_append_only()",
        ]),
        other => Err(DbErr::Migration(format!("{other:?} is not a database of this program"))),
    }
}
