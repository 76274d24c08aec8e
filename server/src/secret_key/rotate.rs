//! `inbox-pirata keys`: another key in the place of the one in use, and the way out when it is lost.
//!
//! The order of a rotation: the file has the new key and the old one, then every secret is encrypted
//! under the new one in one transaction, then the file has the new one alone. Wherever it is cut short
//! both keys are in the file that is needed, and the next start brings it to its end.

use anyhow::{Context as _, bail};
use store::SecretKeys;

use super::{Source, file, give, open_without};
use crate::config::{Config, KeysCommand};
use crate::exclusive::Exclusive;
use crate::run::{open_store, prepare_data_dir};

/// Runs a `keys` command while no server has the data: one would go on with the keys it has read.
///
/// # Errors
/// A server runs, or the keys cannot be read or written, in a sentence.
#[tokio::main(flavor = "current_thread")]
pub async fn run(config: &Config, command: KeysCommand) -> anyhow::Result<()> {
    prepare_data_dir(&config.data_dir)?;
    let _exclusive = Exclusive::take(config).await?;
    match command {
        KeysCommand::Rotate => rotate(config).await,
        KeysCommand::Discard => discard(config).await,
    }
}

async fn rotate(config: &Config) -> anyhow::Result<()> {
    match Source::of(config)? {
        Source::Variable(keys) if keys.count() < 2 => bail!(
            "INBOX_SECRET_KEY tem uma chave só; faça outra com openssl rand -hex 32, ponha-a antes da atual, \
             separadas por vírgula (nova,atual), e repita o comando"
        ),
        Source::Variable(_) => {
            open_store(config).await?;
            println!("segredos cifrados com a primeira chave; tire a outra de INBOX_SECRET_KEY");
        }
        Source::Named(path) | Source::Own(path) => {
            // What is there is opened first, and a rotation of before brought to its end.
            drop(open_store(config).await?);
            let keys = file::read(&path)?.context("a chave não pôde ser lida")?.with_new()?;
            file::replace(&path, &keys)?;
            drop(open_store(config).await?);
            file::replace(&path, &keys.newest())?;
            println!("segredos cifrados com uma chave nova, em {}", path.display());
            println!("guarde uma cópia dela fora desta máquina; a antiga não abre mais nada");
        }
    }
    Ok(())
}

async fn discard(config: &Config) -> anyhow::Result<()> {
    let source = Source::of(config)?;
    // Where no key is left at all, nothing can be read.
    let keys = match source.read()? {
        Some(keys) => keys,
        None => SecretKeys::generate()?,
    };
    let store = open_without(config).await?;
    let discarded = store.operator().discard_unreadable(&keys).await?;
    give(store, config).await?;
    println!("verificação em duas etapas desligada, por falta da chave: {discarded} pessoas");
    Ok(())
}
