//! Packets of Opus: their duration (RFC 6716 section 3.1), and the header of a stream (RFC 7845
//! section 5.1).

/// Bytes of the largest packet that is read: 48 frames of 1,275 bytes, with their lengths.
pub(super) const LARGEST: usize = 61_440;

/// Samples of the longest packet, 120 ms.
const MOST_SAMPLES: u64 = 5_760;

/// Returns the samples of a packet at 48 kHz; `None` if it is not valid.
///
/// The first byte has five bits for the mode and the duration of a frame, one for the channels, and
/// two for the number of frames: one, two (of the same size or not), or as the second byte counts.
pub(super) fn samples(packet: &[u8]) -> Option<u64> {
    let toc = *packet.first()?;
    let index = usize::from(toc >> 3 & 3);
    let frame = match toc >> 3 {
        // SILK: 10, 20, 40 and 60 ms.
        0..=11 => [480, 960, 1_920, 2_880][index],
        // Both: 10 and 20 ms.
        12..=15 => [480, 960][index & 1],
        // CELT: 2.5, 5, 10 and 20 ms.
        _ => [120, 240, 480, 960][index],
    };
    let frames = match toc & 3 {
        0 => 1,
        1 | 2 => 2,
        _ => u64::from(packet.get(1)? & 0x3f),
    };
    Some(frame * frames).filter(|samples| (1..=MOST_SAMPLES).contains(samples))
}

/// The fields of `OpusHead` that a voice note has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Head {
    /// 1 or 2.
    pub(super) channels: u8,
    /// Samples at 48 kHz at the beginning that are decoded and not played.
    pub(super) pre_skip: u16,
    /// Samples a second of the microphone, for information only.
    pub(super) rate: u32,
}

impl Head {
    /// Reads a header; `None` if it is none, or one of more than two channels.
    pub(super) fn read(bytes: &[u8]) -> Option<Self> {
        let rest = bytes.strip_prefix(b"OpusHead")?;
        let [version, channels, skip_a, skip_b, a, b, c, d, _gain_a, _gain_b, family] =
            *rest.first_chunk()?;
        // A version is compatible if its upper half is zero. Family 0 has one or two channels.
        let valid = version >> 4 == 0 && matches!(channels, 1 | 2) && family == 0;
        valid.then(|| Self {
            channels,
            pre_skip: u16::from_le_bytes([skip_a, skip_b]),
            rate: u32::from_le_bytes([a, b, c, d]),
        })
    }

    /// Returns the header. Its gain is zero: a recording is as loud as it was recorded, and cannot
    /// be made louder than that.
    pub(super) fn to_bytes(self) -> Vec<u8> {
        let mut bytes = b"OpusHead\x01".to_vec();
        bytes.push(self.channels);
        bytes.extend(self.pre_skip.to_le_bytes());
        bytes.extend(self.rate.to_le_bytes());
        bytes.extend([0, 0, 0]);
        bytes
    }
}

#[cfg(test)]
mod tests {
    use hostile::cases;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_packet_plays_as_long_as_its_first_byte_states() {
        for (packet, milliseconds) in [
            (&[0x00][..], Some(10.0)),
            (&[0x08], Some(20.0)),
            (&[0x18], Some(60.0)),
            (&[0x60], Some(10.0)),
            (&[0x78], Some(20.0)),
            (&[0x80], Some(2.5)),
            (&[0xfc], Some(20.0)),
            (&[0xf9], Some(40.0)),
            (&[0x1a], Some(120.0)),
            (&[0xfb, 0xc3], Some(60.0)),
            (&[0x1b, 3], None),
            (&[0xfb, 0], None),
            (&[0xfb], None),
            (&[], None),
        ] {
            let samples = samples(packet).map(|samples| samples as f64 / 48.0);
            assert_eq!(samples, milliseconds, "{packet:x?}");
        }
    }

    #[test]
    fn a_header_of_one_or_two_channels_is_read() {
        let head = Head { channels: 2, pre_skip: 3_840, rate: 16_000 };
        assert_eq!(Head::read(&head.to_bytes()), Some(head));
        let mut bytes = head.to_bytes();
        bytes[9] = 3;
        assert_eq!(Head::read(&bytes), None);
        bytes[9] = 0;
        assert_eq!(Head::read(&bytes), None);
        assert_eq!(Head::read(b"OpusHead"), None);
        assert_eq!(Head::read(b"OpusTags\x01\x01abcdefghi"), None);
    }

    proptest! {
        #![proptest_config(cases(256))]

        #[test]
        fn any_packet_plays_at_most_120_ms(packet in hostile::bytes(4)) {
            if let Some(samples) = samples(&packet) {
                prop_assert!((120..=MOST_SAMPLES).contains(&samples));
            }
            prop_assert_eq!(Head::read(&packet), None);
        }
    }
}
