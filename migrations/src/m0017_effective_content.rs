//! The row of a message has its effective content, after edits and deletions. Its first content is
//! kept beside it, and every edit instead of the last one only.

use sea_orm_migration::prelude::*;

use crate::m0001_inbox::index;

pub(crate) struct Migration;

impl MigrationName for Migration {
    fn name(&self) -> &str {
        "m0017_effective_content"
    }
}

/// The columns by which the updates of a message are found.
const TARGET: [&str; 4] = ["target_wa_id", "chat_id", "sender_id", "kind"];

/// The name of the index that allowed one edit per person.
const ONE: &str = "amendment_one";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // The time of the edit that counts, and `author` or `admin` of a deletion.
        add(manager, "message", ColumnDef::new("edited_at").big_integer().take()).await?;
        add(manager, "message", ColumnDef::new("revoked_by").text().take()).await?;
        // The kind of a message as it was sent, in the row that keeps its first content.
        add(manager, "amendment", ColumnDef::new("said_kind").text().take()).await?;
        manager.drop_index(Index::drop().name(ONE).table("amendment").to_owned()).await?;
        manager.create_index(index("amendment", &TARGET)).await?;
        // Two contacts that turn out to be one person merge their updates.
        manager.create_index(index("amendment", &["sender_id"])).await?;
        for statement in [keep_said(), edit(), revoke()] {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for statement in [restore_said(), DELETE_SAID.to_owned(), DELETE_HISTORY.to_owned()] {
            manager.get_connection().execute_unprepared(&statement).await?;
        }
        for columns in [TARGET.join("_"), "sender_id".to_owned()] {
            let name = format!("amendment_{columns}");
            manager.drop_index(Index::drop().name(name).table("amendment").to_owned()).await?;
        }
        let one = index("amendment", &TARGET).name(ONE).unique().to_owned();
        manager.create_index(one).await?;
        let columns =
            [("amendment", "said_kind"), ("message", "revoked_by"), ("message", "edited_at")];
        for (table, column) in columns {
            let drop = Table::alter().table(table).drop_column(column).to_owned();
            manager.alter_table(drop).await?;
        }
        Ok(())
    }
}

async fn add(
    manager: &SchemaManager<'_>,
    table: &'static str,
    column: ColumnDef,
) -> Result<(), DbErr> {
    manager.alter_table(Table::alter().table(table).add_column(column).to_owned()).await
}

/// Selects the ids of messages with updates that meet a condition. The updates are read first: they
/// are few, and messages are found by an index.
fn updated(condition: &str) -> String {
    format!(
        "SELECT m.id FROM amendment a CROSS JOIN message m \
         WHERE m.connection_id = a.connection_id AND m.wa_id = a.target_wa_id \
         AND m.chat_id = a.chat_id AND ({condition})"
    )
}

/// Selects a column of the author's update of a message. There is one of each kind.
fn by_author(column: &str, kind: &str) -> String {
    format!(
        "SELECT a.{column} FROM amendment a WHERE a.target_wa_id = message.wa_id \
         AND a.chat_id = message.chat_id AND a.sender_id = message.sender_id AND a.kind = '{kind}'"
    )
}

const EDITED: &str = "a.kind = 'edited' AND a.sender_id = m.sender_id";
const REVOKED: &str =
    "a.kind = 'revoked_by_admin' OR (a.kind = 'revoked' AND a.sender_id = m.sender_id)";

fn keep_said() -> String {
    let changed = updated(&format!("{EDITED} OR {REVOKED}"));
    format!(
        "INSERT INTO amendment \
         (connection_id, chat_id, sender_id, target_wa_id, kind, value, at, said_kind) \
         SELECT connection_id, chat_id, sender_id, wa_id, 'said', text, sent_at, kind \
         FROM message WHERE id IN ({changed})"
    )
}

fn edit() -> String {
    let (text, at) = (by_author("value", "edited"), by_author("at", "edited"));
    let edited = updated(EDITED);
    format!("UPDATE message SET text = ({text}), edited_at = ({at}) WHERE id IN ({edited})")
}

fn revoke() -> String {
    let by_author = by_author("id", "revoked");
    let revoked = updated(REVOKED);
    format!(
        "UPDATE message SET kind = 'revoked', text = '', edited_at = NULL, \
         revoked_by = CASE WHEN EXISTS ({by_author}) THEN 'author' ELSE 'admin' END \
         WHERE id IN ({revoked})"
    )
}

fn restore_said() -> String {
    let (text, kind) = (by_author("value", "said"), by_author("said_kind", "said"));
    let said = updated("a.kind = 'said' AND a.sender_id = m.sender_id");
    format!("UPDATE message SET text = ({text}), kind = ({kind}) WHERE id IN ({said})")
}

const DELETE_SAID: &str = "DELETE FROM amendment WHERE kind = 'said'";

/// Deletes all edits but the last of each person.
const DELETE_HISTORY: &str = "DELETE FROM amendment WHERE kind = 'edited' AND EXISTS \
     (SELECT 1 FROM amendment later WHERE later.target_wa_id = amendment.target_wa_id \
      AND later.chat_id = amendment.chat_id AND later.sender_id = amendment.sender_id \
      AND later.kind = 'edited' AND (later.at > amendment.at \
      OR (later.at = amendment.at AND later.id > amendment.id)))";
