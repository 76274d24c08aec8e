//! What is said when there is no backup, or nothing restored.

use store::backup::BackupError;

pub(super) const DAMAGED: &str =
    "o arquivo de backup está incompleto ou foi alterado; nada foi restaurado";
pub(super) const NEWER: &str =
    "o backup foi feito por uma versão mais nova do programa; restaure com essa versão";

/// Of the database that is read.
pub(super) fn not_read(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::Newer(migration) => anyhow::anyhow!(
            "o banco de dados é de uma versão mais nova do programa ({migration}); faça o backup com essa versão"
        ),
        BackupError::Empty => anyhow::anyhow!("o banco de dados está vazio; não há o que guardar"),
        BackupError::Rows(error) => anyhow::Error::new(error)
            .context("as cópias temporárias não puderam ser gravadas na pasta de dados"),
        other => anyhow::Error::new(other).context("o banco de dados não pôde ser lido"),
    }
}

/// Of the database that is filled.
pub(super) fn not_filled(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::Newer(migration) => anyhow::anyhow!("{NEWER} (ele tem {migration})"),
        BackupError::NotEmpty => anyhow::anyhow!(
            "o banco de dados não está vazio; restaure em um banco recém-criado, sem tabelas"
        ),
        error @ (BackupError::Migrations
        | BackupError::Table(_)
        | BackupError::Row { .. }
        | BackupError::Rows(_)) => anyhow::Error::new(error).context(DAMAGED),
        other => anyhow::Error::new(other).context("o banco de dados não pôde ser preenchido"),
    }
}
