//! Builds the message of shared contacts.

use model::content::Contact;
use whatsapp_rust::prelude::{MessageField, wa};
use whatsapp_rust::waproto::whatsapp::message::{ContactMessage, ContactsArrayMessage};

/// Builds the message of contacts: phones have one kind for a single contact and another for several.
/// `names` are the names of all.
pub(super) fn message(
    contacts: &[Contact],
    names: &str,
    context: Option<wa::ContextInfo>,
) -> wa::Message {
    if let [contact] = contacts {
        let mut card = card(contact);
        card.context_info = context.into();
        return wa::Message { contact_message: MessageField::some(card), ..Default::default() };
    }
    let several = ContactsArrayMessage {
        display_name: Some(names.to_owned()),
        contacts: contacts.iter().map(card).collect(),
        context_info: context.into(),
    };
    wa::Message { contacts_array_message: MessageField::some(several), ..Default::default() }
}

fn card(contact: &Contact) -> ContactMessage {
    ContactMessage {
        display_name: Some(name(contact).to_owned()),
        vcard: Some(vcard(contact)),
        ..Default::default()
    }
}

/// Returns the name of a contact; of one without a name, the number.
fn name(contact: &Contact) -> &str {
    let named = Some(&contact.name).filter(|name| !name.trim().is_empty());
    named.or(contact.phones.first()).map(String::as_str).unwrap_or_default()
}

/// Writes a contact as WhatsApp's apps do, as a vCard of version 3.0 (RFC 2426) that ends its lines with a
/// line feed alone.
fn vcard(contact: &Contact) -> String {
    let name = escaped(name(contact));
    let mut lines = vec![
        "BEGIN:VCARD".to_owned(),
        "VERSION:3.0".to_owned(),
        format!("N:;{name};;;"),
        format!("FN:{name}"),
    ];
    lines.extend(contact.phones.iter().map(|phone| telephone(phone)));
    lines.push("END:VCARD".to_owned());
    lines.join("\n")
}

/// Writes a phone number. For one in international digits with a plus, which WhatsApp knows ([`Contact`]),
/// apps offer to chat because of its `waid`.
fn telephone(written: &str) -> String {
    match written.strip_prefix('+').filter(|digits| phone::is_international(digits)) {
        Some(digits) => format!("TEL;type=CELL;waid={digits}:{}", phone::number(digits)),
        None => format!("TEL;type=CELL:{}", escaped(written)),
    }
}

/// Escapes the letters that mean something in a vCard (RFC 2426, 4). Control characters become spaces, so
/// that no value ends its line.
fn escaped(value: &str) -> String {
    let mut escaped = String::with_capacity(value.len());
    for letter in value.chars() {
        match letter {
            '\\' | ',' | ';' => escaped.extend(['\\', letter]),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use model::MessageContent;

    use super::*;
    use crate::content;

    fn contact(name: &str, phones: &[&str]) -> Contact {
        let phones = phones.iter().map(|phone| (*phone).to_owned()).collect();
        Contact { name: name.to_owned(), phones, more: 0 }
    }

    fn read(message: &wa::Message) -> Vec<Contact> {
        match content::of(message).expect("something to show").content {
            MessageContent::Contacts(contacts) => contacts,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn contacts_are_read_as_they_were_written() {
        let rui = contact("Rui Sá", &["+5561999990000", "190"]);
        let eva = contact("Eva", &["+55 11 91234-5678"]);
        let one = message(std::slice::from_ref(&rui), "Rui Sá", None);
        assert!(one.contact_message.is_set());
        assert_eq!(read(&one), std::slice::from_ref(&rui));
        let two = message(&[rui.clone(), eva.clone()], "Rui Sá, Eva", None);
        let several = &two.contacts_array_message;
        assert_eq!(several.display_name.as_deref(), Some("Rui Sá, Eva"));
        assert_eq!(read(&two), [rui, eva]);
    }

    #[test]
    fn a_vcard_is_as_phones_write_it() {
        let written = vcard(&contact("Sá; Rui, \\o/", &["+5561999990000", "+55 61 3333-0000"]));
        let expected = "BEGIN:VCARD\nVERSION:3.0\n\
                        N:;Sá\\; Rui\\, \\\\o/;;;\nFN:Sá\\; Rui\\, \\\\o/\n\
                        TEL;type=CELL;waid=5561999990000:+55 61 99999-0000\n\
                        TEL;type=CELL:+55 61 3333-0000\nEND:VCARD";
        assert_eq!(written, expected);
    }

    #[test]
    fn no_value_begins_another_line() {
        let odd = contact("Eva\nTEL:190\r\n", &["1\nEND:VCARD"]);
        let written = vcard(&odd);
        assert_eq!(written.lines().count(), 6, "{written}");
        assert_eq!(read(&message(&[odd], "Eva", None))[0].phones, ["1 END:VCARD"]);
    }

    #[test]
    fn one_without_a_name_has_its_number() {
        let sent = message(&[contact(" ", &["+5561999990000"])], "", None);
        assert_eq!(sent.contact_message.display_name.as_deref(), Some("+5561999990000"));
    }
}
