//! `inbox-pirata backup`.

use std::fs::File;
use std::io::{self, BufWriter, Seek as _, Write as _};
use std::path::Path;

use anyhow::{Context as _, bail};
use store::backup::Snapshot;

use super::archive::ArchiveWriter;
use super::folder::{BACKUP, PartialFile, WorkingFolder};
use super::manifest::{self, Manifest, media_entry, session_entry, table_entry};
use super::{Summary, labels, media, orphan_cleanup, sessions};
use crate::config::Config;
use crate::secret_key;

/// Writes the whole installation into one file, while the server may be running. With a passphrase,
/// the file can be read only with it.
///
/// Neither the database nor the files beside it are changed, and `file` exists only when it is
/// complete.
///
/// # Errors
/// Fails if there is nothing to back up, `file` exists already, or it cannot be written.
pub async fn create(
    config: &Config,
    file: &Path,
    passphrase: Option<&str>,
) -> anyhow::Result<Summary> {
    pack(config, file, passphrase).await.map_err(labels::with_advice)
}

async fn pack(config: &Config, file: &Path, passphrase: Option<&str>) -> anyhow::Result<Summary> {
    if !config.data_dir.is_dir() {
        bail!("a pasta de dados {} não existe", config.data_dir.display());
    }
    orphan_cleanup::remove_orphans(config);
    let url = config.database_url().context("a pasta atual não pode ser lida")?;
    let unwritable = || format!("o backup não pôde ser gravado em {}", file.display());
    let (partial, output) = PartialFile::create(file)?;
    let mut writer = ArchiveWriter::begin(output, passphrase).with_context(unwritable)?;

    // The keys are copied before the database. A message is in the database before WhatsApp
    // receives its acknowledgement, so every message acknowledged by the time of these keys is in
    // the rows that are read later. In the other order a message could arrive between the two: the
    // keys would be past it, WhatsApp would not send it again, and no row would hold it. Keys older
    // than the database are harmless: a message that arrives twice is stored once.
    let mut manifest = Manifest::new(&[]);
    let working = WorkingFolder::begin(&config.data_dir, BACKUP)?;
    let copy = working.path().join("session");
    let stored = config.data_dir.join("sessions");
    for (name, path) in sessions::list(&stored).context("as sessões não puderam ser lidas")? {
        if sessions::copy(&path, &copy).await? {
            let packed = File::open(&copy)
                .and_then(|copied| writer.add_file(&session_entry(&name), copied))
                .with_context(unwritable)?;
            manifest.sessions.insert(name, packed);
        }
        // A failed copy may have left a file too.
        match std::fs::remove_file(&copy) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                return Err(error).with_context(|| format!("{} ficou ocupado", copy.display()));
            }
            _ => {}
        }
    }

    let snapshot = Snapshot::take(&url).await.map_err(labels::not_read)?;
    let snapshot = snapshot.with_secrets(secret_key::read(config)?);
    manifest.migrations = snapshot.migrations().to_vec();
    for table in snapshot.tables() {
        // A tar entry begins with its length, so the rows are first written to an unnamed temporary
        // file.
        let spool =
            tempfile::tempfile_in(working.path()).context("a pasta de dados não pode ser usada")?;
        let mut spool = BufWriter::new(spool);
        let rows = snapshot
            .rows(table, |row| {
                serde_json::to_writer(&mut spool, row)?;
                spool.write_all(b"\n")
            })
            .await
            .map_err(labels::not_read)?;
        let mut spool = spool.into_inner().map_err(io::IntoInnerError::into_error)?;
        let size = spool.stream_position()?;
        spool.rewind()?;
        let packed = writer.add(&table_entry(table), size, spool).with_context(unwritable)?;
        let last_id = snapshot.last_id(table).await.map_err(labels::not_read)?;
        manifest.tables.insert(table.to_owned(), manifest::Table { rows, last_id, file: packed });
    }
    snapshot.close().await.map_err(labels::not_read)?;

    // The files are read after the rows, which list the files that existed by then. A file that is
    // gone since was removed with its number, or to make room, and is downloaded again on request.
    // A file that has arrived since is not in the rows, and only takes space. Files in a bucket stay there,
    // and the local folder has those in progress only.
    let stored = match &config.media_url {
        None => media::list(&config.media_dir()).context("as mídias não puderam ser lidas")?,
        Some(_) => Vec::new(),
    };
    for (name, path) in stored {
        let unreadable = || format!("{} não pôde ser lido", path.display());
        let Some(opened) = media::open(&path).with_context(unreadable)? else { continue };
        let packed = writer.add_file(&media_entry(&name), opened).with_context(unwritable)?;
        manifest.media.insert(name, packed);
    }

    writer.finish(&manifest).and_then(|output| output.sync_all()).with_context(unwritable)?;
    partial.publish()?;
    Ok(manifest.summary())
}
