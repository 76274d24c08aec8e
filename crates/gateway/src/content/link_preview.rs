//! Previews of links.

use model::content::LinkPreview;
use whatsapp_rust::prelude::wa;

/// Returns the preview that came with a link of a text. Its picture is a file (`media::of_link`).
pub(super) fn link_preview(base: &wa::Message) -> Option<LinkPreview> {
    let text = base.extended_text_message.as_option()?;
    let words = |field: &Option<String>| field.clone().unwrap_or_default();
    let preview = LinkPreview {
        link: words(&text.matched_text),
        title: words(&text.title),
        description: words(&text.description),
    };
    let is_blank = |field: &str| field.trim().is_empty();
    let says_nothing = is_blank(&preview.title) && is_blank(&preview.description);
    (!is_blank(&preview.link) && !says_nothing).then_some(preview)
}

#[cfg(test)]
mod tests {
    use model::{MessageContent, MessageKind, bounds};
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::ExtendedTextMessage;

    use super::*;
    use crate::content::{Content, of};
    use crate::media;
    use crate::testing::text;

    const LINK: &str = "https://loja.example/azul";

    fn linked() -> ExtendedTextMessage {
        ExtendedTextMessage {
            text: Some(format!("Tem? {LINK}")),
            matched_text: Some(LINK.into()),
            title: Some("Camiseta azul".into()),
            description: Some("100% algodão".into()),
            jpeg_thumbnail: Some(vec![255, 216, 255]),
            ..Default::default()
        }
    }

    fn read(text: ExtendedTextMessage) -> Content {
        let extended_text_message = MessageField::some(text);
        of(&wa::Message { extended_text_message, ..Default::default() }).unwrap()
    }

    #[test]
    fn a_text_has_the_preview_of_its_link_and_stays_a_text() {
        let content = read(linked());
        let preview = LinkPreview {
            link: LINK.to_owned(),
            title: "Camiseta azul".to_owned(),
            description: "100% algodão".to_owned(),
        };
        assert_eq!(content.content, MessageContent::LinkedText(preview));
        assert_eq!(content.content.kind(), MessageKind::Text);
        assert_eq!((content.text, content.raw_message), (format!("Tem? {LINK}"), None));
    }

    #[test]
    fn its_picture_is_a_small_jpeg_and_is_never_fetched() {
        let picture = |jpeg: Option<Vec<u8>>| {
            let linked = ExtendedTextMessage { jpeg_thumbnail: jpeg, ..linked() };
            let extended_text_message = MessageField::some(linked);
            media::of_link(&wa::Message { extended_text_message, ..Default::default() })
        };
        let jpeg = |size: usize| [vec![255_u8, 216, 255], vec![0_u8; size - 3]].concat();
        let largest = jpeg(bounds::PREVIEW);
        let file = picture(Some(largest.clone())).unwrap();
        assert!(file.is_refused());
        assert_eq!(file.preview, Some(largest));
        let html = b"<script>alert(1)</script>".to_vec();
        for none in [None, Some(vec![]), Some(jpeg(bounds::PREVIEW + 1)), Some(html)] {
            assert_eq!(picture(none), None);
        }
    }

    #[test]
    fn what_says_nothing_of_a_link_is_no_preview() {
        for without in [
            ExtendedTextMessage { matched_text: None, ..linked() },
            ExtendedTextMessage { matched_text: Some(" ".into()), ..linked() },
            ExtendedTextMessage { title: Some(" ".into()), description: None, ..linked() },
        ] {
            assert_eq!(read(without).content, MessageContent::Text);
        }
        assert_eq!(of(&text(LINK)).unwrap().content, MessageContent::Text);
    }

    #[test]
    fn a_long_preview_is_cut_and_the_message_is_not_kept_for_it() {
        let long = "x".repeat(10_000);
        let content = read(ExtendedTextMessage {
            title: Some(long.clone()),
            description: Some(long.clone()),
            ..linked()
        });
        let MessageContent::LinkedText(preview) = content.content else { panic!() };
        assert_eq!(preview.title.len(), bounds::LINK_TITLE);
        assert_eq!(preview.description.len(), bounds::LINK_DESCRIPTION);
        assert_eq!((preview.link.as_str(), content.raw_message), (LINK, None));
        let long = read(ExtendedTextMessage { matched_text: Some(long), ..linked() });
        let MessageContent::LinkedText(preview) = long.content else { panic!() };
        assert_eq!(preview.link, "", "half an address leads elsewhere");
    }
}
