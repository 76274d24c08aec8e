//! The passphrase around an archive, or none.
//!
//! An age envelope for a passphrase, which the `age` tool opens too: whoever has lost this program
//! has not lost the backup.

use std::fs::File;
use std::io::{self, BufRead, BufReader, BufWriter, Read, Write};
use std::iter;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt, stream::StreamWriter};
use anyhow::{Context as _, anyhow, bail};

use super::limits::{ENVELOPE_HEAD, MOST_WORK};
use super::words;

const ENVELOPE: &[u8] = b"age-encryption.org/";
/// How the last line of its head begins.
const HEAD_END: &[u8] = b"\n--- ";
const GZIP: &[u8] = &[0x1f, 0x8b];

/// Where an archive is written to.
pub(super) enum Sealing {
    Plain(BufWriter<File>),
    Locked(Box<StreamWriter<BufWriter<File>>>),
}

impl Sealing {
    pub(super) fn begin(file: File, passphrase: Option<&str>) -> io::Result<Self> {
        let file = BufWriter::new(file);
        Ok(match passphrase {
            None => Self::Plain(file),
            Some(words) => {
                let words = SecretString::from(words.to_owned());
                let locked = Encryptor::with_user_passphrase(words).wrap_output(file)?;
                Self::Locked(Box::new(locked))
            }
        })
    }

    /// Closes the envelope. Without it, what was written cannot be opened.
    pub(super) fn finish(self) -> io::Result<File> {
        let file = match self {
            Self::Plain(file) => file,
            Self::Locked(locked) => locked.finish()?,
        };
        file.into_inner().map_err(io::IntoInnerError::into_error)
    }
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self {
            Self::Plain(file) => file.write(bytes),
            Self::Locked(locked) => locked.write(bytes),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        match self {
            Self::Plain(file) => file.flush(),
            Self::Locked(locked) => locked.flush(),
        }
    }
}

/// Opens what [`Sealing`] has written.
///
/// # Errors
/// It is no backup, needs a passphrase, or another one, or more work than any of ours.
pub(super) fn unseal(
    mut file: impl Read + 'static,
    passphrase: Option<&str>,
) -> anyhow::Result<Box<dyn BufRead>> {
    let mut head = Vec::new();
    let read = file.by_ref().take(ENVELOPE_HEAD as u64).read_to_end(&mut head);
    read.context("o arquivo não pôde ser lido")?;
    let is_sealed = head.starts_with(ENVELOPE);
    if !is_sealed && !head.starts_with(GZIP) {
        bail!("o arquivo não é um backup do inbox-pirata");
    }
    // Whoever reads an envelope reads its head whole, however long it is.
    let has_end = head.windows(HEAD_END.len()).any(|part| part == HEAD_END);
    let file = BufReader::new(io::Cursor::new(head).chain(file));
    if !is_sealed {
        return Ok(Box::new(file));
    }
    if !has_end {
        bail!(words::DAMAGED);
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
        Err(error) => Err(anyhow::Error::new(error).context(words::DAMAGED)),
    }
}
