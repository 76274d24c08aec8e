//! The kinds of content, one after the other.

use model::MessageContent;
use whatsapp_rust::prelude::{MessageExt as _, wa};

use super::{
    ad, business, contacts, context, file, link_preview, place, poll, silent, system, unsupported,
};

/// Returns the content of a message, its text, and true if some of the content was longer than its
/// bounds; `None` if there is nothing to show.
pub(super) fn read(base: &wa::Message) -> Option<(MessageContent, String, bool)> {
    let text = base.text_content().or_else(|| business::choice(base));
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        let preview = || link_preview::link_preview(base).map(MessageContent::LinkedText);
        let ad = ad::ad(base).map(MessageContent::FromAd);
        let to_status = || context::is_to_status(base).then_some(MessageContent::ToStatus);
        let content = ad.or_else(preview).or_else(to_status);
        let mut content = content.unwrap_or(MessageContent::Text);
        // A phone's description of a page is no part of the message, so it is not kept whole.
        content.shorten();
        return Some((content, text.to_owned(), false));
    }
    if let Some((file, caption)) = file::file(base) {
        return Some((MessageContent::File(file), caption, false));
    }
    let described = place::place(base)
        .or_else(|| contacts::contacts(base))
        .or_else(|| poll::poll(base))
        .or_else(|| business::offer(base).map(MessageContent::Offer))
        .or_else(|| system::system(base).map(MessageContent::System));
    if let Some(mut content) = described {
        let is_shortened = content.shorten();
        let words = content.words();
        return Some((content, words, is_shortened));
    }
    if silent::is_silent(base) {
        return None;
    }
    let name = unsupported::name(base);
    let text = business::invitation(base).unwrap_or_default();
    Some((MessageContent::Unsupported { name }, text, false))
}
