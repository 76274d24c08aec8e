//! The tables that belong in a backup.

use super::{BackupError, columns::Column};

/// A table of a backup.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) name: &'static str,
    /// Its primary key.
    key: &'static [&'static str],
    /// The primary key that it has in an older schema.
    older_key: &'static [&'static str],
}

impl Table {
    /// Returns its primary key among the columns that it has, by which its rows are read page by
    /// page.
    pub(super) fn key(&self, columns: &[Column]) -> &'static [&'static str] {
        let is_column = |name: &&str| columns.iter().any(|column| column.name == *name);
        if self.key.iter().all(is_column) { self.key } else { self.older_key }
    }
}

/// All tables, each after those its foreign keys reference. A table that a migration drops stays
/// here for older backups.
pub(super) const TABLES: &[Table] = &[
    table("user", &["id"]),
    table("totp", &["user_id"]),
    table("recovery_code", &["user_id", "code_hash"]),
    table("setting", &["key"]),
    table("connection", &["id"]),
    table("connection_up", &["id"]),
    table("gap", &["id"]),
    table("number_access", &["user_id", "connection_id"]),
    table("contact", &["id"]),
    table("contact_alias", &["connection_id", "jid"]),
    table("chat", &["id"]),
    table("chat_group", &["chat_id"]),
    table("group_member", &["chat_id", "contact_id"]),
    table("group_access", &["chat_id", "user_id"]),
    table("message", &["id"]),
    table("group_receipt", &["message_id", "contact_id"]),
    table("media", &["message_id"]),
    table("media_copy", &["message_id"]),
    table("original", &["message_id"]),
    table("amendment", &["id"]),
    Table { name: "outbox", key: &["id"], older_key: &["message_id"] },
    // Dropped: the rows are operations of the outbox now.
    table("unsent_receipt", &["message_id"]),
    table("early_read", &["connection_id", "wa_id"]),
    table("draft", &["user_id", "chat_id"]),
    table("chat_action", &["id"]),
    table("number_visibility", &["connection_id"]),
    table("sticker_favourite", &["user_id", "connection_id", "file_hash"]),
    table("ringing_call", &["message_id"]),
    table("call_policy", &["connection_id"]),
    table("call_answer", &["chat_id"]),
    table("live_event", &["seq"]),
    table("audit", &["id"]),
];

/// The tables that are not part of a backup: logins and login links are credentials, the files of
/// uploads are incomplete, the pictures of people are fetched again, and the migrator's table is not
/// copied but filled again.
pub const LEFT_OUT: &[&str] =
    &["web_session", "login_device", "login_link", "upload", "picture", crate::schema::TABLE];

/// Returns the names of all tables of a backup, in the order in which they have to be read back.
pub fn names() -> impl Iterator<Item = &'static str> {
    TABLES.iter().map(|table| table.name)
}

pub(super) fn find(name: &str) -> Result<&'static Table, BackupError> {
    let table = TABLES.iter().find(|table| table.name == name);
    table.ok_or_else(|| BackupError::Table(name.to_owned()))
}

const fn table(name: &'static str, key: &'static [&'static str]) -> Table {
    Table { name, key, older_key: key }
}
