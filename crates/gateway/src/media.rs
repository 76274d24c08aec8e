//! Reads the file of a message.

use model::{MessageKind, bounds};
use store::{InboundMedia, MediaSource};
use whatsapp_rust::download::{DownloadParams, Downloadable, MediaType};
use whatsapp_rust::prelude::{MessageExt as _, wa};
use whatsapp_rust::waproto::whatsapp::message_association::AssociationType;

use crate::{content, media_address};

/// Returns the file of a message; `None` if it has none. WhatsApp withholds view-once files from
/// linked devices, so those count as none.
pub(crate) fn of(message: &wa::Message) -> Option<InboundMedia> {
    let file = file_of(message)?;
    Some(InboundMedia { album: album_of(message), ..file })
}

/// Returns the id of the album that a picture or a video is part of. The context with it is that of the whole
/// message, or of the part inside.
fn album_of(message: &wa::Message) -> Option<String> {
    let contexts = [message, content::base(message)].map(|message| &message.message_context_info);
    contexts.into_iter().find_map(|context| {
        let part = context.as_option()?.message_association.as_option()?;
        let is_album = part.association_type == Some(AssociationType::MEDIA_ALBUM);
        part.parent_message_key.as_option().filter(|_| is_album)?.id.clone()
    })
}

fn file_of(message: &wa::Message) -> Option<InboundMedia> {
    if message.is_view_once() {
        return None;
    }
    let base = content::base(message);
    if let Some(image) = base.image_message.as_option() {
        let file = described(image, image.mimetype.as_deref())?;
        return Some(InboundMedia {
            shape: image.width.zip(image.height),
            preview: some_bytes(image.jpeg_thumbnail.as_deref()),
            ..file
        });
    }
    if let Some(video) = base.video_message.as_option().or(base.ptv_message.as_option()) {
        let file = described(video, video.mimetype.as_deref())?;
        return Some(InboundMedia {
            shape: video.width.zip(video.height),
            seconds: video.seconds,
            preview: some_bytes(video.jpeg_thumbnail.as_deref()),
            ..file
        });
    }
    if let Some(audio) = base.audio_message.as_option() {
        let file = described(audio, audio.mimetype.as_deref())?;
        return Some(InboundMedia {
            seconds: audio.seconds,
            // "Push to talk": it was recorded in the chat.
            voice: audio.ptt == Some(true),
            waveform: some_bytes(audio.waveform.as_deref()),
            ..file
        });
    }
    if let Some(document) = base.document_message.as_option() {
        let file = described(document, document.mimetype.as_deref())?;
        let name = document.file_name.clone().or_else(|| document.title.clone());
        return Some(InboundMedia {
            name: name.filter(|name| !name.is_empty()),
            pages: document.page_count,
            ..file
        });
    }
    let sticker = base.sticker_message.as_option().filter(|_| !content::is_lottie(base))?;
    let file = described(sticker, sticker.mimetype.as_deref())?;
    Some(InboundMedia {
        shape: sticker.width.zip(sticker.height),
        animated: sticker.is_animated == Some(true),
        ..file
    })
}

/// Returns the picture of the preview of a link: the small JPEG of a file that is never fetched. `None` if it
/// has none, or one that is too large.
pub(crate) fn of_link(message: &wa::Message) -> Option<InboundMedia> {
    let text = content::base(message).extended_text_message.as_option()?;
    let jpeg = some_bytes(text.jpeg_thumbnail.as_deref())?;
    if !jpeg.starts_with(&[0xff, 0xd8, 0xff]) || jpeg.len() > bounds::PREVIEW {
        return None;
    }
    Some(InboundMedia::of_link(jpeg))
}

/// Returns WhatsApp's type of the file of a message, by which its keys are derived and its place is
/// found; `None` for a kind of message that has no file.
pub(crate) fn media_type(kind: MessageKind) -> Option<MediaType> {
    match kind {
        MessageKind::Image => Some(MediaType::Image),
        MessageKind::Video => Some(MediaType::Video),
        MessageKind::Audio => Some(MediaType::Audio),
        MessageKind::Document => Some(MediaType::Document),
        MessageKind::Sticker => Some(MediaType::Sticker),
        _ => None,
    }
}

/// Returns the download parameters for the library; `None` for a kind of message that has no file.
pub(crate) fn params(kind: MessageKind, source: &MediaSource, size: u64) -> Option<DownloadParams> {
    let media_type = media_type(kind)?;
    let MediaSource { direct_path, media_key, file_hash, sealed_hash } = source;
    Some(DownloadParams::encrypted(
        direct_path,
        media_key,
        file_hash,
        sealed_hash,
        size,
        media_type,
    ))
}

/// Reads the fields that all kinds of files share; `None` if one that the download or the
/// decryption needs is missing.
fn described(file: &dyn Downloadable, mime: Option<&str>) -> Option<InboundMedia> {
    Some(InboundMedia {
        mime: mime.unwrap_or("application/octet-stream").to_owned(),
        name: None,
        size: file.file_length().unwrap_or(0),
        shape: None,
        seconds: None,
        voice: false,
        waveform: None,
        preview: None,
        animated: false,
        pages: None,
        album: None,
        source: MediaSource {
            direct_path: accepted(file.direct_path().filter(|path| !path.is_empty())?),
            media_key: some_bytes(file.media_key())?,
            file_hash: some_bytes(file.file_sha256())?,
            sealed_hash: some_bytes(file.file_enc_sha256())?,
        },
    })
}

/// Returns the path, or an empty one if it leads away from WhatsApp's hosts. The store refuses a
/// file without a path.
fn accepted(path: &str) -> String {
    if media_address::is_path(path) { path.to_owned() } else { String::new() }
}

/// Returns the bytes of a field, unless it is empty.
fn some_bytes(field: Option<&[u8]>) -> Option<Vec<u8>> {
    field.filter(|bytes| !bytes.is_empty()).map(<[u8]>::to_vec)
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::prelude::MessageField;

    use super::*;

    fn image(view_once: bool) -> wa::Message {
        wa::Message {
            image_message: MessageField::some(wa::message::ImageMessage {
                mimetype: Some("image/jpeg".into()),
                direct_path: Some("/v/t62/x".into()),
                media_key: Some(vec![1; 32]),
                file_sha256: Some(vec![2; 32]),
                file_enc_sha256: Some(vec![3; 32]),
                file_length: Some(9),
                width: Some(4),
                height: Some(3),
                view_once: Some(view_once),
                ..Default::default()
            }),
            ..Default::default()
        }
    }

    #[test]
    fn a_picture_has_its_path_and_its_key() {
        let file = of(&image(false)).unwrap();
        assert_eq!((file.mime.as_str(), file.size, file.shape), ("image/jpeg", 9, Some((4, 3))));
        assert_eq!(file.source.media_key, [1; 32]);
        assert!(params(MessageKind::Image, &file.source, file.size).is_some());
        assert!(params(MessageKind::Text, &file.source, file.size).is_none());
    }

    #[test]
    fn a_sticker_says_whether_it_moves_and_one_of_vector_graphics_has_no_file() {
        let sticker = |mimetype: &str, is_lottie| wa::message::StickerMessage {
            mimetype: Some(mimetype.into()),
            direct_path: Some("/v/t62/x".into()),
            media_key: Some(vec![1; 32]),
            file_sha256: Some(vec![2; 32]),
            file_enc_sha256: Some(vec![3; 32]),
            width: Some(512),
            height: Some(512),
            is_animated: Some(true),
            is_lottie,
            ..Default::default()
        };
        let by_itself = |mimetype, is_lottie| wa::Message {
            sticker_message: MessageField::some(sticker(mimetype, is_lottie)),
            ..Default::default()
        };
        let file = of(&by_itself("image/webp", Some(false))).unwrap();
        assert_eq!((file.shape, file.animated), (Some((512, 512)), true));

        let wrapped = wa::Message {
            lottie_sticker_message: MessageField::some(wa::message::FutureProofMessage {
                message: MessageField::some(by_itself("application/was", None)),
            }),
            ..Default::default()
        };
        let all =
            [by_itself("application/was", None), by_itself("image/webp", Some(true)), wrapped];
        for message in all {
            assert_eq!(of(&message), None, "{message:?}");
            let read = content::of(&message).unwrap();
            assert_eq!(read.content.kind(), MessageKind::Sticker);
            assert!(read.raw_message.is_some(), "a later version may show it");
        }
    }

    #[test]
    fn a_voice_note_has_its_length_and_its_waveform() {
        let audio = |ptt, waveform: &[u8]| wa::Message {
            audio_message: MessageField::some(wa::message::AudioMessage {
                direct_path: Some("/v/t62/x".into()),
                media_key: Some(vec![1; 32]),
                file_sha256: Some(vec![2; 32]),
                file_enc_sha256: Some(vec![3; 32]),
                seconds: Some(7),
                ptt,
                waveform: Some(waveform.to_vec()),
                ..Default::default()
            }),
            ..Default::default()
        };
        let note = of(&audio(Some(true), &[0, 50, 100])).unwrap();
        assert_eq!((note.seconds, note.voice), (Some(7), true));
        assert_eq!(note.waveform, Some(vec![0, 50, 100]));
        let song = of(&audio(None, &[])).unwrap();
        assert_eq!((song.seconds, song.voice, song.waveform), (Some(7), false, None));
        let picture = of(&image(false)).unwrap();
        assert_eq!((picture.seconds, picture.voice, picture.waveform), (None, false, None));
    }

    #[test]
    fn a_part_of_an_album_names_it_and_other_parts_name_none() {
        let part = |association_type| {
            let key = wa::MessageKey { id: Some("3EB0ALBUM".into()), ..Default::default() };
            let association = wa::MessageAssociation {
                association_type: Some(association_type),
                parent_message_key: MessageField::some(key),
                ..Default::default()
            };
            let context = wa::MessageContextInfo {
                message_association: MessageField::some(association),
                ..Default::default()
            };
            MessageField::some(context)
        };
        let album = |message: &wa::Message| of(message).unwrap().album;
        let context = part(AssociationType::MEDIA_ALBUM);
        let plain = wa::Message { message_context_info: context.clone(), ..image(false) };
        assert_eq!(album(&plain).as_deref(), Some("3EB0ALBUM"));
        let inner = wa::message::FutureProofMessage { message: MessageField::some(image(false)) };
        let wrapped = wa::Message {
            associated_child_message: MessageField::some(inner),
            message_context_info: context,
            ..Default::default()
        };
        assert_eq!(album(&wrapped).as_deref(), Some("3EB0ALBUM"));
        let better = part(AssociationType::HD_IMAGE_DUAL_UPLOAD);
        assert_eq!(album(&wa::Message { message_context_info: better, ..image(false) }), None);
        assert_eq!(album(&image(false)), None);
    }

    #[test]
    fn a_view_once_file_is_not_kept() {
        assert_eq!(of(&image(true)), None);
    }

    #[test]
    fn a_path_that_leads_elsewhere_is_not_kept() {
        for path in ["@127.0.0.1:14050/x", ".other.example/x", "//other.example/x"] {
            let mut elsewhere = image(false);
            if let Some(image) = elsewhere.image_message.as_option_mut() {
                image.direct_path = Some(path.into());
            }
            let file = of(&elsewhere).unwrap();
            assert!(file.is_refused(), "{path}");
            assert_eq!(file.source.direct_path, "", "{path}");
        }
        assert!(!of(&image(false)).unwrap().is_refused());
    }

    #[test]
    fn a_file_without_its_key_cannot_be_fetched() {
        let mut keyless = image(false);
        if let Some(image) = keyless.image_message.as_option_mut() {
            image.media_key = None;
        }
        assert_eq!(of(&keyless), None);
        assert_eq!(of(&crate::testing::text("oi")), None);
    }
}
