//! The complete file: what it is, whatever its browser said.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::Path;

use gateway::blocking;
use inspect::voice::{self, VoiceError};
use inspect::{Class, Inspected, OGG_OPUS};
use model::content::FileKind;
use sha2::{Digest as _, Sha256};
use store::{Upload, UploadedFile};
use text::ANYTHING;

use super::{UploadError, Uploads};
use crate::refusals::refused;

/// The type of the documents whose pages are counted.
const PDF: &str = "application/pdf";

/// Bytes that are read at a time.
const BUFFER: usize = 64 * 1024;

/// Examines a file. One of another kind than it was sent as, or that phones do not show as that kind, is
/// a document; a sticker has limits of its own.
pub(super) async fn examine(
    uploads: &Uploads,
    upload: &Upload,
    path: &Path,
) -> Result<UploadedFile, UploadError> {
    let (file, mime) = (path.to_owned(), upload.mime.clone());
    let inspected = uploads.contained(move || inspect::inspect(&file, &mime)).await?;
    let inspected = inspected.unwrap_or_else(|| Ok(unknown()))?;
    let sticker = match upload.kind {
        FileKind::Sticker => {
            let file = path.to_owned();
            uploads.contained(move || inspect::sticker(&file)).await?.flatten()
        }
        _ => None,
    };
    let kind = if sticker.is_some() { upload.kind } else { kind(upload.kind, &inspected) };
    if kind != upload.kind {
        refused("upload-kind");
        if upload.view_once {
            return Err(UploadError::NotViewedOnce);
        }
    }
    let made = match &upload.preview {
        None if matches!(inspected.class, Class::Image) => {
            let file = path.to_owned();
            uploads.contained(move || inspect::preview_of(&file)).await?.flatten()
        }
        _ => None,
    };
    let pages = match kind {
        FileKind::Document if inspected.mime == PDF => {
            let file = path.to_owned();
            uploads.contained(move || inspect::pdf_pages(&file)).await?.flatten()
        }
        _ => None,
    };
    let (size, file_hash) = digest(path).await?;
    let (has_shape, has_length) = match kind {
        FileKind::Image | FileKind::Sticker => (true, false),
        FileKind::Video => (true, true),
        FileKind::Audio => (false, true),
        FileKind::Document => (false, false),
    };
    Ok(UploadedFile {
        kind,
        mime: inspected.mime,
        size,
        shape: inspected.shape.or(upload.shape).filter(|_| has_shape),
        seconds: inspected.seconds.or(upload.seconds).filter(|_| has_length),
        voice: None,
        preview: upload.preview.clone().or(made),
        animated: sticker.is_some_and(|sticker| sticker.animated),
        pages,
        file_hash,
    })
}

/// Makes a voice note of a recording in the empty file `note`, as WhatsApp wants it, and examines it. The
/// recording stays as it is.
pub(super) async fn examine_voice(
    uploads: &Uploads,
    upload: &Upload,
    waveform: Vec<u8>,
    recording: &Path,
    note: &Path,
) -> Result<UploadedFile, UploadError> {
    let (from, to) = (recording.to_owned(), note.to_owned());
    let seconds = match uploads.contained(move || voice::to_ogg(&from, &to)).await? {
        Some(Ok(note)) => note.seconds,
        Some(Err(VoiceError::Io(error))) => return Err(error.into()),
        Some(Err(VoiceError::NotOpus | VoiceError::Broken)) | None => {
            return Err(UploadError::NotVoice);
        }
    };
    let (size, file_hash) = digest(note).await?;
    Ok(UploadedFile {
        kind: FileKind::Audio,
        mime: OGG_OPUS.to_owned(),
        size,
        shape: None,
        seconds: Some(seconds),
        voice: Some(waveform),
        preview: upload.preview.clone(),
        animated: false,
        pages: None,
        file_hash,
    })
}

/// Returns the kind by which phones show the file as it was sent, else that of a document.
fn kind(sent_as: FileKind, inspected: &Inspected) -> FileKind {
    let is = match inspected.class {
        Class::Image => FileKind::Image,
        Class::Video => FileKind::Video,
        Class::Audio => FileKind::Audio,
        Class::Other => FileKind::Document,
    };
    if is == sent_as && inspected.plays_on_phones { is } else { FileKind::Document }
}

/// A file of which nothing is known.
fn unknown() -> Inspected {
    Inspected {
        class: Class::Other,
        mime: ANYTHING.to_owned(),
        shape: None,
        seconds: None,
        plays_on_phones: false,
    }
}

/// Returns length and SHA-256 of a file.
async fn digest(path: &Path) -> io::Result<(u64, [u8; 32])> {
    let path = path.to_owned();
    blocking(move || {
        let mut file = File::open(path)?;
        let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; BUFFER]);
        loop {
            let read = file.read(&mut buffer)?;
            let Some(bytes) = buffer.get(..read).filter(|bytes| !bytes.is_empty()) else { break };
            hash.update(bytes);
            size += bytes.len() as u64;
        }
        Ok((size, hash.finalize().into()))
    })
    .await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_what_it_was_sent_as_is_a_document() {
        let found = |class, plays_on_phones| Inspected { class, plays_on_phones, ..unknown() };
        for (class, as_such) in [
            (Class::Image, FileKind::Image),
            (Class::Video, FileKind::Video),
            (Class::Audio, FileKind::Audio),
        ] {
            assert_eq!(kind(as_such, &found(class, true)), as_such);
            assert_eq!(kind(as_such, &found(class, false)), FileKind::Document);
            assert_eq!(kind(as_such, &found(Class::Other, true)), FileKind::Document);
        }
        assert_eq!(kind(FileKind::Image, &found(Class::Video, true)), FileKind::Document);
        // No picture is a sticker by its class alone.
        assert_eq!(kind(FileKind::Sticker, &found(Class::Image, true)), FileKind::Document);
        // A picture that was sent as a document stays one.
        assert_eq!(kind(FileKind::Document, &found(Class::Image, true)), FileKind::Document);
    }

    #[tokio::test]
    async fn a_digest_is_of_the_whole_file() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("7.part");
        let content = vec![7; 3 * BUFFER + 5];
        std::fs::write(&path, &content).expect("a file");
        let (size, hash) = digest(&path).await.expect("it can be read");
        assert_eq!(size, content.len() as u64);
        assert_eq!(hash, <[u8; 32]>::from(Sha256::digest(&content)));
    }
}
