//! Stickers: small WebP pictures, still or moving.

use std::fs::File;
use std::io::{BufRead, BufReader, Seek, SeekFrom};
use std::path::Path;

use image::codecs::webp::WebPDecoder;
use image::{ImageDecoder as _, ImageFormat};
use model::file_limits;

use crate::picture;

/// The findings about a sticker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sticker {
    /// Width and height in pixels.
    pub shape: (u32, u32),
    /// It moves.
    pub animated: bool,
}

/// Reads a sticker; `None` if the file is none that phones show: a WebP of at most
/// [`file_limits::STICKER`] bytes and [`file_limits::STICKER_SIDE`] pixels a side, of which the first
/// picture can be decoded.
pub fn sticker(path: &Path) -> Option<Sticker> {
    read(BufReader::new(File::open(path).ok()?))
}

fn read(mut file: impl BufRead + Seek) -> Option<Sticker> {
    if file.seek(SeekFrom::End(0)).ok()? > file_limits::STICKER {
        return None;
    }
    file.rewind().ok()?;
    if picture::format(file.fill_buf().ok()?)? != ImageFormat::WebP {
        return None;
    }
    let found = picture::guarded(|| {
        let decoder = WebPDecoder::new(&mut file).ok()?;
        let (shape, animated) = (decoder.dimensions(), decoder.has_animation());
        let sides = 1..=file_limits::STICKER_SIDE;
        let is_small = sides.contains(&shape.0) && sides.contains(&shape.1);
        is_small.then_some(Sticker { shape, animated })
    })?;
    file.rewind().ok()?;
    picture::is_decodable(file, ImageFormat::WebP, file_limits::STICKER_SIDE).then_some(found)
}

#[cfg(test)]
mod tests {
    use std::io::Cursor;

    use hostile::cases;
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{moving_webp, picture};

    fn of(file: &[u8]) -> Option<Sticker> {
        read(Cursor::new(file))
    }

    #[test]
    fn a_small_webp_is_a_sticker_and_says_whether_it_moves() {
        let still = picture(512, 512, ImageFormat::WebP);
        assert_eq!(of(&still), Some(Sticker { shape: (512, 512), animated: false }));
        let moving = moving_webp(64, 48, 3);
        assert_eq!(of(&moving), Some(Sticker { shape: (64, 48), animated: true }));
    }

    #[test]
    fn anything_else_is_none() {
        assert_eq!(of(&picture(513, 20, ImageFormat::WebP)), None, "it is too wide");
        assert_eq!(of(&picture(20, 513, ImageFormat::WebP)), None, "it is too high");
        for format in [ImageFormat::Png, ImageFormat::Jpeg, ImageFormat::Gif] {
            assert_eq!(of(&picture(20, 20, format)), None, "{format:?}");
        }
        let whole = picture(200, 200, ImageFormat::WebP);
        assert_eq!(of(&whole[..whole.len() / 2]), None, "it is cut off");
        let mut long = picture(20, 20, ImageFormat::WebP);
        long.resize(file_limits::STICKER as usize + 1, 0);
        assert_eq!(of(&long), None, "it is too long");
        assert_eq!(of(b""), None);
    }

    proptest! {
        #![proptest_config(cases(64))]

        #[test]
        fn any_file_is_a_sticker_within_the_limits_or_none(
            file in hostile::mutated(vec![picture(40, 30, ImageFormat::WebP), moving_webp(40, 30, 2)]),
        ) {
            let sides = 1..=file_limits::STICKER_SIDE;
            let is_within = of(&file)
                .is_none_or(|one| sides.contains(&one.shape.0) && sides.contains(&one.shape.1));
            prop_assert!(is_within);
        }
    }
}
