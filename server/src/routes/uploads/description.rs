//! What a browser says about a file before its first byte.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use model::content::FileKind;
use model::{ChatId, MessageId, UserId, WaMessageId};
use serde::Deserialize;
use store::{Album, AlbumSize, NewUpload};

/// The JSON of `POST /envios`.
#[derive(Debug, Deserialize)]
pub(super) struct Description {
    chat: ChatId,
    /// The user of the page: another may have logged in in the same browser since.
    user: Option<UserId>,
    /// The id of the message. A request that is repeated with it is the same message.
    wa_id: Option<WaMessageId>,
    kind: Kind,
    name: Option<String>,
    mime: String,
    /// Length in bytes.
    size: u64,
    #[serde(default)]
    caption: String,
    /// Pixels.
    width: Option<u32>,
    height: Option<u32>,
    /// Length of a recording or film.
    seconds: Option<u32>,
    /// Values of 0 to 100, each two hexadecimal digits.
    waveform: Option<String>,
    /// A small JPEG in base64.
    preview: Option<String>,
    /// The message of the same chat that it answers.
    reply_to: Option<MessageId>,
    /// Its recipient may open it once.
    #[serde(default)]
    view_once: bool,
    /// The id of the message that announces the album of a picture or a video.
    album: Option<WaMessageId>,
    /// Set for the first file of the album: how many pictures and videos it has.
    album_images: Option<u32>,
    album_videos: Option<u32>,
}

/// What the file is to be on the phone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Image,
    Video,
    Audio,
    Voice,
    Document,
    Sticker,
}

impl Description {
    /// Returns true if the page is of somebody else.
    pub(super) fn is_of_another(&self, user: UserId) -> bool {
        self.user.is_some_and(|of| of != user)
    }

    /// Decodes the values; `None` if one cannot be decoded.
    pub(super) fn read(self) -> Option<(ChatId, Option<WaMessageId>, NewUpload)> {
        let kind = match self.kind {
            Kind::Image => FileKind::Image,
            Kind::Video => FileKind::Video,
            Kind::Audio | Kind::Voice => FileKind::Audio,
            Kind::Document => FileKind::Document,
            Kind::Sticker => FileKind::Sticker,
        };
        let waveform = hex::decode(self.waveform.unwrap_or_default()).ok()?;
        let announces = self.album_images.zip(self.album_videos);
        let announces = announces.map(|(images, videos)| AlbumSize { images, videos });
        let preview = self.preview.filter(|jpeg| !jpeg.is_empty());
        let file = NewUpload {
            kind,
            caption: self.caption,
            mime: self.mime,
            name: self.name,
            size: self.size,
            shape: self.width.zip(self.height),
            seconds: self.seconds,
            voice: (self.kind == Kind::Voice).then_some(waveform),
            preview: preview.map(|jpeg| BASE64_STANDARD.decode(jpeg)).transpose().ok()?,
            reply_to: self.reply_to,
            view_once: self.view_once,
            album: self.album.map(|wa_id| Album { wa_id, announces }),
        };
        Some((self.chat, self.wa_id, file))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn described(more: Value) -> Option<NewUpload> {
        let mut all = json!({ "chat": 7, "kind": "image", "mime": "image/png", "size": 9 });
        let (Value::Object(all), Value::Object(more)) = (&mut all, more) else { panic!() };
        all.extend(more);
        let description: Description = serde_json::from_value(Value::Object(all.clone())).ok()?;
        Some(description.read()?.2)
    }

    #[test]
    fn a_file_needs_no_more_than_its_kind_its_type_and_its_length() {
        let file = described(json!({})).expect("a file");
        assert_eq!((file.kind, file.size, file.shape), (FileKind::Image, 9, None));
        assert_eq!((file.name, file.voice, file.preview), (None, None, None));
        let more = json!({ "width": 4, "height": 3, "preview": "/9j/", "seconds": null });
        let file = described(more).expect("a file");
        assert_eq!((file.shape, file.preview), (Some((4, 3)), Some(vec![0xff, 0xd8, 0xff])));
        assert_eq!(described(json!({ "width": 4 })).expect("a file").shape, None);
        assert!(!file.view_once);
        assert!(described(json!({ "view_once": true })).expect("a file").view_once);
    }

    #[test]
    fn the_first_file_of_an_album_says_how_many_there_are() {
        let of = |more| described(more).expect("a file").album;
        assert_eq!(of(json!({ "album_images": 2, "album_videos": 1 })), None);
        let other = of(json!({ "album": "3EB0ALBUM" })).expect("an album");
        assert_eq!((other.wa_id.as_str(), other.announces), ("3EB0ALBUM", None));
        let first = json!({ "album": "3EB0ALBUM", "album_images": 2, "album_videos": 1 });
        let size = of(first).expect("an album").announces;
        assert_eq!(size, Some(AlbumSize { images: 2, videos: 1 }));
        assert!(described(json!({ "album": "no id" })).is_none());
    }

    #[test]
    fn a_voice_note_has_a_waveform_and_a_recording_has_none() {
        let of = |kind: &str| described(json!({ "kind": kind, "waveform": "006405" }));
        let voice = of("voice").expect("a file");
        assert_eq!((voice.kind, voice.voice), (FileKind::Audio, Some(vec![0, 100, 5])));
        assert_eq!(of("audio").expect("a file").voice, None);
        let unknown = described(json!({ "kind": "voice" })).expect("a file");
        assert_eq!(unknown.voice, Some(Vec::new()));
    }

    #[test]
    fn what_cannot_be_decoded_is_no_description() {
        for odd in [
            json!({ "kind": "figurinha" }),
            json!({ "size": -1 }),
            json!({ "size": 1.5 }),
            json!({ "mime": null }),
            json!({ "wa_id": "no id" }),
            json!({ "waveform": "0" }),
            json!({ "preview": "é" }),
            json!({ "view_once": 1 }),
            json!({ "width": -4, "height": 3 }),
        ] {
            assert!(described(odd.clone()).is_none(), "{odd}");
        }
    }
}
