//! Small files of real formats.

use std::io::Write as _;

use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};
use ogg::{PacketWriteEndInfo, PacketWriter};

/// A grey picture of this size. With `lines` fewer than its height it is truncated.
pub(crate) fn png(width: u32, height: u32, lines: u32) -> Vec<u8> {
    let chunk = |kind: &[u8; 4], data: &[u8]| {
        let mut crc = Crc::new();
        crc.update(kind);
        crc.update(data);
        let length = u32::try_from(data.len()).unwrap();
        [&length.to_be_bytes()[..], kind, data, &crc.sum().to_be_bytes()].concat()
    };
    // 8 bits of grey; each line begins with its filter.
    let header = [&width.to_be_bytes()[..], &height.to_be_bytes(), &[8, 0, 0, 0, 0]].concat();
    let line = vec![0; width as usize + 1];
    let mut pixels = ZlibEncoder::new(Vec::new(), Compression::fast());
    for _ in 0..lines {
        pixels.write_all(&line).unwrap();
    }
    let pixels = pixels.finish().unwrap();
    let signature = b"\x89PNG\r\n\x1a\n".to_vec();
    [signature, chunk(b"IHDR", &header), chunk(b"IDAT", &pixels), chunk(b"IEND", &[])].concat()
}

/// A recording of so many packets of 20 ms, as Firefox makes it (RFC 7845).
pub(crate) fn opus(packets: u64) -> Vec<u8> {
    const SERIAL: u32 = 7;
    const SAMPLES: u64 = 960;
    let mut file = Vec::new();
    let mut writer = PacketWriter::new(&mut file);
    let mut write = |packet: &[u8], end, at| {
        writer.write_packet(packet.to_vec(), SERIAL, end, at).unwrap();
    };
    let head = [
        &b"OpusHead"[..],
        &[1, 1],
        &0_u16.to_le_bytes(),
        &48_000_u32.to_le_bytes(),
        &0_u16.to_le_bytes(),
        &[0],
    ];
    write(&head.concat(), PacketWriteEndInfo::EndPage, 0);
    write(b"OpusTags\0\0\0\0\0\0\0\0", PacketWriteEndInfo::EndPage, 0);
    for nth in 1..=packets {
        let end = match nth == packets {
            true => PacketWriteEndInfo::EndStream,
            false => PacketWriteEndInfo::NormalPacket,
        };
        // One frame of 20 ms, mono, of silence.
        write(&[0xf8, 0xff, 0xfe], end, nth * SAMPLES);
    }
    file
}
