use serde::Deserialize;
use waproto::whatsapp::{
    self as wa,
    message::{ContactMessage, ContactsArrayMessage},
};

/// A person in the address book.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ContactCard {
    pub name: String,
    /// International digits.
    pub number: String,
}

pub(super) fn one(name: &str, number: &str) -> wa::Message {
    wa::Message { contact_message: contact(name, number).into(), ..Default::default() }
}

pub(super) fn several(contacts: &[ContactCard]) -> wa::Message {
    let message = ContactsArrayMessage {
        display_name: Some(format!("{} contatos", contacts.len())),
        contacts: contacts.iter().map(|one| contact(&one.name, &one.number)).collect(),
        ..Default::default()
    };
    wa::Message { contacts_array_message: message.into(), ..Default::default() }
}

fn contact(name: &str, number: &str) -> ContactMessage {
    // Phones write the number as people read it, and WhatsApp's own form in `waid`.
    let vcard = format!(
        "BEGIN:VCARD\nVERSION:3.0\nN:;{name};;;\nFN:{name}\n\
         item1.TEL;waid={number}:+{number}\nitem1.X-ABLabel:Celular\nEND:VCARD"
    );
    ContactMessage { display_name: Some(name.to_owned()), vcard: Some(vcard), ..Default::default() }
}
