//! Limits the size of everything that strangers choose ([`model::bounds`]). Every message passes
//! [`bounded`] before any part of it is stored.

use std::borrow::Cow;

use model::{WaMessageId, bounds};

use super::Inbound;
use crate::{
    codec,
    media::{is_within, trimmed},
    messages::{
        MessageUpdate, UpdateOf,
        long_text::{is_longer, shortened},
    },
};

/// Returns the message within its bounds. Nearly every message is within them and is borrowed.
///
/// Ids and addresses are not checked here: one that is too long is invalid ([`model::WaMessageId`],
/// [`Peer`](super::Peer), [`is_address`](super::identity::is_address)). So is a reaction that begins
/// with no emoji. An answer to a message with an invalid id is kept without its quote; a quoted text
/// is cut where it is stored ([`excerpt`]), since many quotes are longer than what is shown of them.
pub(super) fn bounded(inbound: &Inbound) -> Cow<'_, Inbound> {
    let mut bounded = Cow::Borrowed(inbound);
    if is_longer(&inbound.text, bounds::TEXT) {
        bounded.to_mut().text = shortened(&inbound.text);
        count_refusal("long-text");
    }
    if let Some(mut content) = inbound.content.clone()
        && content.shorten()
    {
        bounded.to_mut().content = Some(content);
        count_refusal("long-content");
    }
    if let Some(UpdateOf { target, what: MessageUpdate::Edited(text) }) = &inbound.amends
        && is_longer(text, bounds::TEXT)
    {
        let what = MessageUpdate::Edited(shortened(text));
        bounded.to_mut().amends = Some(UpdateOf { target: target.clone(), what });
        count_refusal("long-text");
    }
    if let Some(UpdateOf { target, what: MessageUpdate::Reaction(emojis) }) = &inbound.amends
        && !text::is_reaction(emojis)
        && let Some(first) = text::first_reaction(emojis)
    {
        let what = MessageUpdate::Reaction(first.to_owned());
        bounded.to_mut().amends = Some(UpdateOf { target: target.clone(), what });
        count_refusal("long-reaction");
    }
    if let Some(name) = inbound.push_name.as_deref().filter(|name| is_longer(name, bounds::NAME)) {
        bounded.to_mut().push_name = text::name(name);
        count_refusal("long-name");
    }
    if let Some(name) = inbound.business_name.as_deref()
        && is_longer(name, bounds::NAME)
    {
        bounded.to_mut().business_name = text::name(name);
        count_refusal("long-name");
    }
    if inbound.mentions.people.len() > bounds::MENTIONS {
        bounded.to_mut().mentions.people.truncate(bounds::MENTIONS);
        count_refusal("many-mentions");
    }
    if inbound.raw_message.as_ref().is_some_and(|raw| raw.len() > bounds::ORIGINAL) {
        bounded.to_mut().raw_message = None;
        count_refusal("long-original");
    }
    if inbound.reply_to.as_ref().is_some_and(|quote| WaMessageId::parse(&quote.wa_id).is_err()) {
        bounded.to_mut().reply_to = None;
        count_refusal("odd-quote");
    }
    if let Some(file) = inbound.media.as_ref().filter(|file| !is_within(file)) {
        bounded.to_mut().media = trimmed(file);
        count_refusal("odd-file");
    }
    bounded
}

/// Returns the beginning of a quoted text, as it is stored.
pub(super) fn excerpt(text: &str) -> String {
    codec::storable(text::cut(text, bounds::EXCERPT))
}

pub(super) fn count_refusal(what: &'static str) {
    metrics::counter!("inbox_refused", "what" => what).increment(1);
}

#[cfg(test)]
mod tests {
    use model::MessageContent;
    use text::ANYTHING;

    use super::*;
    use crate::{InboundMedia, QuotedAuthor, fixtures};

    fn text(text: String) -> Inbound {
        Inbound { text, ..fixtures::inbound(&fixtures::customer(), "3EB00000") }
    }

    fn file() -> InboundMedia {
        InboundMedia { preview: Some(vec![0; bounds::PREVIEW]), ..fixtures::file("image/jpeg") }
    }

    #[test]
    fn a_text_is_kept_whole_up_to_what_whatsapp_takes_and_then_says_that_it_is_cut() {
        let whole = text("é".repeat(bounds::TEXT));
        assert!(matches!(bounded(&whole), Cow::Borrowed(_)));
        let beyond = bounded(&text("é".repeat(bounds::TEXT + 1))).into_owned().text;
        assert_eq!(beyond.chars().count(), bounds::TEXT);
        assert!(beyond.ends_with("é\n\n[…]"));

        let edit = |text: String| Inbound {
            amends: Some(UpdateOf { target: "3EB00001".into(), what: MessageUpdate::Edited(text) }),
            ..super::tests::text(String::new())
        };
        let cut = bounded(&edit("a".repeat(1_000_000))).into_owned();
        let Some(UpdateOf { what: MessageUpdate::Edited(text), .. }) = cut.amends else { panic!() };
        assert_eq!(text.chars().count(), bounds::TEXT);
        let shorter = edit("a".repeat(bounds::TEXT));
        assert!(matches!(bounded(&shorter), Cow::Borrowed(_)));
    }

    #[test]
    fn names_and_raw_messages_have_their_bounds() {
        let called = |name: String| Inbound { push_name: Some(name), ..text("oi".into()) };
        let long = bounded(&called("Ana ".repeat(20_000))).into_owned().push_name.unwrap();
        assert!(long.starts_with("Ana Ana") && long.chars().count() <= bounds::NAME);
        let blank = bounded(&called("\u{3164}".repeat(20_000))).into_owned();
        assert_eq!(blank.push_name, None);

        let raw = |bytes| Inbound { raw_message: Some(vec![0; bytes]), ..text("oi".into()) };
        assert!(bounded(&raw(bounds::ORIGINAL)).raw_message.is_some());
        assert!(bounded(&raw(bounds::ORIGINAL + 1)).raw_message.is_none());
    }

    #[test]
    fn a_content_has_the_bounds_of_its_fields() {
        let kept = fixtures::with_content(text(String::new()), fixtures::contacts());
        assert!(matches!(bounded(&kept), Cow::Borrowed(_)));
        let MessageContent::Contacts(mut contacts) = fixtures::contacts() else { panic!() };
        contacts[0].name = "x".repeat(10_000);
        let contacts = MessageContent::Contacts(vec![contacts.remove(0); 200]);
        let long = Inbound { content: Some(contacts), ..kept };
        let Some(MessageContent::Contacts(contacts)) = bounded(&long).into_owned().content else {
            panic!()
        };
        assert_eq!((contacts.len(), contacts[0].name.len()), (bounds::CONTACTS, bounds::NAME));
    }

    #[test]
    fn an_answer_to_an_impossible_message_has_no_quote_and_a_quoted_text_is_cut() {
        let answer = |wa_id: &str| Inbound {
            reply_to: Some(fixtures::quote(QuotedAuthor::Ourselves, wa_id, "Tem no M?")),
            ..text("tem".into())
        };
        assert!(matches!(bounded(&answer("3EB00001")), Cow::Borrowed(_)));
        for impossible in ["", "3EB0000", "3EB0000'", "3EB0\u{0}001", &*"9".repeat(1_000_000)] {
            let answer = answer(impossible);
            let kept = bounded(&answer);
            assert_eq!((kept.reply_to.as_ref(), &*kept.text), (None, "tem"));
        }
        assert_eq!(excerpt("bom\0 dia"), "bom dia");
        let family = excerpt(&"👨‍👩‍👧‍👦".repeat(100_000));
        assert!(family.ends_with("👦") && family.chars().count() <= bounds::EXCERPT);
    }

    #[test]
    fn a_file_is_described_within_bounds_or_is_none() {
        let of = |file: InboundMedia| {
            bounded(&Inbound { media: Some(file), ..text(String::new()) }).into_owned().media
        };
        assert_eq!(of(file()), Some(file()));
        let long = of(InboundMedia {
            mime: "image/".repeat(1_000),
            name: Some("nota ".repeat(10_000) + "fiscal.pdf"),
            shape: Some((u32::MAX, 1)),
            preview: Some(vec![0; bounds::PREVIEW + 1]),
            waveform: Some(vec![200; bounds::WAVEFORM + 1]),
            pages: Some(bounds::PAGES + 1),
            album: Some("\"><script>".into()),
            ..file()
        });
        let long = long.unwrap();
        assert_eq!(long.waveform, Some(vec![100; bounds::WAVEFORM]));
        assert_eq!(long.mime, ANYTHING);
        let name = long.name.unwrap();
        assert!(name.starts_with("nota ") && name.ends_with(".pdf"));
        assert!(name.chars().count() <= bounds::FILE_NAME);
        assert_eq!((long.shape, long.preview, long.pages, long.album), (None, None, None, None));
        let pages = |pages| of(InboundMedia { pages: Some(pages), ..file() }).unwrap().pages;
        assert_eq!([0, 1, bounds::PAGES].map(pages), [None, Some(1), Some(bounds::PAGES)]);

        let mut far = file();
        far.source.direct_path = "/".repeat(bounds::DIRECT_PATH + 1);
        assert_eq!(of(far), None);
        let mut odd = file();
        odd.source.media_key = vec![0; bounds::MEDIA_KEY + 1];
        assert_eq!(of(odd), None);
    }
}
