//! Commands for whoever holds the machine: automation, and the way back in after a lock-out.

use std::io::BufRead as _;

use anyhow::{Context as _, bail};
use store::NewUser;

use crate::config::{Config, UserCommand};
use crate::run::{open_store, prepare_data_dir};

/// Runs a `user` command against the same data the server uses.
///
/// # Errors
/// What is wrong with the input or the database, in a sentence.
#[tokio::main(flavor = "current_thread")]
pub async fn user(config: &Config, command: UserCommand) -> anyhow::Result<()> {
    prepare_data_dir(&config.data_dir)?;
    let store = open_store(config).await?;
    let operator = store.operator();
    match command {
        UserCommand::Add { email, name, role, password_stdin: _ } => {
            let password = read_password()?;
            let user = operator.create(NewUser { name, email, password, role }).await?;
            println!("{} <{}> {}", user.name, user.email, user.role.as_str());
        }
        UserCommand::List => {
            for user in operator.list().await? {
                println!("{}\t{}\t{}\t{}", user.id, user.role.as_str(), user.email, user.name);
            }
        }
        UserCommand::ResetPassword { email, password_stdin: _ } => {
            operator.reset_password(&email, &read_password()?).await?;
            println!("senha trocada; as sessões de {email} terminaram");
        }
        UserCommand::ResetTotp { email } => {
            operator.totp_reset(&email).await?;
            println!("verificação em duas etapas de {email} desativada");
        }
    }
    Ok(())
}

fn read_password() -> anyhow::Result<String> {
    let mut line = String::new();
    std::io::stdin().lock().read_line(&mut line).context("a senha não pôde ser lida")?;
    let password = line.trim_end_matches(['\r', '\n']);
    if password.is_empty() {
        bail!("nenhuma senha chegou pela entrada padrão: echo 'minha senha' | inbox-pirata user …");
    }
    Ok(password.to_owned())
}
