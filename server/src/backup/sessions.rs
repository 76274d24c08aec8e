//! The numbers' keys: what `gateway::credentials` keeps under `sessions/<id>/`.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::folder::entries;

/// What SQLite keeps beside a database. It is in the copy already, or worth nothing.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// The files there are, as `<id>/<file>` and where they lie.
pub(super) fn list(folder: &Path) -> io::Result<Vec<(String, PathBuf)>> {
    let mut files = Vec::new();
    for (id, number) in entries(folder)? {
        if id.parse::<u64>().is_err() || !number.is_dir() {
            continue;
        }
        for (name, file) in entries(&number)? {
            if file.is_file() && !BESIDE.iter().any(|beside| name.ends_with(beside)) {
                files.push((format!("{id}/{name}"), file));
            }
        }
    }
    files.sort();
    Ok(files)
}

/// Copies one, while its session may be writing to it. Says whether there was one: it is deleted
/// when its number is unlinked, which may be now.
pub(super) async fn copy(from: &Path, to: &Path) -> anyhow::Result<bool> {
    match store::backup::copy_sqlite(from, to).await {
        Ok(()) => Ok(true),
        Err(_) if !from.exists() => Ok(false),
        Err(error) => Err(error)
            .with_context(|| format!("as chaves em {} não puderam ser copiadas", from.display())),
    }
}
