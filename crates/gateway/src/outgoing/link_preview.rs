//! Builds the message of a text with the preview of a link.

use model::content::LinkPreview;
use store::OutgoingFile;
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::waproto::whatsapp::message::ExtendedTextMessage;

/// Builds the message of a text with a preview, in the fields that [`crate::content`] reads. Its picture
/// is the small JPEG of a file that WhatsApp does not have (`media::of_link`).
pub(super) fn message(
    text: &str,
    preview: &LinkPreview,
    picture: Option<&OutgoingFile>,
    context: Option<wa::ContextInfo>,
) -> wa::Message {
    let words = |words: &str| (!words.is_empty()).then(|| words.to_owned());
    let text = ExtendedTextMessage {
        text: Some(text.to_owned()),
        matched_text: Some(preview.link.clone()),
        title: words(&preview.title),
        description: words(&preview.description),
        jpeg_thumbnail: picture.and_then(|picture| picture.preview.clone()),
        context_info: context.into(),
        ..Default::default()
    };
    wa::Message { extended_text_message: MessageField::some(text), ..Default::default() }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use model::{MessageContent, MessageKind};
    use store::MediaSource;

    use super::*;
    use crate::content::{self, context};
    use crate::media;
    use crate::testing::own_phone;

    const LINK: &str = "https://loja.example/azul";

    fn preview() -> LinkPreview {
        LinkPreview {
            link: LINK.to_owned(),
            title: "Camiseta azul".to_owned(),
            description: "100% algodão".to_owned(),
        }
    }

    fn picture(jpeg: Vec<u8>) -> OutgoingFile {
        OutgoingFile {
            kind: MessageKind::Text,
            mime: "image/jpeg".to_owned(),
            name: None,
            size: 0,
            shape: None,
            seconds: None,
            voice: None,
            preview: Some(jpeg),
            animated: false,
            pages: None,
            sidecar: None,
            view_once: false,
            album: None,
            source: MediaSource::default(),
            uploaded_at: DateTime::UNIX_EPOCH,
        }
    }

    #[test]
    fn a_preview_is_read_as_it_was_written() {
        let text = format!("Tem? {LINK}");
        let jpeg = vec![0xff, 0xd8, 0xff, 7];
        let context = wa::ContextInfo { is_forwarded: Some(true), ..Default::default() };
        let sent = message(&text, &preview(), Some(&picture(jpeg.clone())), Some(context));
        let read = content::of(&sent).expect("something to show");
        assert_eq!((read.text, read.raw_message), (text, None));
        assert_eq!(read.content, MessageContent::LinkedText(preview()));
        assert_eq!(media::of_link(&sent).and_then(|file| file.preview), Some(jpeg));
        assert!(context::of(&sent, &own_phone()).forwarded > 0, "the context is kept");
    }

    #[test]
    fn what_a_page_does_not_say_is_left_out() {
        let bare = LinkPreview { description: String::new(), ..preview() };
        let sent = message(LINK, &bare, None, None);
        let text = &sent.extended_text_message;
        assert_eq!((text.description.as_deref(), text.jpeg_thumbnail.as_deref()), (None, None));
        assert!(!text.context_info.is_set());
    }
}
