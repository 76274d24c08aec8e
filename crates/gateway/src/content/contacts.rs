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
    let vcard = unfolded(card.vcard.as_deref().unwrap_or_default());
    let own = card.display_name.clone().filter(|name| !name.trim().is_empty());
    Contact {
        name: own.or_else(|| vcard.lines().find_map(full_name)).unwrap_or_default(),
        phones: vcard.lines().filter_map(telephone).collect(),
        ..Contact::default()
    }
}

/// Joins the lines of a vCard that were folded: a line that begins with a space or a tab goes on with the
/// previous one (RFC 6350, 3.2).
fn unfolded(vcard: &str) -> String {
    let mut unfolded = String::with_capacity(vcard.len());
    for line in vcard.lines() {
        match line.strip_prefix([' ', '\t']) {
            Some(rest) => unfolded.push_str(rest),
            None => {
                unfolded.push('\n');
                unfolded.push_str(line);
            }
        }
    }
    unfolded
}

/// Returns the parameters and the value of a line of a vCard (RFC 6350, 3.3), if it is of this property:
/// `TEL;type=CELL:+55 61 …`, possibly in a group: `item1.TEL…`.
fn property<'a>(line: &'a str, wanted: &str) -> Option<(&'a str, &'a str)> {
    let (head, value) = line.split_once(':')?;
    let (name, parameters) = head.split_once(';').unwrap_or((head, ""));
    let name = name.rsplit('.').next()?;
    name.eq_ignore_ascii_case(wanted).then(|| (parameters, value.trim()))
}

/// Returns the name in a line such as `FN:Rui Sá`.
fn full_name(line: &str) -> Option<String> {
    let (_, value) = property(line, "FN")?;
    let mut name = String::new();
    let mut letters = value.chars();
    while let Some(letter) = letters.next() {
        // Commas, semicolons, backslashes and line breaks are escaped (RFC 6350, 3.4).
        name.extend(match letter {
            '\\' => letters.next().map(|escaped| match escaped {
                'n' | 'N' => ' ',
                escaped => escaped,
            }),
            letter => Some(letter),
        });
    }
    Some(name).filter(|name| !name.trim().is_empty())
}

/// Returns the phone number in a line such as `TEL;type=CELL;waid=5561…:+55 61 …`. WhatsApp adds the digits
/// of its own accounts as `waid`.
fn telephone(line: &str) -> Option<String> {
    let (parameters, value) = property(line, "TEL")?;
    let own = parameters.split(';').find_map(|parameter| {
        let (name, digits) = parameter.split_once('=')?;
        let is_own = name.eq_ignore_ascii_case("waid") && phone::is_international(digits);
        is_own.then(|| format!("+{digits}"))
    });
    own.or_else(|| Some(value).filter(|value| !value.is_empty()).map(str::to_owned))
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
            ..Contact::default()
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
    fn folded_lines_are_read_whole() {
        let vcard = "BEGIN:VCARD\r\nFN:Maria da Concei\r\n ção \r\n Alves\r\n\
                     TEL;type=CELL;\r\n\twaid=556199\r\n 990000:+55 61\r\n  9999-0000\r\nEND:VCARD";
        let (contacts, _) = read(vec![card(" ", vcard)]);
        assert_eq!(contacts[0].name, "Maria da Conceição Alves");
        assert_eq!(contacts[0].phones, ["+556199990000"]);
        let (contacts, _) = read(vec![card("Rui", "TEL:+55 61\n  9999-\n\t0000")]);
        assert_eq!(contacts[0].phones, ["+55 61 9999-0000"]);
    }

    #[test]
    fn a_card_without_a_name_has_that_of_its_vcard() {
        let vcard = "N:Sá;Rui;;;\nitem1.FN;CHARSET=UTF-8:Sá\\, Rui\\nLoja\nTEL:190";
        let unnamed = ContactMessage { display_name: None, ..card("", vcard) };
        let (contacts, content) = read(vec![unnamed, card("", vcard), card("Rui", vcard)]);
        let names: Vec<_> = contacts.iter().map(|contact| contact.name.as_str()).collect();
        assert_eq!(names, ["Sá, Rui Loja", "Sá, Rui Loja", "Rui"]);
        assert_eq!(content.text, "Sá, Rui Loja, Sá, Rui Loja, Rui");
        let (contacts, _) = read(vec![card("", "FN: \nTEL:190")]);
        assert_eq!(contacts[0].name, "");
    }

    #[test]
    fn there_are_no_more_and_no_longer_contacts_than_are_kept() {
        let vcard = "TEL:".to_owned() + &"9".repeat(10_000) + "\n";
        let (contacts, content) = read(vec![card(&"x".repeat(10_000), &vcard.repeat(20)); 200]);
        assert_eq!(contacts.len(), model::bounds::CONTACTS);
        assert_eq!(contacts[0].phones.len(), model::bounds::PHONES);
        assert_eq!(contacts[0].more as usize, 20 - model::bounds::PHONES);
        assert_eq!(contacts[0].phones[0].len(), model::bounds::PHONE);
        assert_eq!(content.text.len(), model::bounds::WORDS);
    }
}
