//! The content of a message: what is shown of it, and what it refers to. This maps WhatsApp's messages
//! to [`MessageContent`], and nothing else.
//!
//! * [`file`], [`place`], [`contacts`], [`poll`] and [`system`] read one kind each; [`link_preview`] reads what
//!   comes with a link of a text, [`ad`] the advertisement that its writer came from, [`business`] what businesses
//!   offer, and [`unsupported`] names what is not shown.
//! * [`silent`] recognises messages that get no bubble.
//! * [`context`] reads the message that an answer refers to, and how often a message was forwarded.
//! * [`mod@timer`] reads the time after which messages of the chat disappear.
//! * [`raw_message`] decides whether the message as received is kept too.

mod ad;
mod business;
mod contacts;
pub(crate) mod context;
mod file;
mod link_preview;
mod place;
mod poll;
mod raw_message;
mod silent;
mod system;
mod timer;
mod unsupported;

pub(crate) use timer::timer;

use model::MessageContent;
use whatsapp_rust::prelude::{MessageExt as _, wa};

/// The content that is shown of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) content: MessageContent,
    /// Text or caption, or the words by which lists show other kinds.
    pub(crate) text: String,
    /// The message as it was received, in protobuf, unless content, text, file and [`context`] are
    /// all of it.
    pub(crate) raw_message: Option<Vec<u8>>,
}

/// Reads the content of a message; `None` if there is nothing to show.
pub(crate) fn of(message: &wa::Message) -> Option<Content> {
    let base = base(message);
    let (mut content, text, is_shortened) = read(base)?;
    if let MessageContent::Poll(poll) = &mut content {
        poll.secret = poll::secret(message, base);
    }
    // View-once messages are not kept.
    let is_complete = !is_shortened && raw_message::is_complete(&content, base);
    let is_kept = !is_complete && !message.is_view_once();
    let raw_message = is_kept.then(|| raw_message::without_keys(message));
    Some(Content { content, text, raw_message })
}

/// Returns the innermost message, which has the content. The library removes only some of the
/// wrappers.
pub(crate) fn base(message: &wa::Message) -> &wa::Message {
    let mut base = message.get_base_message();
    loop {
        let wrappers = [
            &base.associated_child_message,
            &base.bot_forwarded_message,
            &base.bot_invoke_message,
            &base.group_mentioned_message,
            &base.poll_creation_message_v4,
            &base.question_message,
            &base.question_reply_message,
            &base.spoiler_message,
        ];
        let inner = wrappers.into_iter().find_map(|one| one.as_option()?.message.as_option());
        match inner {
            Some(inner) => base = inner.get_base_message(),
            None => return base,
        }
    }
}

/// Returns the content of a message, its text, and true if some of the content was longer than its
/// bounds; `None` if there is nothing to show.
fn read(base: &wa::Message) -> Option<(MessageContent, String, bool)> {
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

#[cfg(test)]
mod tests {
    use model::MessageKind;
    use whatsapp_rust::prelude::{MessageField, wa};
    use whatsapp_rust::waproto::whatsapp::message::FutureProofMessage;

    use crate::testing::{image, read, text};

    #[test]
    fn kinds_and_texts() {
        assert_eq!(read(&text("oi")), (MessageKind::Text, "oi".into()));
        assert_eq!(read(&image("esse aqui")), (MessageKind::Image, "esse aqui".into()));
        let inside = FutureProofMessage { message: MessageField::some(image("em alta")) };
        let hd = MessageField::some(inside);
        let hd = wa::Message { associated_child_message: hd, ..Default::default() };
        assert_eq!(read(&hd), (MessageKind::Image, "em alta".into()));
    }
}
