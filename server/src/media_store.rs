//! Opens the place of the files of messages: the data folder, or the bucket of `--media-url`. A bucket says by
//! an object of its own which installation it is of.

use std::time::Duration;

use anyhow::{Context as _, anyhow, bail};
use gateway::{Bucket, BucketAddress, BucketCredentials, BucketError, MediaStore};
use store::Store;

use crate::config::Config;

/// The variables with the credentials of a bucket, as all programs for S3 have them.
const KEY_ID: &str = "AWS_ACCESS_KEY_ID";
const SECRET: &str = "AWS_SECRET_ACCESS_KEY";
const SESSION_TOKEN: &str = "AWS_SESSION_TOKEN";
/// Time that a bucket has to prove itself.
const CHECK_TIMEOUT: Duration = Duration::from_secs(30);

/// Opens the place of the files of this installation.
///
/// # Errors
/// Fails, with the remedy, if the folder or the bucket cannot be used.
pub(crate) async fn open(config: &Config, store: &Store) -> anyhow::Result<MediaStore> {
    let folder = config.media_dir();
    let Some(address) = &config.media_url else {
        let shown = folder.display().to_string();
        return MediaStore::in_folder(folder)
            .with_context(|| format!("a pasta de mídias {shown} não pode ser usada"));
    };
    if address.is_unencrypted() {
        tracing::warn!(%address, "files go to the bucket without encryption");
    }
    let installation = store.installation().await.context("o banco de dados não pôde ser usado")?;
    let bucket = bucket(address, Some(&installation)).await?;
    Ok(MediaStore::in_bucket(folder, bucket))
}

/// Opens a bucket, proves that it can be read and written, and makes it that of an installation. Without the
/// id of one it has to be of none.
///
/// # Errors
/// Fails, with the remedy, if the bucket cannot be used.
pub(crate) async fn bucket(
    address: &BucketAddress,
    installation: Option<&str>,
) -> anyhow::Result<Bucket> {
    let credentials = credentials()?;
    let opening = async {
        let bucket = Bucket::new(address.clone(), credentials)?;
        bucket.check().await?;
        bucket.claim(installation).await?;
        Ok::<_, BucketError>(bucket)
    };
    let opened = tokio::time::timeout(CHECK_TIMEOUT, opening)
        .await
        .unwrap_or_else(|_| Err(BucketError::Unreachable("there is no answer".to_owned())));
    opened.map_err(|error| refusal(address, &error))
}

/// Reads the credentials from the environment.
fn credentials() -> anyhow::Result<BucketCredentials> {
    let [key_id, secret, session_token] = [KEY_ID, SECRET, SESSION_TOKEN]
        .map(|name| std::env::var(name).ok().filter(|value| !value.trim().is_empty()));
    let (Some(key_id), Some(secret)) = (key_id, secret) else {
        bail!(
            "--media-url (INBOX_MEDIA_URL) precisa das credenciais do bucket nas variáveis {KEY_ID} e {SECRET}"
        );
    };
    Ok(BucketCredentials { key_id, secret, session_token })
}

/// Explains why a bucket cannot be used, and what to do.
fn refusal(address: &BucketAddress, error: &BucketError) -> anyhow::Error {
    let reason = match error {
        BucketError::Missing => {
            "esse bucket não existe nesse servidor; crie-o ou corrija o nome".to_owned()
        }
        BucketError::Denied => format!(
            "o servidor recusou as credenciais; confira {KEY_ID} e {SECRET}, e se elas podem ler, gravar, listar e \
             apagar nesse bucket"
        ),
        BucketError::Taken => {
            let object = match address.prefix.as_str() {
                "" => "installation".to_owned(),
                prefix => format!("{prefix}/installation"),
            };
            format!(
                "outra instalação guarda ali os arquivos dela; escolha outro prefixo, ou apague o objeto {object} se \
                 ela não existe mais"
            )
        }
        BucketError::Unreachable(error) => {
            format!("o servidor não respondeu como um S3; confira o endereço e a rede ({error})")
        }
    };
    anyhow!("--media-url (INBOX_MEDIA_URL): {address} não pode ser usado: {reason}")
}
