//! Shared contacts.

use serde::{Deserialize, Serialize};

use super::{shorten as shorten_text, shorten_list};
use crate::bounds;

/// A person whose contact was shared.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// The name as the sender has it; empty if there is none.
    pub name: String,
    /// The phone numbers as they were written, or in international digits with a plus where
    /// WhatsApp knows them.
    pub phones: Vec<String>,
    /// The count of further phone numbers, which were left out.
    #[serde(default, skip_serializing_if = "crate::skip::is_zero")]
    pub more: u32,
}

/// Returns the names of contacts; the number of one who has none.
pub(super) fn words(contacts: &[Contact]) -> String {
    let mut words = String::new();
    for contact in contacts {
        let named = Some(&contact.name).filter(|name| !name.trim().is_empty());
        let Some(name) = named.or(contact.phones.first()) else { continue };
        if !words.is_empty() {
            words.push_str(", ");
        }
        words.push_str(name);
    }
    shorten_text(&mut words, bounds::WORDS);
    words
}

fn shorten_one(contact: &mut Contact) -> bool {
    let mut is_longer = shorten_text(&mut contact.name, bounds::NAME);
    let left_out = contact.phones.len().saturating_sub(bounds::PHONES);
    contact.more = contact.more.saturating_add(u32::try_from(left_out).unwrap_or(u32::MAX));
    is_longer |= shorten_list(&mut contact.phones, bounds::PHONES);
    for phone in &mut contact.phones {
        is_longer |= shorten_text(phone, bounds::PHONE);
    }
    is_longer
}

pub(super) fn shorten(contacts: &mut Vec<Contact>) -> bool {
    let mut is_longer = shorten_list(contacts, bounds::CONTACTS);
    for contact in contacts {
        is_longer |= shorten_one(contact);
    }
    is_longer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contacts_are_named_in_one_line() {
        let contact = |name: &str, phones: &[&str]| Contact {
            name: name.to_owned(),
            phones: phones.iter().map(|phone| (*phone).to_owned()).collect(),
            ..Contact::default()
        };
        let all = [contact("Rui Sá", &["1"]), contact(" ", &["+55 61"]), contact("", &[])];
        assert_eq!(words(&all), "Rui Sá, +55 61");
    }

    #[test]
    fn numbers_that_are_left_out_are_counted() {
        let mut contact = Contact { phones: vec!["1".to_owned(); 8], ..Contact::default() };
        assert!(shorten_one(&mut contact));
        assert_eq!((contact.phones.len(), contact.more), (bounds::PHONES, 3));
        assert!(!shorten_one(&mut contact));
        assert_eq!(contact.more, 3);
        let stored = serde_json::to_string(&contact).unwrap();
        assert_eq!(serde_json::from_str::<Contact>(&stored).unwrap(), contact);
        let earlier: Contact = serde_json::from_str(r#"{"name":"Ana","phones":["1"]}"#).unwrap();
        assert_eq!(earlier.more, 0);
    }
}
