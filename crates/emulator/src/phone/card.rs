use wacore_binary::Jid;
use waproto::buffa::MessageField;
use waproto::whatsapp::{
    self as wa,
    message::{
        ContactMessage, LocationMessage, PollCreationMessage,
        poll_creation_message::Option as PollOption,
    },
};

use super::{Phone, PhoneError};

/// Messages other than texts and files.
#[derive(Debug, Clone, PartialEq)]
pub enum Card {
    /// A place on the map, in degrees, with a name if it has one.
    Location { latitude: f64, longitude: f64, name: Option<String>, address: Option<String> },
    /// A person in the address book, with a number in international digits.
    Contact { name: String, number: String },
    /// A question with answers to choose one of.
    Poll { question: String, options: Vec<String> },
}

impl Phone {
    /// Composes a card for a person's chat, as [`Phone::compose_text`] does a text.
    pub fn compose_card(
        &mut self,
        to: &Jid,
        card: &Card,
    ) -> Result<(String, wa::Message), PhoneError> {
        Ok(self.compose(to, card.message()))
    }
}

impl Card {
    fn message(&self) -> wa::Message {
        let mut message = wa::Message::default();
        match self.clone() {
            Self::Location { latitude, longitude, name, address } => {
                message.location_message = MessageField::some(LocationMessage {
                    degrees_latitude: Some(latitude),
                    degrees_longitude: Some(longitude),
                    name,
                    address,
                    ..Default::default()
                });
            }
            Self::Contact { name, number } => {
                // Phones write the number as people read it, and WhatsApp's own form in `waid`.
                let vcard = format!(
                    "BEGIN:VCARD\nVERSION:3.0\nN:;{name};;;\nFN:{name}\n\
                     item1.TEL;waid={number}:+{number}\nitem1.X-ABLabel:Celular\nEND:VCARD"
                );
                message.contact_message = MessageField::some(ContactMessage {
                    display_name: Some(name),
                    vcard: Some(vcard),
                    ..Default::default()
                });
            }
            Self::Poll { question, options } => {
                let option = |name| PollOption { option_name: Some(name), ..Default::default() };
                // The third version is the one with a single answer.
                message.poll_creation_message_v3 = MessageField::some(PollCreationMessage {
                    name: Some(question),
                    options: options.into_iter().map(option).collect(),
                    selectable_options_count: Some(1),
                    ..Default::default()
                });
            }
        }
        message
    }
}
