//! Files and stickers.

use serde::Deserialize;

use super::invalid::{decode, invalid};
use super::misplaced::first_misplaced;
use crate::control::ControlError;
use crate::json::null_as_default;
use crate::phone::{MediaKind, NewMedia};

/// Bytes of a waveform.
const WAVEFORM: usize = 64;

/// A file in base64, with an optional thumbnail in base64.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Media {
    pub(super) kind: MediaKind,
    mime: String,
    base64: String,
    caption: Option<String>,
    file_name: Option<String>,
    seconds: Option<u32>,
    width: Option<u32>,
    height: Option<u32>,
    page_count: Option<u32>,
    thumbnail: Option<String>,
    /// The volume over time of an audio or voice message: 64 bytes in base64.
    waveform: Option<String>,
    /// The video plays like a GIF.
    #[serde(default, deserialize_with = "null_as_default")]
    gif_playback: bool,
    /// The sticker moves.
    #[serde(default, deserialize_with = "null_as_default")]
    animated: bool,
    /// The id of the album that an image or a video is part of.
    album: Option<String>,
    /// A path that the message states instead of the file's own.
    direct_path: Option<String>,
}

/// A sticker in base64.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Sticker {
    /// `image/webp` if left out.
    mime: Option<String>,
    base64: String,
    width: Option<u32>,
    height: Option<u32>,
    #[serde(default, deserialize_with = "null_as_default")]
    animated: bool,
}

impl Media {
    /// The first field that files of this kind do not have.
    fn misplaced_field(&self) -> Option<&'static str> {
        use MediaKind::{Audio, Document, Image, Sticker, Video, Voice};
        let is_of = |kinds: &[MediaKind]| kinds.contains(&self.kind);
        let fields = [
            ("media.caption", self.caption.is_some(), is_of(&[Image, Video, Document])),
            ("media.seconds", self.seconds.is_some(), is_of(&[Video, Audio, Voice])),
            ("media.width", self.width.is_some(), is_of(&[Image, Video, Sticker])),
            ("media.height", self.height.is_some(), is_of(&[Image, Video, Sticker])),
            ("media.page_count", self.page_count.is_some(), is_of(&[Document])),
            ("media.thumbnail", self.thumbnail.is_some(), is_of(&[Image, Video, Document])),
            ("media.waveform", self.waveform.is_some(), is_of(&[Audio, Voice])),
            ("media.gif_playback", self.gif_playback, is_of(&[Video])),
            ("media.animated", self.animated, is_of(&[Sticker])),
            ("media.album", self.album.is_some(), is_of(&[Image, Video])),
        ];
        first_misplaced(fields)
    }

    pub(super) fn read(self, view_once: bool) -> Result<NewMedia, ControlError> {
        if let Some(field) = self.misplaced_field() {
            return Err(invalid(format!("{field} does not go with {}", self.kind.as_str())));
        }
        let thumbnail = self.thumbnail.map(|thumbnail| decode("media.thumbnail", &thumbnail));
        let waveform = self.waveform.map(|waveform| decode("media.waveform", &waveform));
        let waveform = waveform.transpose()?;
        if waveform.as_ref().is_some_and(|waveform| waveform.len() != WAVEFORM) {
            return Err(invalid("media.waveform has 64 bytes"));
        }
        Ok(NewMedia {
            caption: self.caption,
            file_name: self.file_name,
            seconds: self.seconds,
            width: self.width,
            height: self.height,
            page_count: self.page_count,
            thumbnail: thumbnail.transpose()?,
            waveform,
            gif_playback: self.gif_playback,
            animated: self.animated,
            view_once,
            album: self.album,
            direct_path: self.direct_path,
            ..NewMedia::new(self.kind, self.mime, decode("media.base64", &self.base64)?)
        })
    }
}

impl Sticker {
    pub(super) fn read(self) -> Result<NewMedia, ControlError> {
        let bytes = decode("sticker.base64", &self.base64)?;
        let mime = self.mime.unwrap_or_else(|| "image/webp".to_owned());
        Ok(NewMedia {
            width: self.width,
            height: self.height,
            animated: self.animated,
            ..NewMedia::new(MediaKind::Sticker, mime, bytes)
        })
    }
}
