//! Pictures: their shape, and previews of them.
//!
//! A small file can be a huge picture. Sides and memory are limited before anything is decoded, a
//! decoder that panics has only failed, and pictures are decoded one at a time, so that the memory
//! of all previews is that of one: at most [`MEMORY`] for the pixels, and up to three times as
//! much within the decoder of progressive JPEG.

use std::fs::File;
use std::io::{BufRead, BufReader, Cursor, Seek};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;
use std::sync::{Mutex, PoisonError};

use image::codecs::jpeg::JpegEncoder;
use image::metadata::Orientation;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits, RgbImage};
use model::file_limits;

/// Bytes of the pixels of the largest picture that is decoded.
const MEMORY: u64 = 64 * 1024 * 1024;
/// Side of the largest picture that phones show. Photos of 108 megapixels have 12,000.
const LARGEST_SIDE: u32 = 12_000;
/// Side of a preview, as phones make them.
const PREVIEW_SIDE: u32 = 96;
/// Side of the largest preview that is accepted from a browser, to be made smaller.
const LARGEST_PREVIEW: u32 = 1_024;
/// Quality of the JPEG of a preview, of 100.
const QUALITY: u8 = 70;
/// Side of a large profile picture; those of WhatsApp have 640.
const PROFILE_SIDE: u32 = 1_024;
/// Quality of its JPEG.
const PROFILE_QUALITY: u8 = 85;

/// Held while a picture is decoded.
static DECODER: Mutex<()> = Mutex::new(());

/// Returns a JPEG of a picture for the message itself: at most 96 px a side and
/// [`file_limits::PREVIEW`] bytes, upright, without metadata, and white where the picture is
/// transparent. `None` if the file is no JPEG, PNG, WebP or GIF within the limits.
pub fn preview_of(path: &Path) -> Option<Vec<u8>> {
    preview(BufReader::new(File::open(path).ok()?))
}

/// Returns the same of a picture in memory, such as that of a page.
pub fn preview_of_bytes(picture: &[u8]) -> Option<Vec<u8>> {
    preview(Cursor::new(picture))
}

/// Returns the preview that a browser made, decoded and encoded again, so that nothing but pixels
/// of at most 96 px a side is left of it. `None` if it is no JPEG within the limits.
pub fn checked_preview(jpeg: &[u8]) -> Option<Vec<u8>> {
    if jpeg.len() > file_limits::PREVIEW {
        return None;
    }
    encoded(guarded(|| small(Cursor::new(jpeg), ImageFormat::Jpeg, LARGEST_PREVIEW))?)
}

/// Returns a large profile picture, decoded and encoded again as a JPEG of at most 1,024 px a side, so that
/// nothing but pixels is left of it. `None` if it is no JPEG, PNG, WebP or GIF within the limits.
pub fn profile_picture(picture: &[u8]) -> Option<Vec<u8>> {
    if picture.len() as u64 > file_limits::IMAGE {
        return None;
    }
    let format = format(picture)?;
    let within = || fitted(Cursor::new(picture), format, LARGEST_SIDE, PROFILE_SIDE);
    jpeg(&guarded(within)?, PROFILE_QUALITY)
}

/// Returns the shape of a picture as shown, after rotation; `None` if its header cannot be read.
pub(crate) fn shape(file: impl BufRead + Seek, format: ImageFormat) -> Option<(u32, u32)> {
    guarded(|| {
        let mut decoder = decoder(file, format, u32::MAX)?;
        let (width, height) = decoder.dimensions();
        let turned = matches!(
            orientation(&mut decoder),
            Orientation::Rotate90
                | Orientation::Rotate270
                | Orientation::Rotate90FlipH
                | Orientation::Rotate270FlipH
        );
        let shape = if turned { (height, width) } else { (width, height) };
        Some(shape).filter(|_| width > 0 && height > 0)
    })
}

/// Returns true for pictures that phones show as such.
pub(crate) fn shows_on_phones(format: ImageFormat, (width, height): (u32, u32)) -> bool {
    matches!(format, ImageFormat::Jpeg | ImageFormat::Png) && width.max(height) <= LARGEST_SIDE
}

/// Returns the format of a picture that begins with `head`, if its decoder is here.
pub(crate) fn format(head: &[u8]) -> Option<ImageFormat> {
    image::guess_format(head).ok().filter(|format| {
        use ImageFormat::{Gif, Jpeg, Png, WebP};
        matches!(format, Jpeg | Png | WebP | Gif)
    })
}

/// Returns true if the first picture of a file can be decoded within the limits.
pub(crate) fn is_decodable(file: impl BufRead + Seek, format: ImageFormat, largest: u32) -> bool {
    guarded(|| small(file, format, largest)).is_some()
}

fn preview(mut file: impl BufRead + Seek) -> Option<Vec<u8>> {
    // The decoder of JPEG has the whole file in memory.
    let length = file.seek(std::io::SeekFrom::End(0)).ok()?;
    if length > file_limits::IMAGE {
        return None;
    }
    file.rewind().ok()?;
    let format = format(file.fill_buf().ok()?)?;
    encoded(guarded(|| small(file, format, LARGEST_SIDE))?)
}

/// Runs a decoder: only one at a time, and one that panics returns nothing.
pub(crate) fn guarded<T>(decode: impl FnOnce() -> Option<T>) -> Option<T> {
    let _one = DECODER.lock().unwrap_or_else(PoisonError::into_inner);
    catch_unwind(AssertUnwindSafe(decode)).ok().flatten()
}

/// Decodes a picture, and makes it small.
fn small(file: impl BufRead + Seek, format: ImageFormat, largest: u32) -> Option<RgbImage> {
    fitted(file, format, largest, PREVIEW_SIDE)
}

/// Decodes a picture, and makes it so small that no side has more than these pixels.
fn fitted(
    file: impl BufRead + Seek,
    format: ImageFormat,
    largest: u32,
    side: u32,
) -> Option<RgbImage> {
    let mut decoder = decoder(file, format, largest)?;
    if decoder.total_bytes() > MEMORY {
        return None;
    }
    let orientation = orientation(&mut decoder);
    let mut picture = DynamicImage::from_decoder(decoder).ok()?;
    if picture.width().max(picture.height()) > side {
        picture = picture.thumbnail(side, side);
    }
    picture.apply_orientation(orientation);
    Some(on_white(&picture))
}

fn decoder<'a>(
    file: impl BufRead + Seek + 'a,
    format: ImageFormat,
    largest: u32,
) -> Option<impl ImageDecoder + 'a> {
    let mut reader = ImageReader::with_format(file, format);
    let mut limits = Limits::no_limits();
    limits.max_image_width = Some(largest);
    limits.max_image_height = Some(largest);
    limits.max_alloc = Some(MEMORY);
    reader.limits(limits);
    reader.into_decoder().ok()
}

fn orientation(decoder: &mut impl ImageDecoder) -> Orientation {
    decoder.orientation().unwrap_or(Orientation::NoTransforms)
}

fn on_white(picture: &DynamicImage) -> RgbImage {
    let pixels = picture.to_rgba8();
    RgbImage::from_fn(pixels.width(), pixels.height(), |x, y| {
        let [red, green, blue, alpha] = pixels.get_pixel(x, y).0;
        let over = |color: u8| {
            let alpha = u16::from(alpha);
            ((u16::from(color) * alpha + 255 * (255 - alpha)) / 255) as u8
        };
        image::Rgb([over(red), over(green), over(blue)])
    })
}

fn encoded(picture: RgbImage) -> Option<Vec<u8>> {
    jpeg(&picture, QUALITY).filter(|jpeg| jpeg.len() <= file_limits::PREVIEW)
}

fn jpeg(picture: &RgbImage, quality: u8) -> Option<Vec<u8>> {
    let mut jpeg = Vec::new();
    JpegEncoder::new_with_quality(&mut jpeg, quality).encode_image(picture).ok()?;
    Some(jpeg)
}

#[cfg(test)]
mod tests {
    use hostile::cases;
    use proptest::prelude::*;

    use super::*;
    use crate::samples::{picture, png_bomb, turned_jpeg};

    fn preview_of(bytes: &[u8]) -> Option<Vec<u8>> {
        preview(Cursor::new(bytes))
    }

    fn size(jpeg: &[u8]) -> (u32, u32) {
        assert!(jpeg.starts_with(&[0xff, 0xd8]) && jpeg.len() <= file_limits::PREVIEW);
        let picture = image::load_from_memory(jpeg).expect("a JPEG");
        (picture.width(), picture.height())
    }

    const FORMATS: [ImageFormat; 4] =
        [ImageFormat::Jpeg, ImageFormat::Png, ImageFormat::WebP, ImageFormat::Gif];

    #[test]
    fn every_format_has_a_preview() {
        for format in FORMATS {
            let file = picture(400, 200, format);
            assert_eq!(shape(Cursor::new(&file), format), Some((400, 200)), "{format:?}");
            let preview = preview_of(&file).expect("a preview");
            assert_eq!(size(&preview), (96, 48), "{format:?}");
        }
        let small = preview_of(&picture(20, 10, ImageFormat::Png)).expect("a preview");
        assert_eq!(size(&small), (20, 10), "it is not made larger");
        let thin = preview_of(&picture(2_000, 1, ImageFormat::Png)).expect("a preview");
        assert_eq!(size(&thin), (96, 1));
    }

    #[test]
    fn a_photo_is_turned_as_its_camera_was() {
        let file = turned_jpeg(400, 200);
        assert_eq!(shape(Cursor::new(&file), ImageFormat::Jpeg), Some((200, 400)));
        let preview = preview_of(&file).expect("a preview");
        assert_eq!(size(&preview), (48, 96));
    }

    #[test]
    fn a_preview_of_a_browser_is_encoded_again() {
        let preview = checked_preview(&turned_jpeg(96, 48)).expect("a preview");
        assert_eq!(size(&preview), (48, 96));
        assert!(!preview.windows(4).any(|word| word == b"Exif"));
        let large = checked_preview(&picture(200, 150, ImageFormat::Jpeg)).expect("a preview");
        assert_eq!(size(&large), (96, 72));
        assert_eq!(checked_preview(&picture(96, 96, ImageFormat::Png)), None, "no JPEG");
        let huge = picture(1_025, 1, ImageFormat::Jpeg);
        assert_eq!(checked_preview(&huge), None);
        let mut long = picture(96, 96, ImageFormat::Jpeg);
        long.resize(file_limits::PREVIEW + 1, 0);
        assert_eq!(checked_preview(&long), None);
    }

    #[test]
    fn a_profile_picture_is_encoded_again() {
        let size = |jpeg: &[u8]| {
            let picture = image::load_from_memory(jpeg).expect("a JPEG");
            (picture.width(), picture.height())
        };
        let upright = profile_picture(&turned_jpeg(640, 320)).expect("a picture");
        assert_eq!(size(&upright), (320, 640));
        assert!(!upright.windows(4).any(|word| word == b"Exif"));
        let large = profile_picture(&picture(2_048, 2_048, ImageFormat::Png)).expect("a picture");
        assert_eq!(size(&large), (1_024, 1_024));
        assert!(large.starts_with(&[0xff, 0xd8]));
        assert_eq!(profile_picture(b"<svg/>"), None);
        assert_eq!(profile_picture(&png_bomb(11_000, 11_000)), None);
    }

    #[test]
    fn a_bomb_is_refused_before_it_is_decoded() {
        let bomb = png_bomb(11_000, 11_000);
        assert!(bomb.len() < 1_000_000);
        assert_eq!(shape(Cursor::new(&bomb), ImageFormat::Png), Some((11_000, 11_000)));
        assert_eq!(preview_of(&bomb), None);
        assert!(preview_of(&png_bomb(300, 200)).is_some(), "a smaller one is a valid picture");
        let wide = png_bomb(60_000, 2);
        assert!(!shows_on_phones(ImageFormat::Png, (60_000, 2)));
        assert_eq!(preview_of(&wide), None);
    }

    #[test]
    fn a_decoder_that_panics_has_only_failed() {
        assert_eq!(guarded::<()>(|| panic!("a bug of a decoder")), None);
        assert_eq!(guarded(|| Some(1)), Some(1), "the next one runs");
    }

    proptest! {
        #![proptest_config(cases(64))]

        #[test]
        fn any_picture_is_shown_or_refused(
            file in hostile::mutated(FORMATS.iter().map(|one| picture(40, 30, *one)).collect()),
        ) {
            if let Some(format) = format(&file) {
                // Without the guard: a panic would be a bug to report to `image`.
                let decoded = small(Cursor::new(&file), format, LARGEST_SIDE);
                prop_assert!(decoded.is_none_or(|one| one.width().max(one.height()) <= 96));
            }
            let preview = checked_preview(&file);
            prop_assert!(preview.is_none_or(|jpeg| jpeg.len() <= file_limits::PREVIEW));
        }
    }
}
