//! `inbox-pirata restore`.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use store::backup::{Loading, sqlite_file};

use super::folder::{self, ASIDE, RESTORE, Working};
use super::limits::Growth;
use super::manifest::{Manifest, table_entry};
use super::rows::rows;
use super::{Summary, leftovers, unpack, words};
use crate::config::{Config, MEDIA};
use crate::exclusive::Exclusive;
use crate::run::prepare_data_dir;
use crate::secret_key;

/// Makes an installation out of a backup, in a data folder that has neither a database nor sessions
/// nor media, or in a PostgreSQL database without tables and such a folder.
///
/// Everything is unpacked, checked and loaded aside, and takes its place at the end: what cannot be
/// restored leaves nothing behind.
///
/// # Errors
/// The place is taken, the file is damaged, newer or needs a passphrase, or the disk is full.
pub async fn restore(
    config: &Config,
    file: &Path,
    passphrase: Option<&str>,
) -> anyhow::Result<Summary> {
    restore_growing(config, file, passphrase, Growth::Usual).await
}

/// The same, which says how far the file may grow when it is unpacked.
///
/// # Errors
/// As [`restore`].
pub async fn restore_growing(
    config: &Config,
    file: &Path,
    passphrase: Option<&str>,
    growth: Growth,
) -> anyhow::Result<Summary> {
    unpack(config, file, passphrase, growth).await.map_err(words::with_advice)
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
    // No server begins with what is not whole yet, and none that runs is given other keys.
    let _exclusive = Exclusive::take(config).await?;
    leftovers::sweep(config);

    let working = Working::begin(&config.data_dir, RESTORE)?;
    let manifest = unpack::unpack(input, passphrase, working.path(), growth)?;
    let aside = database.map(Aside::new).transpose()?;
    let url = aside.as_ref().map_or(url, Aside::url);
    let loading = load(&url, &manifest, working.path()).await?;

    // From here on only names change. The database comes last: with it the installation is there.
    let mut placed = Placed::default();
    placed.place(&working.path().join("sessions"), sessions)?;
    placed.place(&working.path().join(MEDIA), media)?;
    // The key is on the disk before anything is encrypted under it.
    let has_secrets = manifest.tables.get("totp").is_some_and(|table| table.rows > 0);
    let key = has_secrets.then(|| secret_key::for_restore(config)).transpose()?;
    let keys = key.as_ref().map(|(keys, _)| keys);
    loading.finish_with(keys).await.map_err(words::not_filled)?;
    if let Some(aside) = aside {
        aside.place()?;
    }
    placed.stay();
    if let Some((_, Some(made))) = key {
        made.stay();
    }
    Ok(manifest.summary())
}

/// Nothing is overwritten.
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

/// No keys and no media are put beside those of others.
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
        bail!(words::DAMAGED);
    }
    let loading = Loading::begin(url, &manifest.migrations).await.map_err(words::not_filled)?;
    match fill(&loading, manifest, unpacked).await {
        Ok(()) => Ok(loading),
        Err(error) => {
            // Before its folder is removed. What went wrong is said already.
            let _ = loading.abandon().await;
            Err(error)
        }
    }
}

async fn fill(loading: &Loading, manifest: &Manifest, unpacked: &Path) -> anyhow::Result<()> {
    for name in store::backup::tables() {
        let Some(table) = manifest.tables.get(name) else { continue };
        let rows = rows(&unpacked.join(table_entry(name))).context(words::DAMAGED)?;
        let count = loading.table(name, rows, table.last_id).await.map_err(words::not_filled)?;
        if count != table.rows {
            bail!(words::DAMAGED);
        }
    }
    Ok(())
}

/// An SQLite database in a folder of its own, beside the place that it is for.
struct Aside {
    folder: Working,
    place: PathBuf,
}

impl Aside {
    fn new(place: PathBuf) -> anyhow::Result<Self> {
        let parent = place.parent().unwrap_or(Path::new("/"));
        folder::make_private(parent)
            .with_context(|| format!("a pasta {} não pode ser usada", parent.display()))?;
        Ok(Self { folder: Working::begin(parent, ASIDE)?, place })
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
        // Closing a database makes one file of it. If it did not, a part would be missing.
        if fs::metadata(file.with_extension("db-wal")).is_ok_and(|log| log.len() > 0) {
            bail!("o banco de dados não pôde ser fechado; nada foi restaurado");
        }
        fs::rename(&file, &self.place)
            .with_context(|| format!("{} não pode ser criado", self.place.display()))
    }
}

/// Folders that were given their place, and are removed from it unless everything else succeeds.
#[derive(Default)]
struct Placed {
    folders: Vec<PathBuf>,
}

impl Placed {
    /// Gives a folder its place, if the backup has it.
    fn place(&mut self, from: &Path, to: PathBuf) -> anyhow::Result<()> {
        if !from.exists() {
            return Ok(());
        }
        // An empty folder may be there; not every system renames over it.
        let _ = fs::remove_dir(&to);
        fs::rename(from, &to).with_context(|| format!("{} não pode ser criado", to.display()))?;
        self.folders.push(to);
        Ok(())
    }

    fn stay(mut self) {
        self.folders.clear();
    }
}

impl Drop for Placed {
    fn drop(&mut self) {
        for folder in &self.folders {
            let _ = fs::remove_dir_all(folder);
        }
    }
}
