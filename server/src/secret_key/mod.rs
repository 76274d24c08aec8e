//! The key that secrets in the database are encrypted under: where it is, and what is said when it is
//! not.
//!
//! It is given as a variable, in a file that is named, or lies in the data folder, where the first start
//! puts one. A key is never made anew while the database holds something encrypted.
//!
//! * `file`: a key file on the disk. `rotate`: `inbox-pirata keys`.

mod file;
mod rotate;

use std::path::PathBuf;

use anyhow::{Context as _, anyhow, bail};
use store::{Error, SealError, SecretKeys, Store};

pub(crate) use file::Made;
pub use rotate::run;

use crate::config::Config;

/// The key file of an installation that is told no other, in its data folder.
pub(crate) const FILE: &str = "secret.key";

/// Where the keys are.
pub(crate) enum Source {
    /// In `INBOX_SECRET_KEY`.
    Variable(SecretKeys),
    /// In a file that was named, which has to be there.
    Named(PathBuf),
    /// In the data folder, once there is one.
    Own(PathBuf),
}

impl Source {
    pub(crate) fn of(config: &Config) -> anyhow::Result<Self> {
        match (&config.secret_key, &config.secret_key_file) {
            (Some(_), Some(_)) => bail!(
                "INBOX_SECRET_KEY e --secret-key-file (INBOX_SECRET_KEY_FILE) dizem a mesma coisa; use uma das duas"
            ),
            (Some(keys), None) => Ok(Self::Variable(keys.clone())),
            (None, Some(file)) => Ok(Self::Named(file.clone())),
            (None, None) => Ok(Self::Own(config.data_dir.join(FILE))),
        }
    }

    /// The keys, if there are any.
    pub(crate) fn read(&self) -> anyhow::Result<Option<SecretKeys>> {
        match self {
            Self::Variable(keys) => Ok(Some(keys.clone())),
            Self::Own(path) => file::read(path),
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

/// The keys that are there, for a command that only reads.
///
/// # Errors
/// A key that was named is not there, or is none.
pub(crate) fn read(config: &Config) -> anyhow::Result<Option<SecretKeys>> {
    Source::of(config)?.read()
}

/// The keys for a database that is filled, and the file that was made for them, if one was.
///
/// # Errors
/// As [`read`]; the file cannot be written.
pub(crate) fn for_restore(config: &Config) -> anyhow::Result<(SecretKeys, Option<Made>)> {
    let source = Source::of(config)?;
    match (source.read()?, source) {
        (Some(keys), _) => Ok((keys, None)),
        (None, Source::Own(path)) => {
            let (keys, made) = file::make(&path)?;
            Ok((keys, Some(made)))
        }
        (None, Source::Named(_) | Source::Variable(_)) => Err(lost(&SealError::NoKey)),
    }
}

/// Gives the store its keys. Makes the key file of the data folder where there is none and nothing is
/// encrypted yet.
///
/// # Errors
/// The key is missing or is not the one that was used, with what to do.
pub(crate) async fn give(store: Store, config: &Config) -> anyhow::Result<Store> {
    let source = Source::of(config)?;
    let keys = match (source.read()?, &source) {
        (Some(keys), _) => keys,
        (None, Source::Own(path)) if !store.has_sealed().await? => {
            let (keys, made) = file::make(path)?;
            made.stay();
            keys
        }
        (None, _) => return Err(lost(&SealError::NoKey)),
    };
    let several = keys.count() > 1;
    let newest = keys.newest();
    let store = store.with_secrets(keys).await.map_err(|error| match error {
        Error::Sealed(error) => lost(&error),
        other => anyhow!(other).context("os segredos do banco não puderam ser lidos"),
    })?;
    // A `keys rotate` that was cut short is done by now, and the old key is good for nothing.
    match &source {
        Source::Own(path) => {
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

/// What to do when a key does not fit what it should open.
pub(crate) fn lost(error: &SealError) -> anyhow::Error {
    let what = match error {
        SealError::NoKey => format!("e falta a chave dele, o arquivo {FILE} da pasta de dados"),
        SealError::UnknownKey { id } => format!("com outra chave, a de nome {id}"),
        SealError::Altered { .. } | SealError::Cipher => {
            return anyhow!(error.clone()).context("um segredo do banco não pôde ser lido");
        }
    };
    anyhow!(
        "o banco tem segredos cifrados {what}. Ponha o arquivo de chave que foi usado de volta no lugar, ou \
         indique-o com --secret-key-file (INBOX_SECRET_KEY_FILE). Se ele se perdeu para sempre: inbox-pirata \
         keys discard desliga a verificação em duas etapas de quem a tinha, e mais nada se perde"
    )
}

/// For the words of a refusal.
fn unwritable(path: &std::path::Path) -> String {
    format!("o arquivo de chave {} não pode ser gravado", path.display())
}

/// Opens the store of a configuration as it is, without keys.
async fn open_without(config: &Config) -> anyhow::Result<Store> {
    let url = config.database_url().context("a pasta atual não pode ser lida")?;
    Store::open(&url).await.context("o banco de dados não pôde ser aberto")
}
