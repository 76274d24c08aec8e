//! Shared contacts.

use model::MessageContent;
use model::content::Contact;
use whatsapp_rust::prelude::wa;
use whatsapp_rust::waproto::whatsapp::message::ContactMessage;

/// Returns shared contacts with their phone numbers.
pub(super) fn contacts(base: &wa::Message) -> Option<MessageContent> {
    let cards = match base.contacts_array_message.as_option() {
        Some(several) => several.contacts.as_slice(),
        None => std::slice::from_ref(base.contact_message.as_option()?),
    };
    Some(MessageContent::Contacts(cards.iter().map(contact).collect()))
}

fn contact(card: &ContactMessage) -> Contact {
    let lines = card.vcard.as_deref().unwrap_or_default().lines();
    Contact {
        name: card.display_name.clone().unwrap_or_default(),
        phones: lines.filter_map(telephone).collect(),
    }
}

/// Returns the phone number in a line of a vCard (RFC 6350): `TEL;type=CELL;waid=5561…:+55 61 …`,
/// possibly in a group: `item1.TEL…`. WhatsApp adds the digits of its own accounts as `waid`.
fn telephone(line: &str) -> Option<String> {
    let (name, value) = line.split_once(':')?;
    let mut parameters = name.split(';');
    let property = parameters.next()?.rsplit('.').next()?;
    if !property.eq_ignore_ascii_case("TEL") {
        return None;
    }
    let own = parameters.find_map(|parameter| {
        let (name, digits) = parameter.split_once('=')?;
        let is_number =
            (8..=15).contains(&digits.len()) && digits.bytes().all(|b| b.is_ascii_digit());
        (name.eq_ignore_ascii_case("waid") && is_number).then(|| format!("+{digits}"))
    });
    let written = || Some(value.trim()).filter(|value| !value.is_empty()).map(str::to_owned);
    own.or_else(written)
}

#[cfg(test)]
mod tests {
    use whatsapp_rust::prelude::MessageField;
    use whatsapp_rust::waproto::whatsapp::message::ContactsArrayMessage;

    use super::*;
    use crate::content::{Content, of};

    fn card(name: &str, vcard: &str) -> ContactMessage {
        ContactMessage {
            display_name: Some(name.into()),
            vcard: Some(vcard.into()),
            ..Default::default()
        }
    }

    fn read(contacts: Vec<ContactMessage>) -> (Vec<Contact>, Content) {
        let several = ContactsArrayMessage { contacts, ..Default::default() };
        let several = MessageField::some(several);
        let several = wa::Message { contacts_array_message: several, ..Default::default() };
        let content = of(&several).unwrap();
        let MessageContent::Contacts(contacts) = content.content.clone() else { panic!() };
        (contacts, content)
    }

    #[test]
    fn contacts_have_their_numbers() {
        let (contacts, content) = read(vec![
            card("Rui Sá", "FN:Rui\nTEL;type=CELL;waid=556199990000:+55 61 9999-0000\nEND:VCARD"),
            card(
                "Eva",
                "item1.TEL:+55 11 91234-5678\r\nitem1.X-ABLabel:Celular\nTEL;waid=1x: 190 ",
            ),
            card("Sem número", "BEGIN:VCARD\nFN:Sem\nTEL:\nTELEX:1\nEND:VCARD"),
        ]);
        let contact = |name: &str, phones: &[&str]| Contact {
            name: name.to_owned(),
            phones: phones.iter().map(|phone| (*phone).to_owned()).collect(),
        };
        let expected = [
            contact("Rui Sá", &["+556199990000"]),
            contact("Eva", &["+55 11 91234-5678", "190"]),
            contact("Sem número", &[]),
        ];
        assert_eq!(contacts, expected);
        assert_eq!(content.text, "Rui Sá, Eva, Sem número");
        assert!(content.raw_message.is_some(), "a vCard has more than a name and numbers");
    }

    #[test]
    fn there_are_no_more_and_no_longer_contacts_than_are_kept() {
        let vcard = "TEL:".to_owned() + &"9".repeat(10_000) + "\n";
        let (contacts, content) = read(vec![card(&"x".repeat(10_000), &vcard.repeat(20)); 200]);
        assert_eq!(contacts.len(), model::bounds::CONTACTS);
        assert_eq!(contacts[0].phones.len(), model::bounds::PHONES);
        assert_eq!(contacts[0].phones[0].len(), model::bounds::PHONE);
        assert_eq!(content.text.len(), model::bounds::WORDS);
    }
}
