//! Shared contacts, described in words.

use whatsapp_rust::prelude::wa;

use super::in_lines;

/// Lists shared contacts: the name and the phone numbers of each.
pub(super) fn contacts(base: &wa::Message) -> Option<String> {
    let cards = match base.contacts_array_message.as_option() {
        Some(several) => several.contacts.as_slice(),
        None => std::slice::from_ref(base.contact_message.as_option()?),
    };
    let lines = cards.iter().flat_map(|card| {
        let numbers = card.vcard.as_deref().unwrap_or_default().lines().filter_map(telephone);
        card.display_name.as_deref().into_iter().chain(numbers)
    });
    Some(in_lines(lines))
}

/// Returns the phone number in a line of a vCard (RFC 6350): `TEL;type=CELL;waid=5561…:+55 61 …`,
/// possibly in a group: `item1.TEL…`.
fn telephone(line: &str) -> Option<&str> {
    let (name, value) = line.split_once(':')?;
    let property = name.split(';').next()?;
    let property = property.rsplit('.').next()?;
    property.eq_ignore_ascii_case("TEL").then_some(value.trim())
}

#[cfg(test)]
mod tests {
    use model::MessageKind;
    use whatsapp_rust::prelude::{MessageField, wa};
    use whatsapp_rust::waproto::whatsapp::message::{ContactMessage, ContactsArrayMessage};

    use crate::testing::read;

    #[test]
    fn contacts_have_their_numbers() {
        let card = |name: &str, vcard: &str| ContactMessage {
            display_name: Some(name.into()),
            vcard: Some(vcard.into()),
            ..Default::default()
        };
        let several = ContactsArrayMessage {
            contacts: vec![
                card(
                    "Rui Sá",
                    "FN:Rui\nTEL;type=CELL;waid=556199990000:+55 61 9999-0000\nEND:VCARD",
                ),
                card("Eva", "item1.TEL:+55 11 91234-5678\r\nitem1.X-ABLabel:Celular"),
            ],
            ..Default::default()
        };
        let several = MessageField::some(several);
        let several = wa::Message { contacts_array_message: several, ..Default::default() };
        let words = "Rui Sá\n+55 61 9999-0000\nEva\n+55 11 91234-5678";
        assert_eq!(read(&several), (MessageKind::Contact, words.into()));
    }
}
