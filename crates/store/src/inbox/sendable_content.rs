//! The contents that are sent from here and are neither texts nor files.

use std::collections::BTreeSet;

use model::{
    MessageContent, bounds,
    content::{Contact, Place, Poll},
};

use crate::{Error, Field, codec};

/// Returns a place, contacts or a poll as it is stored.
///
/// # Errors
/// [`Error::Invalid`] for one that is empty, incomplete, or beyond the bounds of what is sent, and for any
/// other content.
pub(super) fn sendable_content(content: MessageContent) -> Result<MessageContent, Error> {
    let mut content = match content {
        MessageContent::Location(place) => MessageContent::Location(sendable_place(place)?),
        MessageContent::Contacts(contacts) => {
            MessageContent::Contacts(sendable_contacts(contacts)?)
        }
        MessageContent::Poll(poll) => MessageContent::Poll(sendable_poll(poll)?),
        _ => return Err(Error::Invalid(Field::Content)),
    };
    if content.shorten() {
        return Err(Error::Invalid(Field::Content));
    }
    Ok(content)
}

/// Returns the content of a message as a copy of it is sent; `None` if it cannot be. What a person sent may
/// have more in it than what is sent from here, such as a contact without a number.
pub(super) fn forwardable(content: Option<MessageContent>) -> Option<MessageContent> {
    let mut content = match content? {
        // A place that was shared for a time is where the person was, and does not move any more.
        MessageContent::Location(place) | MessageContent::LiveLocation(place) => {
            place.at?;
            MessageContent::Location(Place { report: None, ..place })
        }
        MessageContent::Contacts(contacts) => {
            MessageContent::Contacts((!contacts.is_empty()).then_some(contacts)?)
        }
        // Phones refuse a poll that they would not let anybody make.
        MessageContent::Poll(poll) => MessageContent::Poll(sendable_poll(poll).ok()?),
        _ => return None,
    };
    content.shorten();
    Some(content)
}

/// Returns a field in one line, without the spaces around it.
fn line(field: &str) -> String {
    codec::storable(&text::line(field)).trim().to_owned()
}

fn sendable_place(place: Place) -> Result<Place, Error> {
    let at = place.at.ok_or(Error::Invalid(Field::Content))?;
    let (name, address) = (line(&place.name), line(&place.address));
    Ok(Place { at: Some(at), name, address, report: None })
}

fn sendable_contacts(contacts: Vec<Contact>) -> Result<Vec<Contact>, Error> {
    if contacts.is_empty() || contacts.len() > bounds::SENT_CONTACTS {
        return Err(Error::Invalid(Field::Content));
    }
    contacts.into_iter().map(sendable_contact).collect()
}

fn sendable_contact(contact: Contact) -> Result<Contact, Error> {
    let name = line(&contact.name);
    let is_phone = |phone: &String| {
        phone.bytes().filter(u8::is_ascii_digit).count() >= 3
            && phone.chars().all(|letter| letter.is_ascii_digit() || "+-(). ".contains(letter))
    };
    let has_phones = !contact.phones.is_empty() && contact.phones.iter().all(is_phone);
    if !text::has_visible(&name) || !has_phones {
        return Err(Error::Invalid(Field::Content));
    }
    Ok(Contact { name, phones: contact.phones, more: 0 })
}

fn sendable_poll(poll: Poll) -> Result<Poll, Error> {
    let question = line(&poll.question);
    let options: Vec<String> = poll.options.iter().map(|option| line(option)).collect();
    let is_within = |words: &str, longest: usize| {
        text::has_visible(words) && words.chars().nth(longest).is_none()
    };
    // Votes name an option by the hash of its words.
    let distinct: BTreeSet<&String> = options.iter().collect();
    let is_sendable = is_within(&question, bounds::SENT_QUESTION)
        && (2..=bounds::SENT_OPTIONS).contains(&options.len())
        && distinct.len() == options.len()
        && options.iter().all(|option| is_within(option, bounds::SENT_OPTION));
    if is_sendable {
        Ok(Poll { question, options, ..poll })
    } else {
        Err(Error::Invalid(Field::Content))
    }
}

#[cfg(test)]
mod tests {
    use model::content::Coordinates;

    use super::*;

    fn contact(name: &str, phones: &[&str]) -> Contact {
        let phones = phones.iter().map(|phone| (*phone).to_owned()).collect();
        Contact { name: name.to_owned(), phones, more: 0 }
    }

    fn poll(question: &str, options: &[&str]) -> MessageContent {
        let options = options.iter().map(|option| (*option).to_owned()).collect();
        MessageContent::Poll(Poll { question: question.to_owned(), options, ..Poll::default() })
    }

    #[test]
    fn what_is_whole_is_sent_in_one_line_each() {
        let at = Coordinates::of_degrees(-15.79, -47.88);
        let named = |name: &str, address: &str| {
            let (name, address) = (name.to_owned(), address.to_owned());
            Place { at, name, address, report: None }
        };
        let place = named(" Loja\nPirata ", "\0SQN");
        let expected = named("Loja Pirata", "SQN");
        let sent = sendable_content(MessageContent::Location(place)).unwrap();
        assert_eq!(sent, MessageContent::Location(expected));
        let ana = MessageContent::Contacts(vec![contact("Ana", &["+5561999990000"])]);
        assert_eq!(sendable_content(ana.clone()).unwrap(), ana);
        let colours = poll("Cor?", &["azul", "verde"]);
        assert_eq!(sendable_content(colours.clone()).unwrap(), colours);
    }

    #[test]
    fn what_is_not_whole_is_refused() {
        let at = Coordinates::of_degrees(1.0, 2.0);
        let long = "x".repeat(bounds::PLACE + 1);
        let numbers: Vec<String> = (0..=bounds::SENT_OPTIONS).map(|n| n.to_string()).collect();
        let numbers: Vec<&str> = numbers.iter().map(String::as_str).collect();
        let one = contact("Ana", &["190"]);
        for content in [
            MessageContent::Text,
            MessageContent::Location(Place::default()),
            MessageContent::Location(Place { at, name: long, ..Place::default() }),
            MessageContent::Contacts(vec![]),
            MessageContent::Contacts(vec![one; bounds::SENT_CONTACTS + 1]),
            MessageContent::Contacts(vec![contact("Ana", &[])]),
            MessageContent::Contacts(vec![contact("\u{200b}", &["190"])]),
            MessageContent::Contacts(vec![contact("Ana", &["190\nEND:VCARD"])]),
            MessageContent::Contacts(vec![contact("Ana", &["1"; bounds::PHONES + 1])]),
            poll(" ", &["azul", "verde"]),
            poll("Cor?", &["azul"]),
            poll("Cor?", &["azul", " azul"]),
            poll("Cor?", &["azul", ""]),
            poll("Cor?", &numbers),
        ] {
            let refused = sendable_content(content.clone());
            assert!(matches!(refused, Err(Error::Invalid(Field::Content))), "{content:?}");
        }
    }

    #[test]
    fn what_a_person_sent_is_forwarded_as_far_as_it_can_be() {
        let at = Coordinates::of_degrees(1.0, 2.0);
        let place = Place { at, ..Place::default() };
        let still = Some(MessageContent::Location(place.clone()));
        assert_eq!(forwardable(Some(MessageContent::LiveLocation(place))), still);
        let odd = Some(MessageContent::Contacts(vec![contact("", &["ramal 7"])]));
        assert_eq!(forwardable(odd.clone()), odd);
        assert_eq!(forwardable(Some(MessageContent::Location(Place::default()))), None);
        assert_eq!(forwardable(Some(poll("Cor?", &["azul"]))), None);
        assert_eq!(forwardable(Some(MessageContent::Contacts(vec![]))), None);
        assert_eq!(forwardable(Some(MessageContent::Text)), None);
        assert_eq!(forwardable(None), None);
    }
}
