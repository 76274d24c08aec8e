//! The manifest of a backup.

use std::collections::{BTreeMap, BTreeSet};

use serde::{Deserialize, Serialize};

use super::Summary;
use super::limits::MOST_ENTRIES;
use crate::config::MEDIA;

/// Version of the archive format. The rows in it have their migrations as a version.
pub(super) const FORMAT: u32 = 1;

/// The last entry of an archive. It lists all other entries, so an archive with it is complete.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Manifest {
    pub(super) format: u32,
    /// The version of the program that made it.
    pub(super) program: String,
    pub(super) created_at: String,
    /// The migrations that made the schema of the rows, oldest first.
    pub(super) migrations: Vec<String>,
    pub(super) tables: BTreeMap<String, Table>,
    /// The numbers' keys, by `<id>/<file>`.
    pub(super) sessions: BTreeMap<String, File>,
    /// The files of messages, by `<number>/<message>`. Older backups have none.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(super) media: BTreeMap<String, File>,
}

#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Table {
    pub(super) rows: u64,
    /// The highest id that was given out, where the table gives ids.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) last_id: Option<i64>,
    pub(super) file: File,
}

/// Size and hash of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct File {
    pub(super) size: u64,
    pub(super) sha256: String,
}

impl Manifest {
    pub(super) fn new(migrations: &[String]) -> Self {
        Self {
            format: FORMAT,
            program: env!("CARGO_PKG_VERSION").to_owned(),
            created_at: chrono::Utc::now().to_rfc3339(),
            migrations: migrations.to_owned(),
            tables: BTreeMap::new(),
            sessions: BTreeMap::new(),
            media: BTreeMap::new(),
        }
    }

    /// All other entries of the archive, with their sizes and hashes.
    pub(super) fn entries(&self) -> BTreeMap<String, File> {
        let tables =
            self.tables.iter().map(|(name, table)| (table_entry(name), table.file.clone()));
        let sessions = self.sessions.iter().map(|(name, file)| (session_entry(name), file.clone()));
        let media = self.media.iter().map(|(name, file)| (media_entry(name), file.clone()));
        tables.chain(sessions).chain(media).collect()
    }

    pub(super) fn summary(&self) -> Summary {
        let numbers: BTreeSet<_> =
            self.sessions.keys().filter_map(|name| name.split('/').next()).collect();
        let messages = self.tables.get("message").map_or(0, |table| table.rows);
        // The manifest is an entry too.
        let entries = self.tables.len() + self.sessions.len() + self.media.len() + 1;
        Summary {
            numbers: numbers.len(),
            messages,
            media: self.media.len(),
            needs_any_size: entries > MOST_ENTRIES,
        }
    }
}

pub(super) const MANIFEST_ENTRY: &str = "manifest.json";

pub(super) fn table_entry(name: &str) -> String {
    format!("tables/{name}.jsonl")
}

pub(super) fn session_entry(name: &str) -> String {
    format!("sessions/{name}")
}

pub(super) fn media_entry(name: &str) -> String {
    format!("{MEDIA}/{name}")
}

/// Returns true if the name is an id: digits without leading zeros.
pub(super) fn is_id(name: &str) -> bool {
    name.parse::<u64>().is_ok_and(|id| id.to_string() == name)
}

/// Returns true if this program writes entries of this name. Any other path could lead out of the
/// folder that the archive is unpacked into.
pub(super) fn is_entry(path: &str) -> bool {
    let is_plain = |name: &str, more: fn(char) -> bool| {
        !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || more(c))
    };
    match path.split('/').collect::<Vec<_>>()[..] {
        [MANIFEST_ENTRY] => true,
        ["tables", file] => {
            file.strip_suffix(".jsonl").is_some_and(|name| is_plain(name, |c| c == '_'))
        }
        ["sessions", id, file] => {
            is_id(id) && !file.starts_with('.') && is_plain(file, |c| matches!(c, '.' | '_' | '-'))
        }
        [MEDIA, number, message] => is_id(number) && is_id(message),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_our_own_names_are_entries() {
        for good in ["manifest.json", "tables/user.jsonl", "sessions/12/session.db", "media/12/7"] {
            assert!(is_entry(good), "{good}");
        }
        for bad in [
            "",
            "/etc/passwd",
            "manifest.json/x",
            "tables/../x.jsonl",
            "tables/user",
            "tables/.jsonl",
            "sessions/1/../../x",
            "sessions/../x",
            "sessions/1/..",
            "sessions/x/session.db",
            "sessions/01/session.db",
            "sessions/1/",
            "inbox.db",
            "media/1",
            "media/1/.7",
            "media/1/7/8",
            "media/1/+7",
            "media/../7",
            "media/1/photo.jpg",
        ] {
            assert!(!is_entry(bad), "{bad}");
        }
    }
}
