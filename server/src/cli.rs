//! Commands for the administrator of the machine: automation, and recovery from a lock-out.

use std::io::BufRead as _;

use anyhow::{Context as _, bail};
use service::operator;
use store::NewUser;

use crate::backup::{self, Growth, Summary};
use crate::config::{BackupArgs, Config, RestoreArgs, UserCommand};
use crate::data::{open_store, prepare_data_dir};

/// Runs a `user` command on the same data that the server uses.
///
/// # Errors
/// Fails, in a sentence, on bad input or a database error.
#[tokio::main(flavor = "current_thread")]
pub async fn user(config: &Config, command: UserCommand) -> anyhow::Result<()> {
    prepare_data_dir(&config.data_dir)?;
    let store = open_store(config).await?;
    match command {
        UserCommand::Add { email, name, role, password_stdin: _ } => {
            let password = read_password()?;
            let user = operator::add_user(&store, NewUser { name, email, password, role }).await?;
            println!("{} <{}> {}", user.name, user.email, user.role.as_str());
        }
        UserCommand::List => {
            for user in operator::users(&store).await? {
                println!("{}\t{}\t{}\t{}", user.id, user.role.as_str(), user.email, user.name);
            }
        }
        UserCommand::ResetPassword { email, password_stdin: _ } => {
            operator::reset_password(&store, &email, &read_password()?).await?;
            println!("senha trocada; as sessões de {email} terminaram");
        }
        UserCommand::ResetTotp { email } => {
            operator::reset_second_factor(&store, &email).await?;
            println!("verificação em duas etapas de {email} desativada; as sessões terminaram");
        }
    }
    Ok(())
}

/// Makes a backup. A server may be running.
///
/// # Errors
/// Fails, in a sentence, on a problem of the data, the file or the disk.
#[tokio::main(flavor = "current_thread")]
pub async fn backup(config: &Config, archive: &BackupArgs) -> anyhow::Result<()> {
    let passphrase = passphrase(archive)?;
    let made = backup::create(config, &archive.file, passphrase.as_deref()).await?;
    println!("backup feito em {}: {}", archive.file.display(), holds(made));
    if made.needs_any_size {
        println!("ele tem muitos arquivos: para restaurar, use inbox-pirata restore --any-size");
    }
    if let Some(bucket) = &config.media_url {
        println!(
            "os arquivos de mídia não fazem parte dele: estão em {bucket}, que precisa de um backup próprio"
        );
    }
    println!("logins e convites não fazem parte dele: depois de restaurar, cada um entra de novo");
    if passphrase.is_none() {
        println!(
            "quem lê este arquivo pode agir como os números; guarde-o em lugar privado ou use --passphrase-stdin"
        );
    }
    Ok(())
}

/// Restores a backup into an empty data folder.
///
/// # Errors
/// Fails, in a sentence, on a problem of the file or the destination. Nothing is left behind then.
#[tokio::main(flavor = "current_thread")]
pub async fn restore(config: &Config, restored: &RestoreArgs) -> anyhow::Result<()> {
    let archive = &restored.archive;
    let growth = if restored.any_size { Growth::Any } else { Growth::Usual };
    let passphrase = passphrase(archive)?;
    let restored =
        backup::restore_growing(config, &archive.file, passphrase.as_deref(), growth).await?;
    println!("restaurado de {}: {}", archive.file.display(), holds(restored));
    println!(
        "antes de iniciar o servidor, pare o antigo: dois com as mesmas chaves derrubam um ao outro"
    );
    match &config.media_url {
        Some(bucket) if restored.media > 0 => {
            println!("os arquivos de mídia foram enviados a {bucket}");
        }
        Some(bucket) => println!("os arquivos de mídia são os que estão em {bucket}"),
        None => {}
    }
    println!("logins e convites não foram restaurados: cada um entra de novo com a sua senha");
    Ok(())
}

fn holds(summary: Summary) -> String {
    let Summary { numbers, messages, media, .. } = summary;
    format!("chaves de números: {numbers}, mensagens: {messages}, arquivos de mídia: {media}")
}

fn passphrase(archive: &BackupArgs) -> anyhow::Result<Option<String>> {
    archive.passphrase_stdin.then(read_password).transpose()
}

fn read_password() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("a senha não pôde ser lida")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("nenhuma senha chegou pela entrada padrão: echo 'minha senha' | inbox-pirata …");
    }
    Ok(password.to_owned())
}
