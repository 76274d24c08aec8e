use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest as _, Sha256};
use wacore::download::{DownloadUtils, Downloadable, MediaType};
use waproto::whatsapp as wa;

use crate::phone::{MediaInfo, MediaProblem, album::unwrapped};

/// The file metadata of a message. Missing values are empty, and the file cannot be decrypted
/// then.
#[derive(Clone)]
pub struct Attachment {
    /// The file's path on the media servers.
    pub direct_path: String,
    pub media_type: MediaType,
    /// The key from which the keys of the file, and of requests about it, are derived.
    pub(super) media_key: Vec<u8>,
    file_sha256: Vec<u8>,
    /// SHA-256 of the uploaded bytes, which names the file on the media servers.
    pub enc_sha256: Vec<u8>,
    file_length: u64,
    mime: String,
    file_name: Option<String>,
    seconds: Option<u32>,
    ptt: bool,
    waveform: Option<Vec<u8>>,
    width: Option<u32>,
    height: Option<u32>,
    thumbnail: Option<Vec<u8>>,
    gif_playback: bool,
    animated: bool,
    page_count: Option<u32>,
    sidecar: Option<Vec<u8>>,
}

impl Attachment {
    /// Reads the file metadata of a message, if it is of a kind that has a file.
    pub fn of(message: &wa::Message) -> Option<Self> {
        let message = unwrapped(message);
        if let Some(image) = message.image_message.as_option() {
            return Some(Self {
                width: image.width,
                height: image.height,
                thumbnail: image.jpeg_thumbnail.clone(),
                ..Self::read(image, image.mimetype.as_deref())
            });
        }
        let videos = [&message.video_message, &message.ptv_message];
        if let Some(video) = videos.into_iter().find_map(|video| video.as_option()) {
            return Some(Self {
                seconds: video.seconds,
                width: video.width,
                height: video.height,
                thumbnail: video.jpeg_thumbnail.clone(),
                gif_playback: video.gif_playback == Some(true),
                sidecar: video.streaming_sidecar.clone(),
                ..Self::read(video, video.mimetype.as_deref())
            });
        }
        if let Some(audio) = message.audio_message.as_option() {
            let read = Self::read(audio, audio.mimetype.as_deref());
            return Some(Self {
                seconds: audio.seconds,
                ptt: audio.ptt == Some(true),
                waveform: audio.waveform.clone(),
                sidecar: audio.streaming_sidecar.clone(),
                ..read
            });
        }
        if let Some(document) = message.document_message.as_option() {
            return Some(Self {
                file_name: document.file_name.clone(),
                page_count: document.page_count,
                thumbnail: document.jpeg_thumbnail.clone(),
                ..Self::read(document, document.mimetype.as_deref())
            });
        }
        let sticker = message.sticker_message.as_option()?;
        Some(Self {
            width: sticker.width,
            height: sticker.height,
            animated: sticker.is_animated == Some(true),
            ..Self::read(sticker, sticker.mimetype.as_deref())
        })
    }

    fn read(file: &dyn Downloadable, mime: Option<&str>) -> Self {
        let bytes = |bytes: Option<&[u8]>| bytes.unwrap_or_default().to_vec();
        Self {
            direct_path: file.direct_path().unwrap_or_default().to_owned(),
            media_type: file.app_info(),
            media_key: bytes(file.media_key()),
            file_sha256: bytes(file.file_sha256()),
            enc_sha256: bytes(file.file_enc_sha256()),
            file_length: file.file_length().unwrap_or_default(),
            mime: mime.unwrap_or_default().to_owned(),
            file_name: None,
            seconds: None,
            ptt: false,
            waveform: None,
            width: None,
            height: None,
            thumbnail: None,
            gif_playback: false,
            animated: false,
            page_count: None,
            sidecar: None,
        }
    }

    /// Decrypts a downloaded file. Both hashes, the MAC and the length must match the message.
    pub fn open(&self, sealed: &[u8]) -> Result<Vec<u8>, MediaProblem> {
        let is = |bytes: &[u8], hash: &[u8]| Sha256::digest(bytes).as_slice() == hash;
        if !is(sealed, &self.enc_sha256) {
            return Err(MediaProblem::Damaged);
        }
        let file = DownloadUtils::verify_and_decrypt(sealed, &self.media_key, self.media_type)
            .map_err(|_| MediaProblem::Damaged)?;
        let whole = u64::try_from(file.len()) == Ok(self.file_length);
        if whole && is(&file, &self.file_sha256) { Ok(file) } else { Err(MediaProblem::Damaged) }
    }

    /// The metadata that a conversation shows.
    pub(in crate::phone) fn info(&self) -> MediaInfo {
        MediaInfo {
            mime: self.mime.clone(),
            size: self.file_length,
            sha256: hex::encode(&self.file_sha256),
            file_name: self.file_name.clone(),
            seconds: self.seconds,
            ptt: self.ptt,
            waveform: self.waveform.as_ref().map(|bytes| BASE64_STANDARD.encode(bytes)),
            width: self.width,
            height: self.height,
            thumbnail: self.thumbnail.as_ref().map(|jpeg| jpeg.len() as u64),
            gif_playback: self.gif_playback,
            animated: self.animated,
            page_count: self.page_count,
            sidecar: self.sidecar.as_ref().map(|table| table.len() as u64),
            problem: None,
        }
    }
}
