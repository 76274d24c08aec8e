//! Files for tests, made by hand as programs write them.

use std::io::{Cursor, Write as _};

use flate2::{Compression, write::ZlibEncoder};
use image::{DynamicImage, ImageFormat, Rgb, RgbImage};

/// Returns a picture that is no plain colour.
pub(crate) fn picture(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let picture = RgbImage::from_fn(width, height, |x, y| {
        Rgb([(x * 7 % 256) as u8, (y * 5 % 256) as u8, ((x + y) % 256) as u8])
    });
    let mut file = Cursor::new(Vec::new());
    DynamicImage::from(picture).write_to(&mut file, format).expect("a picture");
    file.into_inner()
}

/// Returns a photo of a camera that was turned clockwise: its Exif data ask for as much.
pub(crate) fn turned_jpeg(width: u32, height: u32) -> Vec<u8> {
    let mut exif = b"\xff\xe1\0\x22Exif\0\0MM\0\x2a\0\0\0\x08\0\x01".to_vec();
    exif.extend(b"\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0");
    let mut file = picture(width, height, ImageFormat::Jpeg);
    file.splice(2..2, exif);
    file
}

/// Returns a valid PNG of black pixels, a thousandth as large as they are.
pub(crate) fn png_bomb(width: u32, height: u32) -> Vec<u8> {
    let mut header = [width.to_be_bytes(), height.to_be_bytes()].concat();
    // Eight bits of grey.
    header.extend([8, 0, 0, 0, 0]);
    // Each row has one byte more, for its filter.
    let rows = u64::from(width + 1) * u64::from(height);
    let mut file = b"\x89PNG\r\n\x1a\n".to_vec();
    for (name, content) in [(b"IHDR", header), (b"IDAT", zlib_zeros(rows)), (b"IEND", vec![])] {
        file.extend((content.len() as u32).to_be_bytes());
        let chunk = [&name[..], &content].concat();
        file.extend(&chunk);
        file.extend(crc32(&chunk).to_be_bytes());
    }
    file
}

/// Returns so many zeros, compressed: the first one as it is, and copies of it.
fn zlib_zeros(length: u64) -> Vec<u8> {
    let mut file = vec![0x78, 0x01];
    let (mut byte, mut filled) = (0_u8, 0);
    let mut push = |file: &mut Vec<u8>, bits: &[u8]| {
        for bit in bits {
            byte |= (bit - b'0') << filled;
            filled += 1;
            if filled == 8 {
                file.push(std::mem::take(&mut byte));
                filled = 0;
            }
        }
    };
    // The last block, with the codes of RFC 1951 section 3.2.6: a zero, 258 bytes of distance 1,
    // and the end.
    push(&mut file, b"110");
    for _ in 0..1 + (length - 1) % 258 {
        push(&mut file, b"00110000");
    }
    for _ in 0..(length - 1) / 258 {
        push(&mut file, b"1100010100000");
    }
    push(&mut file, b"0000000");
    push(&mut file, b"0000000");
    let sum = ((length % 65_521) as u32) << 16 | 1;
    file.extend(sum.to_be_bytes());
    file
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| {
            if crc & 1 == 1 { crc >> 1 ^ 0xedb8_8320 } else { crc >> 1 }
        })
    })
}

/// A video of 8 seconds, by default as phones record it.
pub(crate) struct Mp4 {
    pub(crate) brand: [u8; 4],
    pub(crate) video: Option<&'static [u8; 4]>,
    pub(crate) profile: u8,
    pub(crate) sound: Option<&'static [u8; 4]>,
    pub(crate) object: u8,
    /// In 600ths of a second.
    pub(crate) duration: u32,
    pub(crate) is_turned: bool,
}

impl Default for Mp4 {
    fn default() -> Self {
        Self {
            brand: *b"isom",
            video: Some(b"avc1"),
            profile: 100,
            sound: Some(b"mp4a"),
            object: 0x40,
            duration: 8 * 600,
            is_turned: false,
        }
    }
}

pub(crate) fn mp4(about: &Mp4) -> Vec<u8> {
    let mut header = vec![0; 100];
    header[12..16].copy_from_slice(&600_u32.to_be_bytes());
    header[16..20].copy_from_slice(&about.duration.to_be_bytes());
    let mut movie = boxed(b"mvhd", &[&header]);
    if let Some(codec) = about.video {
        let avc = boxed(b"avcC", &[&[1, about.profile, 0, 31]]);
        movie.extend(track(about, b"vide", &boxed(codec, &[&[0; 78], &avc])));
    }
    if let Some(codec) = about.sound {
        let stream = [0, 0, 0, 0, 3, 0x80, 0x80, 0x80, 25, 0, 1, 0, 4, 17, about.object, 0x15];
        let esds = boxed(b"esds", &[&stream, &[0; 20]]);
        movie.extend(track(about, b"soun", &boxed(codec, &[&[0; 28], &esds])));
    }
    [
        boxed(b"ftyp", &[&about.brand, &[0; 4], b"isommp42"]),
        boxed(b"free", &[]),
        boxed(b"moov", &[&movie]),
        boxed(b"mdat", &[&[0; 500]]),
    ]
    .concat()
}

fn track(about: &Mp4, handler: &[u8; 4], description: &[u8]) -> Vec<u8> {
    let mut header = vec![0; 84];
    let turned = [0_u32, 0x1_0000, 0, 0xffff_0000, 0, 0, 0, 0, 0x4000_0000];
    let upright = [0x1_0000, 0, 0, 0, 0x1_0000, 0, 0, 0, 0x4000_0000];
    let matrix = if about.is_turned { turned } else { upright };
    let sides = [1280 << 16, 720 << 16];
    for (place, number) in header[40..].chunks_exact_mut(4).zip(matrix.iter().chain(&sides)) {
        place.copy_from_slice(&number.to_be_bytes());
    }
    let descriptions = boxed(b"stsd", &[&[0, 0, 0, 0, 0, 0, 0, 1], description]);
    let samples = boxed(b"minf", &[&boxed(b"stbl", &[&descriptions])]);
    let handler = boxed(b"hdlr", &[&[0; 8], handler, &[0; 13]]);
    let media = boxed(b"mdia", &[&handler, &samples]);
    boxed(b"trak", &[&boxed(b"tkhd", &[&header]), &media])
}

fn boxed(name: &[u8; 4], parts: &[&[u8]]) -> Vec<u8> {
    let content = parts.concat();
    let size = (content.len() as u32 + 8).to_be_bytes();
    [&size[..], name, &content].concat()
}

/// Returns frames of MP3, of 128 kbit/s and 44,100 samples a second.
pub(crate) fn mp3(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xfb, 0x90, 0];
    frame.resize(417, 0x55);
    frame.repeat(frames)
}

/// Returns frames of AAC, of 100 bytes and 16,000 samples a second.
pub(crate) fn adts(frames: usize) -> Vec<u8> {
    let mut frame = vec![0xff, 0xf1, 0x60, 0x40, 100 >> 3, (100 & 7) << 5 | 0x1f, 0xfc];
    frame.resize(100, 0x55);
    frame.repeat(frames)
}

/// Returns packets of Opus: one frame of 20 ms each, of sizes that need one segment of Ogg or more.
pub(crate) fn opus_packets(number: usize) -> Vec<Vec<u8>> {
    let packet = |index: usize| {
        let mut packet = vec![0x78];
        packet.resize([3, 90, 254, 255, 256, 510, 700][index % 7], index as u8);
        packet
    };
    (0..number).map(packet).collect()
}

fn opus_head(channels: u8) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    // 312 samples to skip, 48,000 a second, and no gain.
    head.extend([channels, 0x38, 1, 0x80, 0xbb, 0, 0, 0, 0, u8::from(channels > 2)]);
    head
}

/// Returns a recording of Firefox.
pub(crate) fn ogg_opus(packets: usize) -> Vec<u8> {
    ogg_opus_until(packets, packets as u64 * 960)
}

/// Returns a recording of Firefox with this end.
pub(crate) fn ogg_opus_until(packets: usize, end: u64) -> Vec<u8> {
    use ::ogg::PacketWriteEndInfo::{EndPage, EndStream, NormalPacket};
    let mut file = Vec::new();
    let mut pages = ::ogg::PacketWriter::new(&mut file);
    let tags = b"OpusTags\x07\0\0\0Firefox\x01\0\0\0\x09\0\0\0GEO=-15.7";
    pages.write_packet(opus_head(1), 77, EndPage, 0).expect("a page");
    pages.write_packet(&tags[..], 77, EndPage, 0).expect("a page");
    for (index, packet) in opus_packets(packets).into_iter().enumerate() {
        let (info, position) = match index + 1 {
            last if last == packets => (EndStream, end),
            number if number % 20 == 0 => (EndPage, number as u64 * 960),
            number => (NormalPacket, number as u64 * 960),
        };
        pages.write_packet(packet, 77, info, position).expect("a page");
    }
    file
}

/// A recording in WebM.
pub(crate) struct Recorded {
    pub(crate) codec: &'static [u8],
    pub(crate) channels: u8,
    pub(crate) packets: Vec<Vec<u8>>,
    /// The flags of each block.
    pub(crate) flags: u8,
    pub(crate) is_encoded: bool,
    /// True for a file that was completed: with sizes, an index, and groups of blocks.
    pub(crate) is_sized: bool,
}

impl Default for Recorded {
    fn default() -> Self {
        Self {
            codec: b"A_OPUS",
            channels: 1,
            packets: opus_packets(5),
            flags: 0x80,
            is_encoded: false,
            is_sized: false,
        }
    }
}

/// Returns a recording of Chromium, which is written live.
pub(crate) fn webm_opus(packets: usize) -> Vec<u8> {
    webm(&Recorded { packets: opus_packets(packets), ..Recorded::default() })
}

/// Returns a recording that a program completed.
pub(crate) fn webm_opus_sized(packets: usize) -> Vec<u8> {
    webm(&Recorded { packets: opus_packets(packets), is_sized: true, ..Recorded::default() })
}

pub(crate) fn webm(recorded: &Recorded) -> Vec<u8> {
    let picture = [element(&[0xd7], &[1]), element(&[0x83], &[1]), element(&[0x86], b"V_VP8")];
    let encodings = if recorded.is_encoded { element(&[0x6d, 0x80], &[0; 9]) } else { vec![] };
    let sound = [
        element(&[0xd7], &[2]),
        element(&[0x73, 0xc5], &[1, 2, 3, 4]),
        element(&[0x83], &[2]),
        element(&[0x86], recorded.codec),
        element(&[0x63, 0xa2], &opus_head(recorded.channels)),
        element(&[0xe1], &element(&[0x9f], &[recorded.channels])),
        encodings,
    ];
    let tracks = [element(&[0xae], &picture.concat()), element(&[0xae], &sound.concat())].concat();
    let mut segment = [
        element(&[0xec], &[0; 40]),
        element(&[0x15, 0x49, 0xa9, 0x66], &element(&[0x4d, 0x80], b"Chrome")),
        element(&[0x16, 0x54, 0xae, 0x6b], &tracks),
    ]
    .concat();
    for packets in recorded.packets.chunks(50) {
        let mut cluster = element(&[0xe7], &[0, 0]);
        // A block of the picture.
        cluster.extend(element(&[0xa3], &[0x81, 0, 0, 0x80, 1, 2, 3]));
        for packet in packets {
            let block = [&[0x82, 0, 0, recorded.flags][..], packet].concat();
            cluster.extend(if recorded.is_sized {
                element(&[0xa0], &[element(&[0xa1], &block), element(&[0x9b], &[20])].concat())
            } else {
                element(&[0xa3], &block)
            });
        }
        segment.extend(master(&[0x1f, 0x43, 0xb6, 0x75], &cluster, recorded.is_sized));
    }
    if recorded.is_sized {
        segment.extend(element(&[0x1c, 0x53, 0xbb, 0x6b], &[0xbb, 0x80]));
    }
    let header = element(&[0x42, 0x82], b"webm");
    [
        element(&[0x1a, 0x45, 0xdf, 0xa3], &header),
        master(&[0x18, 0x53, 0x80, 0x67], &segment, recorded.is_sized),
    ]
    .concat()
}

/// Returns an element that can be of unknown size.
fn master(id: &[u8], content: &[u8], is_sized: bool) -> Vec<u8> {
    if is_sized {
        return element(id, content);
    }
    let unknown = [0x01, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff];
    [id, &unknown, content].concat()
}

fn element(id: &[u8], content: &[u8]) -> Vec<u8> {
    let size = content.len() as u32;
    let size = match size {
        0..=126 => vec![0x80 | size as u8],
        _ => [&[0x08][..], &size.to_be_bytes()].concat(),
    };
    [id, &size, content].concat()
}

/// Returns a WebP of so many frames, each the same picture, as the container specification of WebP lays
/// them out.
pub(crate) fn moving_webp(width: u32, height: u32, frames: usize) -> Vec<u8> {
    fn chunk(name: &[u8; 4], content: &[u8]) -> Vec<u8> {
        let mut chunk = name.to_vec();
        chunk.extend((content.len() as u32).to_le_bytes());
        chunk.extend(content);
        if content.len() % 2 == 1 {
            chunk.push(0);
        }
        chunk
    }
    let three = |number: u32| number.to_le_bytes()[..3].to_vec();
    // The chunk of the bitstream follows `RIFF`, the length and `WEBP` in a still picture.
    let bitstream = picture(width, height, ImageFormat::WebP)[12..].to_vec();
    // The flag of an animation.
    let header = [vec![0x02, 0, 0, 0], three(width - 1), three(height - 1)].concat();
    // A transparent background, and no end of the loop.
    let animation = [0; 6];
    // At the upper left corner, 100 ms, drawn over the frame before.
    let place = [three(0), three(0), three(width - 1), three(height - 1), three(100), vec![0]];
    let frame = chunk(b"ANMF", &[place.concat(), bitstream].concat());
    let mut content = b"WEBP".to_vec();
    content.extend(chunk(b"VP8X", &header));
    content.extend(chunk(b"ANIM", &animation));
    content.extend(frame.repeat(frames));
    [b"RIFF".to_vec(), (content.len() as u32).to_le_bytes().to_vec(), content].concat()
}

/// Returns some bytes in zlib's format.
pub(crate) fn packed(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = ZlibEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("it is in memory");
    encoder.finish().expect("it is in memory")
}

/// Returns a PDF as simple programs write it, which states this count of pages.
pub(crate) fn pdf(count: &str) -> Vec<u8> {
    let mut file = b"%PDF-1.4\n".to_vec();
    let mut table = "xref\n0 3\n0000000000 65535 f \n".to_owned();
    let pages = format!("<</Type/Pages/Kids[]/Count {count}>>");
    for (number, object) in [(1, "<</Type/Catalog/Pages 2 0 R>>"), (2, &*pages)] {
        table += &format!("{:010} 00000 n \n", file.len());
        file.extend(format!("{number} 0 obj\n{object}\nendobj\n").into_bytes());
    }
    let begin = file.len();
    let end = format!("trailer\n<</Size 3/Root 1 0 R>>\nstartxref\n{begin}\n%%EOF\n");
    file.extend((table + &end).into_bytes());
    file
}

/// Returns the same file after a program has changed the count: what is new comes behind it.
pub(crate) fn updated_pdf(count: &str, later: u32) -> Vec<u8> {
    let mut file = pdf(count);
    let before = file.windows(8).position(|bytes| bytes == b"xref\n0 3").expect("a table");
    let object = file.len();
    file.extend(format!("2 0 obj\n<</Type/Pages/Count {later}>>\nendobj\n").into_bytes());
    let begin = file.len();
    let table = format!(
        "xref\n2 1\n{object:010} 00000 n \ntrailer\n<</Size 3/Root 1 0 R/Prev {before}>>\n\
         startxref\n{begin}\n%%EOF\n"
    );
    file.extend(table.into_bytes());
    file
}

/// Returns a PDF whose objects and table are compressed, as those of newer programs.
pub(crate) fn packed_pdf(pages: u32) -> Vec<u8> {
    let mut file = b"%PDF-1.5\n".to_vec();
    let stream = |file: &mut Vec<u8>, number: u8, dictionary: &str, content: &[u8]| {
        let (begin, content) = (file.len(), packed(content));
        let head = format!(
            "{number} 0 obj\n<<{dictionary}/Filter/FlateDecode/Length {}>>\nstream\r\n",
            content.len()
        );
        file.extend(head.into_bytes());
        file.extend(content);
        file.extend(b"\nendstream\nendobj\n");
        u8::try_from(begin).expect("a short file")
    };
    let catalog = "<</Type/Catalog/Pages 2 0 R>>";
    let header = format!("1 0 2 {} ", catalog.len() + 1);
    let objects = format!("{header}{catalog} <</Type/Pages/Count {pages}>>");
    let dictionary = format!("/Type/ObjStm/N 2/First {}", header.len());
    let at = stream(&mut file, 3, &dictionary, objects.as_bytes());
    // The kind, the place and the index of each object, as differences from the row above.
    let rows = [[0, 0, 0], [2, 3, 0], [2, 3, 1], [1, at, 0]];
    let mut above = [0_u8; 3];
    let mut table = Vec::new();
    for row in rows {
        table.push(2);
        table.extend(row.iter().zip(above).map(|(byte, up)| byte.wrapping_sub(up)));
        above = row;
    }
    let dictionary = "/Type/XRef/Size 4/W[1 1 1]/Root 1 0 R/DecodeParms<</Predictor 12/Columns 3>>";
    let begin = stream(&mut file, 4, dictionary, &table);
    file.extend(format!("startxref\n{begin}\n%%EOF\n").into_bytes());
    file
}
