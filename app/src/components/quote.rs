use leptos::prelude::*;
use model::{Author, ContactId, Forwarded, MessageId, Quote};

use super::author::author_class;
use super::element::element;
use super::{Glyph, Icon};
use crate::i18n::{Locale, t};
use crate::inbox::{Bubble, Inbox};
use crate::labels;

/// A quote as it is shown.
pub(super) struct Quoted {
    message: Option<MessageId>,
    sender: Option<ContactId>,
    author: String,
    text: String,
}

impl Quoted {
    pub(super) fn of(locale: Locale, inbox: Inbox, quote: &Quote) -> Self {
        let author = match &quote.author {
            Author::User { name } | Author::Contact { name: Some(name) } => name.clone(),
            Author::Contact { name: None } => inbox.contact(),
            Author::Phone => t!(locale, chat.by_phone).to_owned(),
        };
        let text = match labels::kind(locale, quote.kind) {
            None => quote.excerpt.clone(),
            Some(kind) if quote.excerpt.is_empty() => kind.to_owned(),
            Some(kind) => format!("{kind}: {}", quote.excerpt),
        };
        Self { message: quote.message, sender: quote.sender, author, text }
    }

    /// The class of its element, with the colour of its author.
    pub(super) fn class(&self) -> String {
        self.sender.map_or_else(|| "quote".to_owned(), |sender| author_class("quote", sender))
    }

    /// The author and the text.
    pub(super) fn lines(self) -> Vec<AnyView> {
        let own_direction = [("dir", Some("auto"))];
        let author = element("STRONG", &own_direction, self.author.into_any());
        let text = element("SPAN", &own_direction, self.text.into_any());
        vec![author, text]
    }

    /// The quote in its bubble: a button that goes to the quoted message, if it is stored.
    fn in_bubble(self, locale: Locale) -> AnyView {
        let class = self.class();
        if self.message.is_none() {
            return element("DIV", &[("class", Some(&*class))], self.lines().into_any());
        }
        let name = t!(locale, chat.jump).to_owned();
        let mut parts = vec![element("EM", &[("class", Some("sr"))], name.into_any())];
        parts.extend(self.lines());
        let attributes =
            [("class", Some(&*class)), ("type", Some("button")), ("data-act", Some("jump"))];
        element("BUTTON", &attributes, parts.into_any())
    }
}

/// The parts above the text of a message: the mark of a forwarded one, and the quote of an answer.
pub(super) fn head(locale: Locale, inbox: Inbox, bubble: &Bubble) -> AnyView {
    let mark = match bubble.forwarded() {
        Forwarded::Original => None,
        Forwarded::Forwarded => Some(t!(locale, chat.forwarded)),
        Forwarded::ManyTimes => Some(t!(locale, chat.forwarded_often)),
    };
    let mark = mark.map(|mark| {
        let icon = view! { <Icon of=Glyph::Forward /> };
        let parts = vec![icon.into_any(), mark.to_owned().into_any()];
        element("SPAN", &[("class", Some("mark"))], parts.into_any())
    });
    let quote = bubble.reply_to();
    let quote = quote.map(|quote| Quoted::of(locale, inbox, quote).in_bubble(locale));
    mark.into_iter().chain(quote).collect::<Vec<_>>().into_any()
}
