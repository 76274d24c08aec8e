//! The numbers' keys, which `gateway::credentials` keeps under `sessions/<id>/`.

use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::folder::entries;

/// Suffixes of the files SQLite keeps beside a database. Their content is in the copy already, or
/// not needed.
const BESIDE: [&str; 3] = ["-wal", "-shm", "-journal"];

/// Lists the files as `<id>/<file>` with their paths.
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

/// Copies a file while its session may be writing to it. Returns false if it does not exist: it is
/// deleted when its number is unlinked, which may happen meanwhile.
pub(super) async fn copy(from: &Path, to: &Path) -> anyhow::Result<bool> {
    match store::backup::copy_sqlite(from, to).await {
        Ok(()) => Ok(true),
        Err(_) if !from.exists() => Ok(false),
        Err(error) => Err(error)
            .with_context(|| format!("as chaves em {} não puderam ser copiadas", from.display())),
    }
}
