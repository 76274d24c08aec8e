//! The advertisement by which a person came to the chat ("click to WhatsApp").

use model::content::LinkPreview;
use whatsapp_rust::prelude::wa;

use super::context::context_info;

/// Returns what a text says of the advertisement that its writer came from: its words, and where it is.
pub(super) fn ad(base: &wa::Message) -> Option<LinkPreview> {
    let ad = context_info(base)?.external_ad_reply.as_option()?;
    let words = |field: &Option<String>| field.clone().unwrap_or_default();
    let ad = LinkPreview {
        link: words(&ad.source_url),
        title: words(&ad.title),
        description: words(&ad.body),
    };
    let is_blank =
        [&ad.link, &ad.title, &ad.description].iter().all(|field| field.trim().is_empty());
    (!is_blank).then_some(ad)
}

#[cfg(test)]
mod tests {
    use model::{MessageContent, MessageKind};
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::context_info::ExternalAdReplyInfo;

    use super::*;
    use crate::content::of;
    use crate::testing::{text, with_context};

    #[test]
    fn a_text_says_which_advertisement_its_writer_came_from() {
        let from = |ad: ExternalAdReplyInfo| {
            let info =
                wa::ContextInfo { external_ad_reply: MessageField::some(ad), ..Default::default() };
            of(&with_context(text("Quero saber mais"), info)).unwrap()
        };
        let content = from(ExternalAdReplyInfo {
            title: Some("Camisetas".into()),
            body: Some("Desconto".into()),
            source_url: Some("https://fb.me/abc".into()),
            ..Default::default()
        });
        let ad = LinkPreview {
            link: "https://fb.me/abc".to_owned(),
            title: "Camisetas".to_owned(),
            description: "Desconto".to_owned(),
        };
        assert_eq!(content.content, MessageContent::FromAd(ad));
        assert_eq!(content.content.kind(), MessageKind::Text);
        assert_eq!(content.text, "Quero saber mais");
        assert!(content.raw_message.is_some(), "there is more to an advertisement");
        assert_eq!(from(ExternalAdReplyInfo::default()).content, MessageContent::Text);
    }
}
