//! Voice notes: recordings of browsers as Opus in Ogg.
//!
//! WhatsApp plays voice notes of one format: Opus of one or two channels in Ogg (RFC 7845), with
//! the type `audio/ogg; codecs=opus`. Firefox records it. Chromium records Opus in WebM, so that
//! the same packets get another container; nothing is decoded. Both are written anew: only the
//! sound of a file is left, without tags of its program, and with a duration that phones can read.
//!
//! A live WebM has unknown sizes, no duration and no index. It is read as a stream from beginning
//! to end, one packet in memory at a time, and the duration is the sum of its packets.
//!
//! `webm` and `ogg` read packets, `packet` knows how long each plays and what the header has, and
//! `write` writes them.

mod ogg;
mod packet;
#[cfg(test)]
mod tests;
mod webm;
mod write;

use std::fs::{self, File};
use std::io::{self, BufReader, BufWriter, Cursor, ErrorKind, Read};
use std::path::Path;

use ogg::Ogg;
use packet::Head;
use webm::Webm;

/// Samples a second in all positions of Opus in Ogg, whatever the rate of the recording was
/// (RFC 7845 section 4).
const RATE: u64 = 48_000;
/// Seconds of the longest voice note.
const LONGEST: u64 = 2 * 60 * 60;

/// A voice note that was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct VoiceNote {
    /// The duration, at least 1.
    pub seconds: u32,
}

/// The reason why a recording is no voice note.
#[derive(Debug, thiserror::Error)]
pub enum VoiceError {
    /// The files cannot be read or written.
    #[error("the recording could not be read or written")]
    Io(#[source] io::Error),
    /// The file is no Opus of one or two channels in Ogg or WebM.
    #[error("the file is no Opus in Ogg or WebM; record it in one of these formats")]
    NotOpus,
    /// The file is damaged, truncated or empty, or longer than two hours.
    #[error("the recording is damaged, empty or too long; record it again")]
    Broken,
}

impl From<io::Error> for VoiceError {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            ErrorKind::UnexpectedEof => Self::Broken,
            _ => Self::Io(error),
        }
    }
}

/// Writes the recording `from` to the file `to` as WhatsApp wants voice notes. An existing file is
/// replaced. The same recording always gives the same bytes.
///
/// # Errors
///
/// See [`VoiceError`]. The file `to` does not exist then.
pub fn to_ogg(from: &Path, to: &Path) -> Result<VoiceNote, VoiceError> {
    if from == to {
        return Err(VoiceError::Io(ErrorKind::InvalidInput.into()));
    }
    let recording = Recording::open(BufReader::new(File::open(from)?))?;
    let file = BufWriter::new(File::create(to)?);
    let note = write::write(recording, file);
    if note.is_err() {
        // The error is reported; the incomplete file is replaced by the next try at the latest.
        drop(fs::remove_file(to));
    }
    note
}

/// Returns the duration of a file of Opus in Ogg.
pub(crate) fn seconds(file: impl Read) -> Result<u32, VoiceError> {
    let mut recording = Recording::open(BufReader::new(file))?;
    let mut samples = 0;
    let mut last = 0;
    while let Some(packet) = recording.next()? {
        last = packet::samples(&packet).ok_or(VoiceError::Broken)?;
        samples += last;
    }
    if samples == 0 {
        return Err(VoiceError::Broken);
    }
    Ok(played(recording.head(), recording.end(samples, last)))
}

/// Fills `bytes`; false if the file is at its end.
fn read_or_end(file: &mut impl Read, bytes: &mut [u8]) -> Result<bool, VoiceError> {
    let mut read = 0;
    while read == 0 {
        match file.read(bytes) {
            Ok(0) => return Ok(false),
            Ok(length) => read = length,
            Err(error) if error.kind() == ErrorKind::Interrupted => {}
            Err(error) => return Err(error.into()),
        }
    }
    file.read_exact(&mut bytes[read..])?;
    Ok(true)
}

/// Returns the seconds of a recording of so many samples, without those that are skipped.
fn played(head: Head, samples: u64) -> u32 {
    let played = samples.saturating_sub(u64::from(head.pre_skip));
    u32::try_from((played + RATE / 2) / RATE).unwrap_or(u32::MAX).max(1)
}

/// An open recording, in either container.
enum Recording<R> {
    Ogg(Ogg<R>),
    Webm(Webm<R>),
}

/// The file, with the bytes again that were read to know its format.
type Whole<R> = io::Chain<Cursor<[u8; 4]>, R>;

impl<R: Read> Recording<Whole<R>> {
    fn open(mut file: R) -> Result<Self, VoiceError> {
        let mut magic = [0; 4];
        match file.read_exact(&mut magic) {
            Err(error) if error.kind() == ErrorKind::UnexpectedEof => {
                return Err(VoiceError::NotOpus);
            }
            read => read?,
        }
        let whole = Cursor::new(magic).chain(file);
        match magic {
            ogg::MAGIC => Ok(Self::Ogg(Ogg::open(whole)?)),
            webm::MAGIC => Ok(Self::Webm(Webm::open(whole)?)),
            _ => Err(VoiceError::NotOpus),
        }
    }
}

impl<R: Read> Recording<R> {
    fn head(&self) -> Head {
        match self {
            Self::Ogg(ogg) => ogg.head(),
            Self::Webm(webm) => webm.head(),
        }
    }

    /// Returns the next packet; `None` at the end.
    fn next(&mut self) -> Result<Option<Vec<u8>>, VoiceError> {
        match self {
            Self::Ogg(ogg) => ogg.next(),
            Self::Webm(webm) => webm.next(),
        }
    }

    /// Returns the position of the end, of a recording whose packets have `samples` and whose last
    /// one has `last`. Ogg can end within its last packet (RFC 7845 section 4.4).
    fn end(&self, samples: u64, last: u64) -> u64 {
        match self {
            Self::Ogg(ogg) => Some(ogg.end()).filter(|end| (samples - last..samples).contains(end)),
            Self::Webm(_) => None,
        }
        .unwrap_or(samples)
    }
}
