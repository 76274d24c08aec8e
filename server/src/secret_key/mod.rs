//! Finds the key that encrypts secrets in the database, and explains a missing or wrong one.
//!
//! The key comes from a variable, from a file named by a flag, or from the data folder, where the
//! first start creates one. A key is never created anew while the database holds something
//! encrypted.
//!
//! * `file`: a key file on the disk. `rotate`: the command `inbox-pirata keys`.

mod file;
mod rotate;

use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use store::{EncryptionError, Error, SecretKeys, Store};

pub(crate) use file::NewKeyFile;
pub use rotate::run;

use crate::config::Config;

/// Name of the default key file in the data folder.
pub(crate) const FILE: &str = "secret.key";

/// The place of the keys.
pub(crate) enum Source {
    /// The variable `INBOX_SECRET_KEY`.
    Variable(SecretKeys),
    /// A file that was named by a flag, which must exist.
    Named(PathBuf),
    /// The file in the data folder, which may not exist yet.
    DataDir(PathBuf),
}

impl Source {
    pub(crate) fn of(config: &Config) -> anyhow::Result<Self> {
        match (&config.secret_key, &config.secret_key_file) {
            (Some(_), Some(_)) => bail!(
                "INBOX_SECRET_KEY e --secret-key-file (INBOX_SECRET_KEY_FILE) dizem a mesma coisa; use uma das duas"
            ),
            (Some(keys), None) => Ok(Self::Variable(keys.clone())),
            (None, Some(file)) => Ok(Self::Named(file.clone())),
            (None, None) => Ok(Self::DataDir(config.data_dir.join(FILE))),
        }
    }

    /// Reads the keys, if there are any.
    pub(crate) fn read(&self) -> anyhow::Result<Option<SecretKeys>> {
        match self {
            Self::Variable(keys) => Ok(Some(keys.clone())),
            Self::DataDir(path) => file::read(path),
            Self::Named(path) => match file::read(path)? {
                Some(keys) => Ok(Some(keys)),
                None => bail!(
                    "o arquivo de chave {path} não existe; ponha de volta o que foi usado ou, em uma instalação \
                     nova, faça um: openssl rand -hex 32 > {path} && chmod 600 {path}",
                    path = path.display()
                ),
            },
        }
    }
}

/// Reads the existing keys, for a command that only reads.
///
/// # Errors
/// Fails if a named key does not exist or is invalid.
pub(crate) fn read(config: &Config) -> anyhow::Result<Option<SecretKeys>> {
    Source::of(config)?.read()
}

/// Returns the keys for a database being restored, and the key file if one was created for it.
///
/// # Errors
/// Fails as [`read`] does, or if the file cannot be written.
pub(crate) fn for_restore(config: &Config) -> anyhow::Result<(SecretKeys, Option<NewKeyFile>)> {
    let source = Source::of(config)?;
    match (source.read()?, source) {
        (Some(keys), _) => Ok((keys, None)),
        (None, Source::DataDir(path)) => {
            let (keys, made) = file::create(&path)?;
            Ok((keys, Some(made)))
        }
        (None, Source::Named(_) | Source::Variable(_)) => {
            Err(unusable_key(&EncryptionError::NoKey))
        }
    }
}

/// Sets the store's keys. Creates the key file of the data folder if there is none and nothing is
/// encrypted yet.
///
/// # Errors
/// Fails, with advice, if the key is missing or is not the one that was used.
pub(crate) async fn attach_keys(store: Store, config: &Config) -> anyhow::Result<Store> {
    let source = Source::of(config)?;
    let keys = match (source.read()?, &source) {
        (Some(keys), _) => keys,
        (None, Source::DataDir(path)) if !store.has_encrypted().await? => {
            let (keys, made) = file::create(path)?;
            made.keep();
            keys
        }
        (None, _) => return Err(unusable_key(&EncryptionError::NoKey)),
    };
    let several = keys.count() > 1;
    let newest = keys.newest();
    let store = store.with_secrets(keys).await.map_err(|error| match error {
        Error::Encrypted(error) => unusable_key(&error),
        other => anyhow!(other).context("os segredos do banco não puderam ser lidos"),
    })?;
    // Opening the store has completed an interrupted `keys rotate`, so the old key is not needed.
    match &source {
        Source::DataDir(path) => {
            file::sweep(path);
            if several {
                file::replace(path, &newest)?;
            }
        }
        Source::Named(path) => {
            file::sweep(path);
            if several {
                tracing::warn!(
                    file = %path.display(),
                    "the key file has an old key that opens nothing; `inbox-pirata keys rotate` takes it out"
                );
            }
        }
        Source::Variable(_) => {}
    }
    Ok(store)
}

/// The refusal, with advice, for a key that does not decrypt the secrets.
pub(crate) fn unusable_key(error: &EncryptionError) -> anyhow::Error {
    let what = match error {
        EncryptionError::NoKey => {
            format!("e falta a chave dele, o arquivo {FILE} da pasta de dados")
        }
        EncryptionError::UnknownKey { id } => format!("com outra chave, a de nome {id}"),
        EncryptionError::Altered { .. } | EncryptionError::Cipher => {
            return anyhow!(error.clone()).context("um segredo do banco não pôde ser lido");
        }
    };
    anyhow!(
        "o banco tem segredos cifrados {what}. Ponha o arquivo de chave que foi usado de volta no lugar, ou \
         indique-o com --secret-key-file (INBOX_SECRET_KEY_FILE). Se ele se perdeu para sempre: inbox-pirata \
         keys discard desliga a verificação em duas etapas de quem a tinha, e mais nada se perde"
    )
}

/// Opens the store of a configuration without keys.
async fn open_without_keys(config: &Config) -> anyhow::Result<Store> {
    let url = config.database_url().context("a pasta atual não pode ser lida")?;
    Store::open(&url).await.context("o banco de dados não pôde ser aberto")
}
