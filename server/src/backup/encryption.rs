//! Encrypts an archive with a passphrase, if there is one.
//!
//! The format is an age envelope for a passphrase, which the `age` tool opens too, so the backup is
//! readable without this program.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::iter;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt, stream::StreamWriter};
use anyhow::{Context as _, anyhow, bail};

use super::labels;
use super::limits::{ENVELOPE_HEAD, MOST_WORK};

const ENVELOPE: &[u8] = b"age-encryption.org/";
/// Beginning of the last line of an envelope's head.
const HEAD_END: &[u8] = b"\n--- ";
const GZIP: &[u8] = &[0x1f, 0x8b];

/// The output of an archive.
pub(super) enum ArchiveOutput {
    Plain(BufWriter<File>),
    Encrypted(Box<StreamWriter<BufWriter<File>>>),
}

impl ArchiveOutput {
    pub(super) fn begin(file: File, passphrase: Option<&str>) -> io::Result<Self> {
        let file = BufWriter::new(file);
        Ok(match passphrase {
            None => Self::Plain(file),
            Some(passphrase) => {
                let passphrase = SecretString::from(passphrase.to_owned());
                let encrypted = Encryptor::with_user_passphrase(passphrase).wrap_output(file)?;
                Self::Encrypted(Box::new(encrypted))
            }
        })
    }

    /// Closes the envelope. Without this the data cannot be decrypted.
    pub(super) fn finish(self) -> io::Result<File> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Encrypted(encrypted) => encrypted.finish()?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl Write for ArchiveOutput {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Encrypted(encrypted) => encrypted.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Encrypted(encrypted) => encrypted.flush(),
        }
    }
}

/// Opens the output of [`ArchiveOutput`].
///
/// # Errors
/// Fails if the file is not a backup, if it needs a passphrase or another one, or if checking the
/// passphrase takes more work than for any backup of this program.
pub(super) fn decrypt(
    mut file: impl Read + 'static,
    passphrase: Option<&str>,
) -> anyhow::Result<Box<dyn BufRead>> {
    let mut head = Vec::new();
    let read = file.by_ref().take(ENVELOPE_HEAD as u64).read_to_end(&mut head);
    read.context("o arquivo não pôde ser lido")?;
    let is_encrypted = head.starts_with(ENVELOPE);
    if !is_encrypted && !head.starts_with(GZIP) {
        bail!("o arquivo não é um backup do inbox-pirata");
    }
    // The age reader reads the head whole, however long it is.
    let has_end = head.windows(HEAD_END.len()).any(|part| part == HEAD_END);
    let file = BufReader::new(io::Cursor::new(head).chain(file));
    if !is_encrypted {
        return Ok(Box::new(file));
    }
    if !has_end {
        bail!(labels::DAMAGED);
    }
    let Some(passphrase) = passphrase else {
        bail!("o backup está protegido por senha: echo 'a senha' | … --passphrase-stdin");
    };
    let mut identity = scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    identity.set_max_work_factor(MOST_WORK);
    let opened = Decryptor::new_buffered(file)
        .and_then(|envelope| envelope.decrypt(iter::once(&identity as &dyn age::Identity)));
    match opened {
        Ok(inside) => Ok(Box::new(BufReader::new(inside))),
        Err(
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys,
        ) => Err(anyhow!("a senha do backup está errada")),
        Err(DecryptError::ExcessiveWork { required, .. }) => Err(anyhow!(
            "conferir a senha deste arquivo pediria mais memória e tempo (2^{required}) do que um backup do \
             inbox-pirata pede (2^{MOST_WORK} no máximo); nada foi restaurado"
        )),
        Err(error) => Err(anyhow::Error::new(error).context(labels::DAMAGED)),
    }
}
