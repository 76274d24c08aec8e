//! Opens the data of an installation: its folder and its database.

use std::io;
use std::path::Path;

use anyhow::{Context as _, anyhow};
use store::Store;
use store::backup::sqlite_file;

use crate::config::Config;
use crate::{private, secret_key};

/// Creates the data folder, readable by this user only, and proves that it can be written.
pub(crate) fn prepare_data_dir(folder: &Path) -> anyhow::Result<()> {
    let prepare = || -> std::io::Result<()> {
        #[cfg(unix)]
        {
            use std::os::unix::fs::DirBuilderExt;
            std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
        }
        #[cfg(not(unix))]
        std::fs::create_dir_all(folder)?;
        // Commands may run beside the server, so each process has a probe file of its own.
        let probe = folder.join(format!(".escrita-{}", std::process::id()));
        std::fs::write(&probe, [])?;
        std::fs::remove_file(probe)
    };
    prepare().map_err(|error| {
        let remedy = match error.kind() {
            io::ErrorKind::AlreadyExists | io::ErrorKind::NotADirectory => {
                "há um arquivo nesse caminho; escolha uma pasta"
            }
            io::ErrorKind::PermissionDenied => {
                "dê permissão de escrita a este usuário ou escolha outra"
            }
            io::ErrorKind::ReadOnlyFilesystem => "o disco só permite leitura; escolha outra",
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                "o disco está cheio; libere espaço ou escolha outra"
            }
            _ => "escolha outra",
        };
        let folder = folder.display();
        anyhow!(error).context(format!(
            "a pasta de dados {folder} não pode ser usada: {remedy} com --data-dir (INBOX_DATA_DIR)"
        ))
    })?;
    private::restrict(folder)
}

/// Opens the database with the keys of its secrets.
pub(crate) async fn open_store(config: &Config) -> anyhow::Result<Store> {
    let url = config.database_url().context("a pasta atual não pode ser lida")?;
    if let Some(file) = sqlite_file(&url) {
        private::restrict_database(&file);
    }
    let store = Store::open(&url).await.context("o banco de dados não pôde ser aberto")?;
    let store = secret_key::attach_keys(store, config).await?;
    Ok(store.with_logins_lasting(config.login_max, config.login_idle))
}
