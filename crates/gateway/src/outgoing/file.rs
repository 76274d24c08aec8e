//! Builds the message of a file that WhatsApp has.

use model::MessageKind;
use store::OutgoingFile;
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::waproto::whatsapp::message::{
    AudioMessage, DocumentMessage, FutureProofMessage, ImageMessage, StickerMessage, VideoMessage,
};

/// The host of the address beside the path. Clients that know the path take any of WhatsApp's hosts;
/// the parameter is the one by which the address of a real message ends.
const HOST: &str = "https://mmg.whatsapp.net";
const ADDRESS_END: &str = "&mms3=true";

/// Builds the part of a message that has a file: the fields that all kinds share, and those given.
macro_rules! part {
    ($kind:ident, $file:expr, { $($field:ident $(: $value:expr)?),* $(,)? }) => {
        MessageField::some($kind {
            url: Some(format!("{HOST}{}{ADDRESS_END}", $file.source.direct_path)),
            direct_path: Some($file.source.direct_path.clone()),
            media_key: Some($file.source.media_key.clone()),
            media_key_timestamp: Some($file.uploaded_at.timestamp()),
            file_sha256: Some($file.source.file_hash.clone()),
            file_enc_sha256: Some($file.source.sealed_hash.clone()),
            file_length: Some($file.size),
            mimetype: Some($file.mime.clone()),
            $($field $(: $value)?,)*
            ..Default::default()
        })
    };
}

/// Builds the message of a file. The caption may be empty.
pub(super) fn message(
    file: &OutgoingFile,
    caption: &str,
    context: Option<wa::ContextInfo>,
) -> wa::Message {
    let caption = (!caption.is_empty()).then(|| caption.to_owned());
    let (width, height) = file.shape.unzip();
    let jpeg_thumbnail = file.preview.clone();
    let streaming_sidecar = file.sidecar.clone();
    let context_info = context.into();
    let view_once = file.view_once.then_some(true);
    let mut message = wa::Message::default();
    match file.kind {
        MessageKind::Image => {
            message.image_message = part!(ImageMessage, file, {
                caption,
                width,
                height,
                jpeg_thumbnail,
                context_info,
                view_once,
            });
        }
        MessageKind::Video => {
            message.video_message = part!(VideoMessage, file, {
                caption,
                seconds: file.seconds,
                width,
                height,
                jpeg_thumbnail,
                streaming_sidecar,
                context_info,
                view_once,
            });
        }
        MessageKind::Audio => {
            message.audio_message = part!(AudioMessage, file, {
                seconds: file.seconds,
                ptt: Some(file.voice.is_some()),
                waveform: file.voice.clone().filter(|waveform| !waveform.is_empty()),
                streaming_sidecar,
                context_info,
                view_once,
            });
        }
        MessageKind::Sticker => {
            message.sticker_message = part!(StickerMessage, file, {
                width,
                height,
                is_animated: Some(file.animated),
                context_info,
            });
        }
        // The store gives no file to other kinds.
        _ => {
            let is_captioned = caption.is_some();
            message.document_message = part!(DocumentMessage, file, {
                title: file.name.clone(),
                file_name: file.name.clone(),
                page_count: file.pages,
                caption,
                jpeg_thumbnail,
                context_info,
            });
            if is_captioned {
                return wa::Message {
                    document_with_caption_message: in_envelope(message),
                    ..Default::default()
                };
            }
        }
    }
    if file.view_once { to_view_once(file.kind, message) } else { message }
}

/// Wraps a file that can be opened once, each kind as phones do.
fn to_view_once(kind: MessageKind, message: wa::Message) -> wa::Message {
    let mut wrapped = wa::Message::default();
    match kind {
        MessageKind::Image | MessageKind::Video => {
            wrapped.view_once_message_v2 = in_envelope(message);
        }
        MessageKind::Audio => wrapped.view_once_message_v2_extension = in_envelope(message),
        // No phone sends another kind so, and the store has none.
        _ => return message,
    }
    wrapped
}

/// Puts a message into an envelope: a version that does not know it asks for an update instead.
fn in_envelope(message: wa::Message) -> MessageField<FutureProofMessage> {
    MessageField::some(FutureProofMessage { message: MessageField::some(message) })
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use store::MediaSource;
    use whatsapp_rust::prelude::MessageExt as _;

    use super::*;
    use crate::content::{self, context};
    use crate::media;
    use crate::testing::own_phone;

    fn file(kind: MessageKind) -> OutgoingFile {
        OutgoingFile {
            kind,
            mime: "application/x-test".into(),
            name: Some("nota.pdf".into()),
            size: 9,
            shape: Some((400, 300)),
            seconds: Some(7),
            voice: None,
            preview: Some(b"a small one".to_vec()),
            animated: kind == MessageKind::Sticker,
            pages: Some(12),
            sidecar: Some(vec![4; 10]),
            source: MediaSource {
                direct_path: "/v/t62/x?oh=1".into(),
                media_key: vec![1; 32],
                file_hash: vec![2; 32],
                sealed_hash: vec![3; 32],
            },
            uploaded_at: DateTime::UNIX_EPOCH,
            view_once: false,
            album: None,
        }
    }

    const KINDS: [MessageKind; 5] = [
        MessageKind::Image,
        MessageKind::Video,
        MessageKind::Audio,
        MessageKind::Document,
        MessageKind::Sticker,
    ];

    #[test]
    fn every_kind_is_read_as_it_was_written() {
        for kind in KINDS {
            let sent = file(kind);
            let message = message(&sent, "olha só", None);
            let read = content::of(&message).expect("something to show");
            assert_eq!(read.content.kind(), kind);
            let is_captioned = !matches!(kind, MessageKind::Audio | MessageKind::Sticker);
            assert_eq!(read.text, if is_captioned { "olha só" } else { "" }, "{kind:?}");
            let there = media::of(&message).expect("a file");
            assert_eq!((there.source, there.size), (sent.source, 9), "{kind:?}");
            assert_eq!(there.mime, "application/x-test");
            assert_eq!(there.animated, kind == MessageKind::Sticker);
            assert_eq!(there.pages, (kind == MessageKind::Document).then_some(12));
        }
    }

    #[test]
    fn the_fields_of_a_kind_are_there() {
        let built = |kind| message(&file(kind), "", None);
        let image = built(MessageKind::Image).image_message;
        assert_eq!((image.width, image.height), (Some(400), Some(300)));
        assert_eq!(image.caption, None);
        assert_eq!(image.jpeg_thumbnail.as_deref(), Some(&b"a small one"[..]));
        assert_eq!(image.media_key_timestamp, Some(0));
        let address = "https://mmg.whatsapp.net/v/t62/x?oh=1&mms3=true";
        assert_eq!(image.url.as_deref(), Some(address));
        let video = built(MessageKind::Video).video_message;
        assert_eq!((video.seconds, video.width), (Some(7), Some(400)));
        let audio = built(MessageKind::Audio).audio_message;
        let sidecars = [&video.streaming_sidecar, &audio.streaming_sidecar];
        assert_eq!(sidecars.map(|sidecar| sidecar.as_deref()), [Some(&[4; 10][..]); 2]);
        let document = built(MessageKind::Document);
        assert!(!document.document_with_caption_message.is_set());
        assert_eq!(document.document_message.file_name.as_deref(), Some("nota.pdf"));
        let captioned = message(&file(MessageKind::Document), "segue", None);
        assert!(captioned.document_with_caption_message.is_set());
        assert!(!captioned.document_message.is_set());
    }

    #[test]
    fn a_voice_note_says_so_and_has_its_waveform_if_there_is_one() {
        let audio = |voice| {
            let sent = OutgoingFile { voice, ..file(MessageKind::Audio) };
            let audio = message(&sent, "", None).audio_message;
            (audio.ptt, audio.waveform.clone())
        };
        assert_eq!(audio(None), (Some(false), None));
        assert_eq!(audio(Some(vec![])), (Some(true), None));
        assert_eq!(audio(Some(vec![50; 64])), (Some(true), Some(vec![50; 64])));
    }

    #[test]
    fn a_file_to_be_viewed_once_is_in_the_envelope_of_its_kind() {
        for kind in [MessageKind::Image, MessageKind::Video, MessageKind::Audio] {
            let once = OutgoingFile { view_once: true, ..file(kind) };
            let built = message(&once, "", None);
            assert!(built.is_view_once() && !message(&file(kind), "", None).is_view_once());
            let is_audio = kind == MessageKind::Audio;
            let there = (
                built.view_once_message_v2.is_set(),
                built.view_once_message_v2_extension.is_set(),
            );
            assert_eq!(there, (!is_audio, is_audio), "{kind:?}");
            let base = built.get_base_message();
            let flags = [
                base.image_message.view_once,
                base.video_message.view_once,
                base.audio_message.view_once,
            ];
            assert_eq!(flags.iter().flatten().collect::<Vec<_>>(), [&true], "{kind:?}");
        }
    }

    #[test]
    fn a_forwarded_file_has_its_score() {
        for kind in KINDS {
            let info = wa::ContextInfo {
                is_forwarded: Some(true),
                forwarding_score: Some(3),
                ..Default::default()
            };
            let forwarded = message(&file(kind), "olha só", Some(info));
            assert_eq!(context::of(&forwarded, &own_phone()).forwarded, 3, "{kind:?}");
        }
    }
}
