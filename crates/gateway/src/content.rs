//! The content of a message: what is shown of it, and what it refers to.
//!
//! * [`place`], [`contacts`], [`poll`] and [`business`] put other content than texts into words.
//! * [`silent`] recognises messages that get no bubble.
//! * [`context`] reads the message that an answer refers to, and how often a message was forwarded.
//! * [`raw_message`] decides whether the message as received is kept too.

mod business;
mod contacts;
pub(crate) mod context;
mod place;
mod poll;
mod raw_message;
mod silent;

use model::MessageKind;
use whatsapp_rust::prelude::{MessageExt as _, wa};

/// The content that is shown of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Content {
    pub(crate) kind: MessageKind,
    /// Text or caption, or a description in words for other kinds.
    pub(crate) text: String,
    /// The message as it was received, in protobuf, unless kind, text, file and
    /// [`context`] are all of it.
    pub(crate) raw_message: Option<Vec<u8>>,
}

/// Reads the content of a message; `None` if there is nothing to show.
pub(crate) fn of(message: &wa::Message) -> Option<Content> {
    let base = base(message);
    let (kind, text) = kind_and_text(base)?;
    // View-once messages are not kept.
    let is_complete = raw_message::is_complete(kind, base) || message.is_view_once();
    let raw_message = (!is_complete).then(|| raw_message::without_keys(message));
    Some(Content { kind, text, raw_message })
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

/// Returns the kind of a message, and its text or description; `None` if there is nothing to show.
fn kind_and_text(base: &wa::Message) -> Option<(MessageKind, String)> {
    let text = base.text_content().or_else(|| business::choice(base));
    if let Some(text) = text.filter(|text| !text.is_empty()) {
        return Some((MessageKind::Text, text.to_owned()));
    }
    let caption = || base.get_caption().unwrap_or_default().to_owned();
    Some(if base.image_message.is_set() {
        (MessageKind::Image, caption())
    } else if base.video_message.is_set() || base.ptv_message.is_set() {
        (MessageKind::Video, caption())
    } else if base.audio_message.is_set() {
        (MessageKind::Audio, String::new())
    } else if base.document_message.is_set() {
        (MessageKind::Document, caption())
    } else if base.sticker_message.is_set() || base.lottie_sticker_message.is_set() {
        (MessageKind::Sticker, String::new())
    } else if let Some(place) = place::place(base) {
        (MessageKind::Location, place)
    } else if let Some(contacts) = contacts::contacts(base) {
        (MessageKind::Contact, contacts)
    } else if let Some(poll) = poll::poll(base) {
        (MessageKind::Poll, poll)
    } else if silent::is_silent(base) {
        return None;
    } else {
        (MessageKind::Unsupported, business::offer(base).unwrap_or_default())
    })
}

fn in_lines<'a>(lines: impl Iterator<Item = &'a str>) -> String {
    lines.filter(|line| !line.trim().is_empty()).collect::<Vec<_>>().join("\n")
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
