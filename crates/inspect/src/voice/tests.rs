//! Recordings are made by hand in `samples`.

use hostile::cases;
use proptest::prelude::*;

use super::*;
use crate::samples::{
    Recorded, ogg_opus, ogg_opus_until, opus_packets, webm, webm_opus, webm_opus_sized,
};

fn to_ogg(file: &[u8]) -> Result<(VoiceNote, Vec<u8>), VoiceError> {
    let mut written = Vec::new();
    let note = write::write(Recording::open(file)?, &mut written)?;
    Ok((note, written))
}

fn packets(file: &[u8]) -> Vec<Vec<u8>> {
    let mut recording = Recording::open(file).expect("a recording");
    let mut packets = Vec::new();
    while let Some(packet) = recording.next().expect("a packet") {
        packets.push(packet);
    }
    packets
}

#[test]
fn a_recording_of_chromium_becomes_ogg() {
    for file in [webm_opus(150), webm_opus_sized(150)] {
        let (note, written) = to_ogg(&file).expect("a voice note");
        assert_eq!(note.seconds, 3);
        assert!(written.starts_with(b"OggS"));
        assert_eq!(packets(&written), opus_packets(150));
    }
}

#[test]
fn a_recording_of_firefox_is_written_anew() {
    let (note, written) = to_ogg(&ogg_opus(150)).expect("a voice note");
    assert_eq!(note.seconds, 3);
    assert_eq!(packets(&written), opus_packets(150));
    assert!(!written.windows(9).any(|word| word == b"GEO=-15.7"), "its tags are gone");
    let (_, again) = to_ogg(&written).expect("a voice note");
    assert_eq!(again, written);
}

#[test]
fn positions_are_sums_of_packets_and_pages_are_short() {
    let (_, written) = to_ogg(&webm_opus(150)).expect("a voice note");
    let mut reader = ::ogg::PacketReader::new(Cursor::new(&written));
    let mut positions = Vec::new();
    let mut is_last = false;
    while let Some(packet) = reader.read_packet().expect("valid pages") {
        if packet.last_in_page() {
            positions.push(packet.absgp_page());
        }
        is_last = packet.last_in_stream();
    }
    // Both headers, and pages of a second: packets of the sample have 20 ms.
    assert_eq!(positions, [0, 0, 48_000, 96_000, 144_000]);
    assert!(is_last, "the end is marked");
}

#[test]
fn the_header_is_that_of_the_recorder() {
    let (_, written) = to_ogg(&webm_opus(2)).expect("a voice note");
    let head = Recording::open(&written[..]).expect("a recording").head();
    assert_eq!(head, Head { channels: 1, pre_skip: 312, rate: 48_000 });
    assert_eq!(&written[28..47], &head.to_bytes());
}

#[test]
fn an_end_within_the_last_packet_is_kept() {
    let end = 150 * 960 - 500;
    let (_, written) = to_ogg(&ogg_opus_until(150, end)).expect("a voice note");
    let mut recording = Recording::open(&written[..]).expect("a recording");
    while recording.next().expect("a packet").is_some() {}
    assert_eq!(recording.end(150 * 960, 960), end);
    let (_, written) = to_ogg(&ogg_opus_until(150, 7)).expect("a voice note");
    let mut recording = Recording::open(&written[..]).expect("a recording");
    while recording.next().expect("a packet").is_some() {}
    assert_eq!(recording.end(150 * 960, 960), 150 * 960, "an impossible end is not");
}

#[test]
fn other_files_are_no_opus() {
    let vorbis = webm(&Recorded { codec: b"A_VORBIS", ..Recorded::default() });
    let surround = webm(&Recorded { channels: 6, ..Recorded::default() });
    let packed = webm(&Recorded { is_encoded: true, ..Recorded::default() });
    let mut ogg_vorbis = Vec::new();
    let mut writer = ::ogg::PacketWriter::new(&mut ogg_vorbis);
    let end = ::ogg::PacketWriteEndInfo::EndStream;
    writer.write_packet(&b"\x01vorbis and more of it"[..], 1, end, 0).expect("a page");
    for file in [vorbis, surround, packed, ogg_vorbis, b"ftypM4A ".to_vec(), Vec::new()] {
        assert!(matches!(to_ogg(&file), Err(VoiceError::NotOpus)), "{:?}", to_ogg(&file));
    }
}

#[test]
fn broken_recordings_are_refused() {
    let long = webm(&Recorded { packets: vec![vec![0x1b, 2]; 60_001], ..Recorded::default() });
    let empty = webm(&Recorded { packets: Vec::new(), ..Recorded::default() });
    let huge = Recorded { packets: vec![vec![0x78; 70_000]], ..Recorded::default() };
    let blank = Recorded { packets: vec![Vec::new()], ..Recorded::default() };
    let laced = Recorded { flags: 0x06, ..Recorded::default() };
    let (whole, pages) = (webm_opus(5), ogg_opus(5));
    for file in [
        long,
        empty,
        webm(&huge),
        webm(&blank),
        webm(&laced),
        whole[..whole.len() - 1].to_vec(),
        pages[..pages.len() - 1].to_vec(),
        [&pages[..], b"more"].concat(),
    ] {
        assert!(matches!(to_ogg(&file), Err(VoiceError::Broken)), "{:?}", to_ogg(&file));
    }
}

#[test]
fn two_hours_are_a_voice_note() {
    // 60,000 packets of 120 ms.
    let two_hours = Recorded { packets: vec![vec![0x1b, 2]; 60_000], ..Recorded::default() };
    assert_eq!(to_ogg(&webm(&two_hours)).expect("a voice note").0.seconds, 7_200);
}

#[test]
fn only_a_complete_file_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let (from, to) = (folder.path().join("from"), folder.path().join("to"));
    fs::write(&from, webm_opus(100)).expect("a file");
    assert_eq!(super::to_ogg(&from, &to).expect("a voice note"), VoiceNote { seconds: 2 });
    assert!(fs::read(&to).expect("a file").starts_with(b"OggS"));
    assert!(super::to_ogg(&from, &from).is_err(), "it would destroy the recording");
    assert!(from.metadata().expect("the recording").len() > 0);
    let whole = webm_opus(100);
    fs::write(&from, &whole[..whole.len() - 1]).expect("a file");
    assert!(matches!(super::to_ogg(&from, &to), Err(VoiceError::Broken)));
    assert!(!to.exists());
    let missing = folder.path().join("nothing");
    assert!(matches!(super::to_ogg(&missing, &to), Err(VoiceError::Io(_))));
}

proptest! {
    #![proptest_config(cases(256))]

    #[test]
    fn any_recording_is_written_or_refused(
        file in prop_oneof![
            6 => hostile::mutated(vec![
                webm_opus(8), webm_opus_sized(8), ogg_opus(8), ogg_opus_until(3, 2_500),
            ]),
            1 => hostile::bytes(300).prop_map(|rest| [&webm::MAGIC[..], &rest].concat()),
            1 => hostile::bytes(300).prop_map(|rest| [&ogg::MAGIC[..], &rest].concat()),
        ],
    ) {
        if let Ok((note, written)) = to_ogg(&file) {
            prop_assert!(written.len() <= file.len() + 4_096);
            let (again, same) = to_ogg(&written).expect("what is written can be read");
            prop_assert_eq!((again, same), (note, written));
        }
    }

    #[test]
    fn any_packets_stay_as_they_are(
        packets in proptest::collection::vec(
            // Codes 0 to 2, which have one or two frames and no second byte.
            (any::<u8>(), hostile::bytes(600)).prop_map(|(toc, rest)| {
                [&[if toc & 3 == 3 { toc ^ 1 } else { toc }][..], &rest].concat()
            }),
            1..40,
        ),
    ) {
        let file = webm(&Recorded { packets: packets.clone(), ..Recorded::default() });
        let (_, written) = to_ogg(&file).expect("a voice note");
        prop_assert_eq!(self::packets(&written), packets);
    }
}
