//! `inbox-pirata keys`: replaces the key in use, or discards the secrets of a lost one.
//!
//! The order of a rotation: the file gets the new key beside the old one, then one transaction
//! encrypts every secret under the new key, then the file keeps the new key alone. If it is
//! interrupted at any point, the file has the keys that are needed, and the next start completes
//! it.

use anyhow::{Context as _, bail};
use store::SecretKeys;

use super::{Source, attach_keys, file, open_without_keys};
use crate::config::{Config, KeysCommand};
use crate::data::{open_store, prepare_data_dir};
use crate::exclusive::Exclusive;

/// Runs a `keys` command while no server uses the data: a server would keep using the keys it has
/// read.
///
/// # Errors
/// Fails if a server runs, or if the keys cannot be read or written.
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
        Source::Named(path) | Source::DataDir(path) => {
            // The store is opened first, which completes an interrupted earlier rotation.
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
    // With no key left, no secret can be read.
    let keys = match source.read()? {
        Some(keys) => keys,
        None => SecretKeys::generate()?,
    };
    let store = open_without_keys(config).await?;
    let discarded = store.operator().discard_unreadable(&keys).await?;
    attach_keys(store, config).await?;
    println!("verificação em duas etapas desligada, por falta da chave: {discarded} pessoas");
    Ok(())
}
