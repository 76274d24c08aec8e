//! Error messages of backups and restores.

use std::error::Error;
use std::io;

use store::backup::BackupError;

use crate::secret_key;

pub(super) const DAMAGED: &str =
    "o arquivo de backup está incompleto ou foi alterado; nada foi restaurado";
pub(super) const NEWER: &str =
    "o backup foi feito por uma versão mais nova do programa; restaure com essa versão";

pub(super) const NO_FILE: &str =
    "o arquivo tem dentro um atalho ou outra coisa que um backup não tem; nada foi restaurado";
pub(super) const TOO_MANY: &str = "o arquivo tem dentro mais arquivos do que um backup deste tamanho quase sempre tem; nada foi \
     restaurado. Se ele é seu, repita o comando com --any-size";
pub(super) const LONG_MANIFEST: &str =
    "a lista do que há no arquivo é mais longa do que a de um backup; nada foi restaurado";
pub(super) const GROWS: &str = "aberto, o arquivo teria mais de 100 vezes o seu tamanho, o que um backup quase nunca tem; nada \
     foi restaurado. Se ele é seu e guarda arquivos assim, repita o comando com --any-size";

pub(super) const NOT_UPLOADED: &str = "os arquivos de mídia não puderam ser enviados ao bucket, e nada mais foi \
     restaurado; repita o comando, que envia de novo também os que já estão lá";

const FULL: &str =
    "falta espaço no disco e nada foi mudado; libere espaço ou use outro disco, e repita o comando";
/// FAT ends at 4 GiB.
const TOO_LONG: &str = "o disco não aceita um arquivo deste tamanho e nada foi mudado; use outro disco e repita o comando";

/// Puts the advice before the error, if a disk caused it.
pub(super) fn with_advice(error: anyhow::Error) -> anyhow::Error {
    let advice = error.chain().find_map(advice);
    match advice {
        Some(advice) => error.context(advice),
        None => error,
    }
}

fn advice(cause: &(dyn Error + 'static)) -> Option<&'static str> {
    match cause.downcast_ref::<BackupError>() {
        Some(BackupError::Rows(error)) => on_disk(error),
        Some(error) => error.is_disk_full().then_some(FULL),
        None => cause.downcast_ref::<io::Error>().and_then(on_disk),
    }
}

fn on_disk(error: &io::Error) -> Option<&'static str> {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Some(FULL),
        io::ErrorKind::FileTooLarge => Some(TOO_LONG),
        _ => None,
    }
}

/// Explains an error of the database that is read.
pub(super) fn not_read(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::Newer(migration) => anyhow::anyhow!(
            "o banco de dados é de uma versão mais nova do programa ({migration}); faça o backup com essa versão"
        ),
        BackupError::Empty => anyhow::anyhow!("o banco de dados está vazio; não há o que guardar"),
        BackupError::Encrypted(error) => secret_key::unusable_key(&error),
        BackupError::Rows(error) => anyhow::Error::new(error)
            .context("as cópias temporárias não puderam ser gravadas na pasta de dados"),
        other => anyhow::Error::new(other).context("o banco de dados não pôde ser lido"),
    }
}

/// Explains an error of the database that is filled.
pub(super) fn not_filled(error: BackupError) -> anyhow::Error {
    match error {
        BackupError::Newer(migration) => anyhow::anyhow!("{NEWER} (ele tem {migration})"),
        BackupError::NotEmpty => anyhow::anyhow!(
            "o banco de dados não está vazio; restaure em um banco recém-criado, sem tabelas"
        ),
        BackupError::Encrypted(error) => secret_key::unusable_key(&error),
        error @ (BackupError::Migrations
        | BackupError::Table(_)
        | BackupError::Row { .. }
        | BackupError::Rows(_)) => anyhow::Error::new(error).context(DAMAGED),
        other => anyhow::Error::new(other).context("o banco de dados não pôde ser preenchido"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_disk_refused_is_told_with_what_to_do() {
        let refused = |kind: io::ErrorKind| io::Error::from(kind);
        let told = |error: anyhow::Error| format!("{:#}", with_advice(error));
        let of_a_file =
            anyhow::Error::new(refused(io::ErrorKind::StorageFull)).context("o arquivo");
        assert!(told(of_a_file).starts_with(&format!("{FULL}: o arquivo: ")));
        let of_a_spool = not_read(BackupError::Rows(refused(io::ErrorKind::QuotaExceeded)));
        assert!(told(of_a_spool).starts_with(FULL));
        let of_a_length = anyhow::Error::new(refused(io::ErrorKind::FileTooLarge));
        assert!(told(of_a_length).starts_with(TOO_LONG));
        let other =
            anyhow::Error::new(refused(io::ErrorKind::PermissionDenied)).context("o arquivo");
        assert!(told(other).starts_with("o arquivo: "));
    }
}
