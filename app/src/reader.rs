//! The reader, in whose language chats are named before they leave the server.
//!
//! The chat of a number with itself is called "Você". The browser receives only this name, not
//! which chat it is.

use http::HeaderMap;
use model::{Chat, LiveEvent};

use crate::i18n::{Locale, requested, requested_in, t};

/// Names chats in one language.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reader(Locale);

impl Reader {
    /// The sender of a request with these headers.
    pub fn of(headers: &HeaderMap) -> Self {
        Self(requested_in(headers))
    }

    /// The sender of the request being answered.
    pub(crate) fn of_request() -> Self {
        Self(requested())
    }

    /// Gives a chat its name.
    pub(crate) fn name(self, mut chat: Chat) -> Chat {
        if chat.myself {
            chat.name = t!(self.0, chats.myself).to_owned();
        }
        chat
    }

    /// Gives the chat of an event its name.
    pub fn name_in(self, event: LiveEvent) -> LiveEvent {
        match event {
            LiveEvent::Message { chat, message } => {
                LiveEvent::Message { chat: self.name(chat), message }
            }
            LiveEvent::Chat { chat } => LiveEvent::Chat { chat: self.name(chat) },
            event => event,
        }
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderValue, header::COOKIE};

    use super::*;

    #[test]
    fn notes_to_oneself_are_called_as_on_the_phone() {
        let chat = |myself| Chat { name: "Loja".into(), myself, ..fixtures::chat(1) };
        let english = [(COOKIE, HeaderValue::from_static("tema=dark; idioma=en"))];
        let (portuguese, english) = (HeaderMap::new(), HeaderMap::from_iter(english));
        assert_eq!(Reader::of(&portuguese).name(chat(true)).name, "Você");
        assert_eq!(Reader::of(&english).name(chat(true)).name, "You");
        assert_eq!(Reader::of(&english).name(chat(false)).name, "Loja");
    }
}
