//! The content of a message: what is shown of it, and what it refers to. This maps WhatsApp's messages
//! to [`MessageContent`], and nothing else.
//!
//! * [`mod@base`] removes the wrappers, and [`read`] tries one kind after the other.
//! * [`file`], [`place`], [`contacts`], [`poll`] and [`system`] read one kind each; [`link_preview`] reads what
//!   comes with a link of a text, [`ad`] the advertisement that its writer came from, [`business`] what businesses
//!   offer, and [`unsupported`] names what is not shown.
//! * [`silent`] recognises messages that get no bubble.
//! * [`context`] reads the message that an answer refers to, and how often a message was forwarded.
//! * [`mod@timer`] reads the time after which messages of the chat disappear.
//! * [`raw_message`] decides whether the message as received is kept too.

mod ad;
mod base;
mod business;
mod contacts;
pub(crate) mod context;
mod file;
mod link_preview;
mod place;
mod poll;
mod raw_message;
mod read;
mod silent;
mod system;
mod timer;
mod unsupported;

pub(crate) use base::base;
pub(crate) use file::is_lottie;
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
    let (mut content, text, is_shortened) = read::read(base)?;
    if let MessageContent::Poll(poll) = &mut content {
        poll.secret = poll::secret(message, base);
    }
    // View-once messages are not kept.
    let is_complete = !is_shortened && raw_message::is_complete(&content, base);
    let is_kept = !is_complete && !message.is_view_once();
    let raw_message = is_kept.then(|| raw_message::without_keys(message));
    Some(Content { content, text, raw_message })
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
