//! The content of a message: what was said, apart from who said it, when, and in answer to what.
//!
//! There is one file for each kind. `gateway::content` reads them from WhatsApp's messages, `store`
//! keeps them, and makes [`Piece`](crate::Piece)s or a [`Notice`](crate::Notice) of them for pages.

mod call;
mod contacts;
mod file;
mod group;
mod link_preview;
mod offer;
mod place;
mod placeholder;
mod poll;
mod revoked;
mod system;

use serde::{Deserialize, Serialize};

pub use call::{Call, CallOutcome};
pub use contacts::Contact;
pub use file::FileKind;
pub use group::{GroupChange, GroupEvent, GroupNotice, GroupPerson, People};
pub use link_preview::{LinkCard, LinkPreview};
pub use offer::{Offer, Price};
pub use place::{Coordinates, Place, Report};
pub use placeholder::Missing;
pub use poll::{Poll, PollSecret};
pub use revoked::RevokedBy;
pub use system::System;

use crate::{MessageKind, Notice, bounds};

/// The content of a message, by its kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageContent {
    Text,
    /// A text with the preview of a link in it.
    LinkedText(LinkPreview),
    /// A text whose writer came from an advertisement, with what their phone says of it.
    FromAd(LinkPreview),
    /// A text that answers a story (WhatsApp's status) of the number. The story itself is its quote.
    ToStatus,
    /// What a business offers, or its customer orders. It counts as a text: its words in lines.
    Offer(Offer),
    /// The file is a [`Media`](crate::Media), and its caption the text of the message.
    File(FileKind),
    Location(Place),
    /// A place that is shared for a time. Its later positions move it (`store::ingest::live_places`), and its end
    /// makes it a [`Self::Location`]. How long it is shared is not in WhatsApp's messages.
    LiveLocation(Place),
    Contacts(Vec<Contact>),
    Poll(Poll),
    Call(Call),
    System(System),
    /// A change of the group that it is in. Its kind is that of [`Self::System`].
    Group(GroupChange),
    /// It was deleted for everybody.
    Revoked(RevokedBy),
    /// Its content has not arrived.
    Placeholder(Missing),
    /// A kind that this version does not show.
    Unsupported {
        /// WhatsApp's name of the type, such as `event_message`; empty if the library does not know
        /// it either.
        name: String,
    },
}

impl MessageContent {
    /// Returns the kind of the message.
    pub fn kind(&self) -> MessageKind {
        match self {
            Self::Text
            | Self::LinkedText(_)
            | Self::FromAd(_)
            | Self::ToStatus
            | Self::Offer(_) => MessageKind::Text,
            Self::File(file) => file.kind(),
            Self::Location(_) => MessageKind::Location,
            Self::LiveLocation(_) => MessageKind::LiveLocation,
            Self::Contacts(_) => MessageKind::Contact,
            Self::Poll(_) => MessageKind::Poll,
            Self::Call(_) => MessageKind::Call,
            Self::System(_) | Self::Group(_) => MessageKind::System,
            Self::Revoked(_) => MessageKind::Revoked,
            Self::Placeholder(missing) => missing.kind(),
            Self::Unsupported { .. } => MessageKind::Unsupported,
        }
    }

    /// Returns true if the kind of a message, its text and its file do not represent its content.
    pub fn has_data(&self) -> bool {
        match self {
            Self::Text | Self::File(_) | Self::Revoked(_) | Self::Placeholder(_) => false,
            Self::LinkedText(_)
            | Self::FromAd(_)
            | Self::ToStatus
            | Self::Offer(_)
            | Self::Location(_)
            | Self::LiveLocation(_)
            | Self::Contacts(_)
            | Self::Poll(_)
            | Self::Call(_)
            | Self::System(_)
            | Self::Group(_) => true,
            Self::Unsupported { name } => !name.is_empty(),
        }
    }

    /// Returns the words by which lists, quotes and the search show a content that has no text of
    /// its own.
    pub fn words(&self) -> String {
        match self {
            Self::Location(place) | Self::LiveLocation(place) => place.words(),
            Self::Contacts(contacts) => contacts::words(contacts),
            Self::Poll(poll) => poll.question.clone(),
            Self::Offer(offer) => offer.words(),
            Self::Text
            | Self::LinkedText(_)
            | Self::FromAd(_)
            | Self::ToStatus
            | Self::File(_)
            | Self::Call(_)
            | Self::System(_)
            | Self::Group(_)
            | Self::Revoked(_)
            | Self::Placeholder(_)
            | Self::Unsupported { .. } => String::new(),
        }
    }

    /// Returns the notice, of a content that pages show as a sentence of their own.
    pub fn notice(&self) -> Option<Notice> {
        match self {
            Self::Call(call) => Some(Notice::Call(*call)),
            Self::System(system) => Some(Notice::System(*system)),
            _ => None,
        }
    }

    /// Shortens every field to its bound ([`bounds`]). Returns true if one was longer.
    pub fn shorten(&mut self) -> bool {
        match self {
            Self::LinkedText(preview) | Self::FromAd(preview) => preview.shorten(),
            Self::Offer(offer) => offer.shorten(),
            Self::Location(place) | Self::LiveLocation(place) => place.shorten(),
            Self::Contacts(contacts) => contacts::shorten(contacts),
            Self::Poll(poll) => poll.shorten(),
            Self::Group(change) => change.shorten(),
            Self::Unsupported { name } => shorten(name, bounds::TYPE_NAME),
            Self::Text
            | Self::ToStatus
            | Self::File(_)
            | Self::Call(_)
            | Self::System(_)
            | Self::Revoked(_)
            | Self::Placeholder(_) => false,
        }
    }
}

/// Shortens a text to this many characters. Returns true if it was longer.
fn shorten(text: &mut String, characters: usize) -> bool {
    let Some((end, _)) = text.char_indices().nth(characters) else { return false };
    text.truncate(end);
    true
}

/// Shortens a list to this many elements. Returns true if it was longer.
fn shorten_list<T>(list: &mut Vec<T>, elements: usize) -> bool {
    let is_longer = list.len() > elements;
    list.truncate(elements);
    is_longer
}

#[cfg(test)]
mod tests {
    use super::*;

    fn contact(name: &str, phones: &[&str]) -> Contact {
        let phones = phones.iter().map(|phone| (*phone).to_owned()).collect();
        Contact { name: name.to_owned(), phones, more: 0 }
    }

    #[test]
    fn contents_survive_the_database() {
        let place = Place {
            at: Coordinates::of_degrees(-15.79, -47.88),
            name: "Loja".to_owned(),
            ..Place::default()
        };
        let poll = Poll {
            question: "Que dia?".to_owned(),
            options: vec!["Segunda".to_owned()],
            choices: Some(1),
            secret: Some(PollSecret::new([7; 32])),
        };
        let preview = LinkPreview { link: "www.loja.example".to_owned(), ..LinkPreview::default() };
        for content in [
            MessageContent::Text,
            MessageContent::LinkedText(preview.clone()),
            MessageContent::FromAd(preview),
            MessageContent::ToStatus,
            MessageContent::Offer(Offer { items: 2, ..Offer::default() }),
            MessageContent::File(FileKind::Image),
            MessageContent::Location(place.clone()),
            MessageContent::LiveLocation(place),
            MessageContent::Contacts(vec![contact("Ana", &["5561"])]),
            MessageContent::Poll(poll),
            MessageContent::Call(Call { video: Some(true), outcome: CallOutcome::Missed }),
            MessageContent::System(System::Timer { seconds: 604_800 }),
            MessageContent::Group(GroupChange { by: None, what: GroupEvent::Ended }),
            MessageContent::Revoked(RevokedBy::Admin),
            MessageContent::Placeholder(Missing::OnPhone),
            MessageContent::Unsupported { name: "event_message".to_owned() },
        ] {
            let json = serde_json::to_string(&content).unwrap();
            assert_eq!(serde_json::from_str::<MessageContent>(&json).unwrap(), content, "{json}");
        }
    }

    #[test]
    fn the_form_in_the_database_stays_as_it_is() {
        let place = Place {
            at: Some(Coordinates { latitude: -15_794_229, longitude: -47_882_166 }),
            name: "Portão".to_owned(),
            ..Place::default()
        };
        let json = serde_json::to_string(&MessageContent::Location(place)).unwrap();
        let expected =
            r#"{"location":{"at":{"latitude":-15794229,"longitude":-47882166},"name":"Portão"}}"#;
        assert_eq!(json, expected);
        let contacts = MessageContent::Contacts(vec![contact("Rui", &["+55 61"])]);
        let json = serde_json::to_string(&contacts).unwrap();
        assert_eq!(json, r#"{"contacts":[{"name":"Rui","phones":["+55 61"]}]}"#);
    }

    #[test]
    fn every_field_has_its_bound() {
        let long = "é".repeat(10_000);
        let mut contents = [
            MessageContent::Location(Place {
                name: long.clone(),
                address: long.clone(),
                ..Place::default()
            }),
            MessageContent::Contacts(vec![contact(&long, &[&*long; 50]); 200]),
            MessageContent::Poll(Poll {
                question: long.clone(),
                options: vec![long.clone(); 200],
                ..Poll::default()
            }),
            MessageContent::Unsupported { name: long.clone() },
            MessageContent::LinkedText(LinkPreview {
                link: long.clone(),
                title: long.clone(),
                description: long.clone(),
            }),
            MessageContent::Offer(Offer {
                title: long.clone(),
                text: long.clone(),
                price: Some(Price { amount_1000: 1, currency: long.clone() }),
                items: 1,
                choices: vec![long.clone(); 200],
                footer: long,
            }),
        ];
        for content in &mut contents {
            assert!(content.shorten());
            assert!(!content.shorten(), "it is within its bounds");
            let json = serde_json::to_string(content).unwrap();
            assert!(json.len() < 100_000, "{} bytes", json.len());
            let is_text = content.kind() == MessageKind::Text;
            assert!(is_text || content.words().chars().count() <= bounds::WORDS);
        }
        let MessageContent::Contacts(contacts) = &contents[1] else { panic!() };
        assert_eq!((contacts.len(), contacts[0].phones.len()), (bounds::CONTACTS, bounds::PHONES));
        assert_eq!(contacts[0].name.chars().count(), bounds::NAME);
        let MessageContent::LinkedText(preview) = &contents[4] else { panic!() };
        assert_eq!(preview.link, "", "half an address leads elsewhere");
        assert_eq!(preview.title.chars().count(), bounds::LINK_TITLE);
        assert_eq!(preview.description.chars().count(), bounds::LINK_DESCRIPTION);
    }
}
