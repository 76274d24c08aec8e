use wacore::upload::{EncryptedMedia, encrypt_media};
use wacore_binary::Jid;
use waproto::whatsapp as wa;

use super::MediaKind;
use crate::phone::{MessageContext, Phone, PhoneError, album::part_of, crypto::now};

/// A file to send, with the metadata of its message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewMedia {
    /// The kind of message that carries the file.
    pub kind: MediaKind,
    /// MIME type, as in `image/jpeg`.
    pub mime: String,
    /// The file.
    pub bytes: Vec<u8>,
    /// Text under an image, video or document; the others have none.
    pub caption: Option<String>,
    /// A document's name.
    pub file_name: Option<String>,
    /// Duration of a video, audio or voice message.
    pub seconds: Option<u32>,
    /// Pixels of an image, video or sticker.
    pub width: Option<u32>,
    /// Pixels of an image, video or sticker.
    pub height: Option<u32>,
    /// Pages of a document.
    pub page_count: Option<u32>,
    /// A small JPEG that the message itself carries, of an image, video or document.
    pub thumbnail: Option<Vec<u8>>,
    /// The volume over time of an audio or voice message: 64 bytes from 0 to 100.
    pub waveform: Option<Vec<u8>>,
    /// The video plays like a GIF: in a loop and without sound.
    pub gif_playback: bool,
    /// The sticker moves.
    pub animated: bool,
    /// The recipient may open the image, video, audio or voice message once.
    pub view_once: bool,
    /// The id of the album that an image or a video is part of.
    pub album: Option<String>,
    /// A path that the message states instead of the file's own, as a forged message may.
    pub direct_path: Option<String>,
}

impl NewMedia {
    /// A file without further metadata.
    pub fn new(kind: MediaKind, mime: impl Into<String>, bytes: impl Into<Vec<u8>>) -> Self {
        Self {
            kind,
            mime: mime.into(),
            bytes: bytes.into(),
            caption: None,
            file_name: None,
            seconds: None,
            width: None,
            height: None,
            page_count: None,
            thumbnail: None,
            waveform: None,
            gif_playback: false,
            animated: false,
            view_once: false,
            album: None,
            direct_path: None,
        }
    }

    /// Encrypts the file under a new media key.
    pub fn seal(&self) -> Result<EncryptedMedia, PhoneError> {
        encrypt_media(&self.bytes, self.kind.media_type())
            .map_err(|error| PhoneError::Media(error.to_string()))
    }
}

/// A file after it was encrypted and uploaded.
#[derive(Clone, Copy)]
pub struct Uploaded<'a> {
    pub sealed: &'a EncryptedMedia,
    /// `host:port` of a media server.
    pub host: &'a str,
    /// The path on any media server.
    pub direct_path: &'a str,
}

/// The message for the file: the fields all media kinds have, and the specific ones.
macro_rules! file_message {
    ($kind:ident, $media:expr, $file:expr, { $($field:ident: $value:expr),* $(,)? }) => {
        wa::message::$kind {
            url: Some(format!("https://{}{}&mms3=true", $file.host, $file.direct_path)),
            direct_path: Some($file.direct_path.to_owned()),
            media_key: Some($file.sealed.media_key.to_vec()),
            media_key_timestamp: Some(now()),
            file_sha256: Some($file.sealed.file_sha256.to_vec()),
            file_enc_sha256: Some($file.sealed.file_enc_sha256.to_vec()),
            file_length: u64::try_from($media.bytes.len()).ok(),
            mimetype: Some($media.mime.clone()),
            $($field: $value,)*
            ..Default::default()
        }
        .into()
    };
}

impl NewMedia {
    /// The message for the file, outside of any chat.
    pub fn message(&self, file: Uploaded<'_>) -> wa::Message {
        let mut message = wa::Message::default();
        match self.kind {
            MediaKind::Image => {
                message.image_message = file_message!(ImageMessage, self, file, {
                    caption: self.caption.clone(),
                    width: self.width,
                    height: self.height,
                    jpeg_thumbnail: self.thumbnail.clone(),
                    view_once: self.view_once.then_some(true),
                });
            }
            MediaKind::Video => {
                message.video_message = file_message!(VideoMessage, self, file, {
                    caption: self.caption.clone(),
                    seconds: self.seconds,
                    width: self.width,
                    height: self.height,
                    jpeg_thumbnail: self.thumbnail.clone(),
                    streaming_sidecar: file.sealed.streaming_sidecar.clone(),
                    gif_playback: self.gif_playback.then_some(true),
                    view_once: self.view_once.then_some(true),
                });
            }
            MediaKind::Audio | MediaKind::Voice => {
                message.audio_message = file_message!(AudioMessage, self, file, {
                    seconds: self.seconds,
                    ptt: Some(self.kind == MediaKind::Voice),
                    waveform: self.waveform.clone(),
                    view_once: self.view_once.then_some(true),
                    streaming_sidecar: file.sealed.streaming_sidecar.clone(),
                });
            }
            MediaKind::Document => {
                message.document_message = file_message!(DocumentMessage, self, file, {
                    title: self.file_name.clone(),
                    file_name: self.file_name.clone(),
                    page_count: self.page_count,
                    caption: self.caption.clone(),
                    jpeg_thumbnail: self.thumbnail.clone(),
                });
            }
            MediaKind::Sticker => {
                message.sticker_message = file_message!(StickerMessage, self, file, {
                    width: self.width,
                    height: self.height,
                    is_animated: Some(self.animated),
                });
            }
        }
        message
    }

    /// Wraps a document with a caption and a view-once file in an envelope, as phones do: versions
    /// that do not know the caption or the promise ask for an update instead.
    fn in_envelope(&self, message: wa::Message) -> wa::Message {
        let envelope =
            |message: wa::Message| wa::message::FutureProofMessage { message: message.into() };
        let mut wrapped = wa::Message::default();
        match self.kind {
            MediaKind::Document if self.caption.is_some() => {
                wrapped.document_with_caption_message = envelope(message).into();
            }
            MediaKind::Image | MediaKind::Video if self.view_once => {
                wrapped.view_once_message_v2 = envelope(message).into();
            }
            MediaKind::Audio | MediaKind::Voice if self.view_once => {
                wrapped.view_once_message_v2_extension = envelope(message).into();
            }
            _ => return message,
        }
        wrapped
    }
}

impl Phone {
    /// Composes a message with a file to a person and records it, as [`Phone::compose_text`] does.
    pub fn compose_media(
        &mut self,
        to: &Jid,
        media: &NewMedia,
        file: Uploaded<'_>,
        context: &MessageContext,
    ) -> Result<(String, wa::Message), PhoneError> {
        let mut message = media.message(file);
        self.add_context(to, &mut message, context)?;
        let message = media.in_envelope(message);
        let message = match &media.album {
            Some(album) => part_of(album, to, message),
            None => message,
        };
        Ok(self.compose(to, message))
    }
}
