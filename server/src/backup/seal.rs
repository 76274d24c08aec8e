//! The passphrase around an archive, or none.
//!
//! An age envelope for a passphrase, which the `age` tool opens too: whoever has lost this program
//! has not lost the backup.

use std::fs::File;
use std::io::{self, BufRead as _, BufReader, BufWriter, Read, Write};
use std::iter;

use age::secrecy::SecretString;
use age::{DecryptError, Decryptor, Encryptor, scrypt, stream::StreamWriter};
use anyhow::{Context as _, anyhow, bail};

use super::words;

const ENVELOPE: &[u8] = b"age-encryption.org/";
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
/// It is no backup, needs a passphrase, or another one.
pub(super) fn unseal(file: File, passphrase: Option<&str>) -> anyhow::Result<Box<dyn Read>> {
    let mut file = BufReader::new(file);
    let head = file.fill_buf().context("o arquivo não pôde ser lido")?;
    if head.starts_with(GZIP) {
        return Ok(Box::new(file));
    }
    if !head.starts_with(ENVELOPE) {
        bail!("o arquivo não é um backup do inbox-pirata");
    }
    let Some(passphrase) = passphrase else {
        bail!("o backup está protegido por senha: echo 'a senha' | … --passphrase-stdin");
    };
    let identity = scrypt::Identity::new(SecretString::from(passphrase.to_owned()));
    let opened = Decryptor::new_buffered(file)
        .and_then(|envelope| envelope.decrypt(iter::once(&identity as &dyn age::Identity)));
    match opened {
        Ok(inside) => Ok(Box::new(inside)),
        Err(
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys,
        ) => Err(anyhow!("a senha do backup está errada")),
        Err(error @ DecryptError::ExcessiveWork { .. }) => Err(anyhow::Error::new(error)
            .context("a senha não pôde ser conferida: esta máquina é lenta demais para o backup")),
        Err(error) => Err(anyhow::Error::new(error).context(words::DAMAGED)),
    }
}
