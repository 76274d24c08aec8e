//! Writes Opus in Ogg (RFC 7845).

use std::io::Write;

use ::ogg::PacketWriteEndInfo::{EndPage, EndStream, NormalPacket};
use ::ogg::PacketWriter;

use super::{LONGEST, RATE, Recording, VoiceError, VoiceNote, packet, played};

/// The number of the only stream. It is the same in all files, so that the same recording gives the
/// same file.
const SERIAL: u32 = 1;

/// The comments: the name of the encoder, which is not known, and none.
const TAGS: &[u8] = b"OpusTags\x04\0\0\0Opus\0\0\0\0";

/// Writes all packets of a recording, in pages of about a second as RFC 7845 section 8 wants them.
pub(super) fn write<R: std::io::Read>(
    mut recording: Recording<R>,
    to: impl Write,
) -> Result<VoiceNote, VoiceError> {
    let mut pages = PacketWriter::new(to);
    let head = recording.head();
    pages.write_packet(head.to_bytes(), SERIAL, EndPage, 0)?;
    pages.write_packet(TAGS, SERIAL, EndPage, 0)?;
    let mut packet = recording.next()?.ok_or(VoiceError::Broken)?;
    // A position is the sum of the samples of all packets up to there.
    let mut position = 0;
    let mut page_begin = 0;
    loop {
        let samples = packet::samples(&packet).ok_or(VoiceError::Broken)?;
        position += samples;
        if position > LONGEST * RATE {
            return Err(VoiceError::Broken);
        }
        let Some(next) = recording.next()? else {
            let end = recording.end(position, samples);
            pages.write_packet(packet, SERIAL, EndStream, end)?;
            pages.inner_mut().flush()?;
            return Ok(VoiceNote { seconds: played(head, end) });
        };
        let is_full = position - page_begin >= RATE;
        if is_full {
            page_begin = position;
        }
        let end = if is_full { EndPage } else { NormalPacket };
        pages.write_packet(packet, SERIAL, end, position)?;
        packet = next;
    }
}
