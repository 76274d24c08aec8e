//! Reads files that people made, and never trusts them: finds their type, size and duration, makes
//! previews of pictures, and makes voice notes that phones play.
//!
//! * [`inspect`]: the class, the type, the shape and the duration of a file, by its content.
//! * [`preview_of`], [`preview_of_bytes`]: a small JPEG of a picture; [`checked_preview`]: the same of
//!   a preview that a browser made.
//! * [`profile_picture`]: a large picture of a person, encoded again.
//! * [`pdf_pages`]: the count of the pages of a PDF.
//! * [`sticker`]: the shape of a sticker, and if it moves.
//! * [`voice`]: a recording of a browser as Opus in Ogg, as WhatsApp wants voice notes.
//!
//! The crate has no database and no `async`: callers run it on a thread that may block. Every
//! function reads a file as a stream or within fixed limits, so that its memory does not depend on
//! the size of the file. Only pictures need more, up to the limits in `picture`, and are therefore
//! decoded one at a time.
//!
//! # Dependencies
//!
//! * `image` (MIT or Apache-2.0) decodes pictures, with four decoders of its own family and nothing
//!   else; it has limits for sides and allocations.
//! * `flate2` (MIT or Apache-2.0), which the server has for its answers, unpacks the tables of PDF.
//! * `infer` (MIT, no dependencies) finds the type of a file by its first bytes.
//! * `ogg` (BSD-3-Clause, needs `byteorder` only) has pages of Ogg with their checksums. `voice`
//!   reads the header of each page itself, since the reader of `ogg` does not limit packets and
//!   streams.
//!
//! MP4, MP3 and WebM have readers here, since only a few fields of each are needed, and since with
//! the libraries a small file could take much memory: `re_mp4` lists every sample, of which a file
//! can claim four thousand million; `matroska-demuxer` lists every element, and reads the unknown
//! size that browsers write in eight bytes as a size. `mp4parse` is robust, but its licence (MPL-2.0)
//! is none of ours, and it and `mp4` had their last releases in 2023. `lopdf` has all of a PDF in memory, with
//! every object; three of them have the count of its pages.

mod examine;
mod frames;
mod mime;
mod movie;
mod pdf;
mod picture;
#[cfg(test)]
mod samples;
mod sticker;
pub mod voice;

pub use examine::{Class, Inspected, OGG_OPUS, inspect};
pub use pdf::pdf_pages;
pub use picture::{checked_preview, preview_of, preview_of_bytes, profile_picture};
pub use sticker::{Sticker, sticker};
