//! `inbox-pirata restore`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use store::backup::{Loading, sqlite_file};

use super::folder::{self, RESTORE, RESTORE_DATABASE, WorkingFolder};
use super::limits::Growth;
use super::manifest::{Manifest, table_entry};
use super::rows::rows;
use super::{Summary, bucket, labels, orphan_cleanup, unpack};
use crate::config::{Config, MEDIA};
use crate::data::prepare_data_dir;
use crate::exclusive::Exclusive;
use crate::secret_key;

/// Makes an installation out of a backup, in a data folder without a database, sessions and media,
/// or in a PostgreSQL database without tables and such a folder.
///
/// Everything is unpacked, checked and loaded in temporary folders, and moved to its place at the
/// end: a failed restore leaves nothing behind, except files that are in the bucket by then.
///
/// # Errors
/// Fails if the destination is not empty, the file is damaged, newer or needs a passphrase, the disk is full,
/// or the bucket cannot be used.
pub async fn restore(
    config: &Config,
    file: &Path,
    passphrase: Option<&str>,
) -> anyhow::Result<Summary> {
    restore_growing(config, file, passphrase, Growth::Usual).await
}

/// Does the same with a given limit on the growth during unpacking.
///
/// # Errors
/// Fails as [`restore`] does.
pub async fn restore_growing(
    config: &Config,
    file: &Path,
    passphrase: Option<&str>,
    growth: Growth,
) -> anyhow::Result<Summary> {
    unpack(config, file, passphrase, growth).await.map_err(labels::with_advice)
}

async fn unpack(
    config: &Config,
    file: &Path,
    passphrase: Option<&str>,
    growth: Growth,
) -> anyhow::Result<Summary> {
    let input = File::open(file)
        .with_context(|| format!("o arquivo {} não pode ser aberto", file.display()))?;
    let url = config.database_url().context("a pasta atual não pode ser lida")?;
    let database = sqlite_file(&url);
    let sessions = config.data_dir.join("sessions");
    let media = config.media_dir();
    refuse_taken_database(&config.data_dir, database.as_deref())?;
    refuse_taken(&sessions, "sessões")?;
    refuse_taken(&media, "mídias")?;
    prepare_data_dir(&config.data_dir)?;
    // No server starts with incomplete data, and no running server gets other keys.
    let _exclusive = Exclusive::take(config).await?;
    orphan_cleanup::remove_orphans(config);

    let working = WorkingFolder::begin(&config.data_dir, RESTORE)?;
    let manifest = unpack::unpack(input, passphrase, working.path(), growth)?;
    let address = config.media_url.as_ref().filter(|_| !manifest.media.is_empty());
    let bucket = match address {
        Some(address) => Some(bucket::open(address, &manifest, working.path()).await?),
        None => None,
    };
    let staged = database.map(StagedDatabase::new).transpose()?;
    let url = staged.as_ref().map_or(url, StagedDatabase::url);
    let loading = load(&url, &manifest, working.path()).await?;

    if let Some(bucket) = &bucket
        && let Err(error) = bucket::upload(bucket, &manifest, working.path()).await
    {
        // The database is closed before its folder is removed.
        let _ = loading.abandon().await;
        return Err(anyhow::Error::new(error).context(labels::NOT_UPLOADED));
    }

    // From here on only renames follow. The database comes last: with it the installation is
    // complete.
    let mut placed = PlacedFolders::default();
    placed.place(&working.path().join("sessions"), sessions)?;
    if bucket.is_none() {
        placed.place(&working.path().join(MEDIA), media)?;
    }
    // The key is on the disk before anything is encrypted with it.
    let has_secrets = manifest.tables.get("totp").is_some_and(|table| table.rows > 0);
    let key = has_secrets.then(|| secret_key::for_restore(config)).transpose()?;
    let keys = key.as_ref().map(|(keys, _)| keys);
    loading.finish_with(keys).await.map_err(labels::not_filled)?;
    if let Some(staged) = staged {
        staged.place()?;
    }
    placed.keep();
    if let Some((_, Some(made))) = key {
        made.keep();
    }
    Ok(manifest.summary())
}

/// Refuses to overwrite a database.
fn refuse_taken_database(data_dir: &Path, database: Option<&Path>) -> anyhow::Result<()> {
    let own = data_dir.join("inbox.db");
    for database in [Some(own.as_path()), database].into_iter().flatten() {
        if database.exists() {
            bail!(
                "já existe um banco de dados em {}; restaure em uma pasta vazia",
                database.display()
            );
        }
    }
    Ok(())
}

/// Refuses to mix keys or media with existing ones.
fn refuse_taken(folder: &Path, what: &str) -> anyhow::Result<()> {
    match fs::read_dir(folder).map(|mut numbers| numbers.next()) {
        Ok(None) => Ok(()),
        Ok(Some(_)) => {
            bail!("já existem {what} em {}; restaure em uma pasta vazia", folder.display())
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error).with_context(|| format!("as {what} não puderam ser lidas")),
    }
}

async fn load(url: &str, manifest: &Manifest, unpacked: &Path) -> anyhow::Result<Loading> {
    if manifest.tables.keys().any(|name| store::backup::tables().all(|known| known != name)) {
        bail!(labels::DAMAGED);
    }
    let loading = Loading::begin(url, &manifest.migrations).await.map_err(labels::not_filled)?;
    match fill(&loading, manifest, unpacked).await {
        Ok(()) => Ok(loading),
        Err(error) => {
            // The database is closed before its folder is removed. The first error is the one to
            // report.
            let _ = loading.abandon().await;
            Err(error)
        }
    }
}

async fn fill(loading: &Loading, manifest: &Manifest, unpacked: &Path) -> anyhow::Result<()> {
    for name in store::backup::tables() {
        let Some(table) = manifest.tables.get(name) else { continue };
        let rows = rows(&unpacked.join(table_entry(name))).context(labels::DAMAGED)?;
        let count = loading.table(name, rows, table.last_id).await.map_err(labels::not_filled)?;
        if count != table.rows {
            bail!(labels::DAMAGED);
        }
    }
    Ok(())
}

/// An SQLite database in a temporary folder beside its final place.
struct StagedDatabase {
    folder: WorkingFolder,
    place: PathBuf,
}

impl StagedDatabase {
    fn new(place: PathBuf) -> anyhow::Result<Self> {
        let parent = place.parent().unwrap_or(Path::new("/"));
        folder::make_private(parent)
            .with_context(|| format!("a pasta {} não pode ser usada", parent.display()))?;
        Ok(Self { folder: WorkingFolder::begin(parent, RESTORE_DATABASE)?, place })
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("inbox.db")
    }

    fn url(&self) -> String {
        format!("sqlite://{}", self.file().display())
    }

    fn place(self) -> anyhow::Result<()> {
        let file = self.file();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            fs::set_permissions(&file, fs::Permissions::from_mode(0o600))?;
        }
        // Closing a database merges its log into one file. If it did not, data would be missing.
        if fs::metadata(file.with_extension("db-wal")).is_ok_and(|log| log.len() > 0) {
            bail!("o banco de dados não pôde ser fechado; nada foi restaurado");
        }
        fs::rename(&file, &self.place)
            .with_context(|| format!("{} não pode ser criado", self.place.display()))
    }
}

/// Folders that were moved to their final place, and are removed from it on drop unless
/// [`Self::keep`] was called.
#[derive(Default)]
struct PlacedFolders {
    folders: Vec<PathBuf>,
}

impl PlacedFolders {
    /// Moves a folder to its final place, if the backup has it.
    fn place(&mut self, from: &Path, to: PathBuf) -> anyhow::Result<()> {
        if !from.exists() {
            return Ok(());
        }
        // An empty folder may exist there; not every system renames over it.
        let _ = fs::remove_dir(&to);
        fs::rename(from, &to).with_context(|| format!("{} não pode ser criado", to.display()))?;
        self.folders.push(to);
        Ok(())
    }

    fn keep(mut self) {
        self.folders.clear();
    }
}

impl Drop for PlacedFolders {
    fn drop(&mut self) {
        for folder in &self.folders {
            let _ = fs::remove_dir_all(folder);
        }
    }
}
