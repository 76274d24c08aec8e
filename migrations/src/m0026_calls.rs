//! Calls that ring, and numbers that reject calls by themselves.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::{belongs_to, index};

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0026_calls"
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in [ringing_call(), call_policy(), call_answer()] {
            manager.create_table(table).await?;
        }
        // It finds a call by its id, and serves the cascade.
        manager.create_index(index("ringing_call", &["connection_id", "wa_id"])).await?;
        manager.create_index(index("call_policy", &["set_by"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // Older versions know missed calls only.
        manager.get_connection().execute_unprepared(ALL_MISSED).await?;
        for table in ["call_answer", "call_policy", "ringing_call"] {
            manager.drop_table(Table::drop().table(table).to_owned()).await?;
        }
        Ok(())
    }
}

const ALL_MISSED: &str = "UPDATE message SET content = REPLACE(REPLACE(REPLACE(content, \
     '\"ringing\"', '\"missed\"'), '\"rejected\"', '\"missed\"'), '\"answered\"', '\"missed\"') \
     WHERE kind = 'call' AND content IS NOT NULL";

fn number(name: &'static str) -> ColumnDef {
    ColumnDef::new(name).big_integer().not_null().take()
}

fn ringing_call() -> TableCreateStatement {
    Table::create()
        .table("ringing_call")
        .col(number("message_id").primary_key())
        .col(number("connection_id"))
        .col(ColumnDef::new("wa_id").text().not_null())
        .col(number("since"))
        .foreign_key(&mut belongs_to("ringing_call", "message_id", "message"))
        .foreign_key(&mut belongs_to("ringing_call", "connection_id", "connection"))
        .to_owned()
}

fn call_policy() -> TableCreateStatement {
    Table::create()
        .table("call_policy")
        .col(number("connection_id").primary_key())
        .col(number("set_by"))
        .col(ColumnDef::new("answer").text().not_null())
        .foreign_key(&mut belongs_to("call_policy", "connection_id", "connection"))
        .foreign_key(&mut belongs_to("call_policy", "set_by", "user"))
        .to_owned()
}

fn call_answer() -> TableCreateStatement {
    Table::create()
        .table("call_answer")
        .col(number("chat_id").primary_key())
        .col(number("answered_at"))
        .foreign_key(&mut belongs_to("call_answer", "chat_id", "chat"))
        .to_owned()
}
