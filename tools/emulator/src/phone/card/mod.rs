//! Messages other than texts and files, one file a kind.
//!
//! * [`place`]: places and live locations
//! * [`contact`]: one contact or several
//! * [`poll`]: polls; votes are in `phone::poll_vote`
//! * [`reply`]: answers to a business' buttons and lists
//! * [`order`], [`product`], [`template`]: messages of and to businesses

mod contact;
mod order;
mod place;
mod poll;
mod product;
mod reply;
mod template;

use wacore_binary::Jid;
use waproto::whatsapp as wa;

use super::{MessageContext, Phone, PhoneError};

pub use contact::ContactCard;
pub use order::Order;
pub use place::LiveLocation;
pub use product::Product;
pub use reply::{ButtonReply, ListReply, TemplateReply};
pub use template::{Template, TemplateButton};

/// Messages other than texts and files.
#[derive(Debug, Clone, PartialEq)]
pub enum Card {
    /// A place on the map, in degrees, with a name if it has one.
    Location { latitude: f64, longitude: f64, name: Option<String>, address: Option<String> },
    /// The place of a person who shares it for a while.
    LiveLocation(LiveLocation),
    /// A person in the address book, with a number in international digits.
    Contact { name: String, number: String },
    /// Several people in the address book.
    Contacts(Vec<ContactCard>),
    /// A question with answers to choose one of.
    Poll { question: String, options: Vec<String> },
    /// A question with answers to choose any number of.
    MultipleChoice { question: String, options: Vec<String> },
    /// The answer to a message with buttons.
    ButtonReply(ButtonReply),
    /// The answer to a message with a list.
    ListReply(ListReply),
    /// The answer to a template with buttons.
    TemplateReply(TemplateReply),
    /// An order from a catalog.
    Order(Order),
    /// A product of a catalog.
    Product(Product),
    /// A business' message with buttons.
    Template(Template),
}

impl Phone {
    /// Composes a card for a person's chat, as [`Phone::compose_text`] does a text.
    pub fn compose_card(
        &mut self,
        to: &Jid,
        card: &Card,
        context: &MessageContext,
    ) -> Result<(String, wa::Message), PhoneError> {
        let mut message = card.message();
        self.add_context(to, &mut message, context)?;
        Ok(self.compose(to, message))
    }
}

impl Card {
    pub(super) fn message(&self) -> wa::Message {
        match self {
            Self::Location { latitude, longitude, name, address } => {
                place::location(*latitude, *longitude, name.clone(), address.clone())
            }
            Self::LiveLocation(live) => live.message(),
            Self::Contact { name, number } => contact::one(name, number),
            Self::Contacts(contacts) => contact::several(contacts),
            Self::Poll { question, options } => poll::single_choice(question, options),
            Self::MultipleChoice { question, options } => poll::multiple_choice(question, options),
            Self::ButtonReply(reply) => reply.message(),
            Self::ListReply(reply) => reply.message(),
            Self::TemplateReply(reply) => reply.message(),
            Self::Order(order) => order.message(),
            Self::Product(product) => product.message(),
            Self::Template(template) => template.message(),
        }
    }
}
