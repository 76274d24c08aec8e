use serde::Deserialize;
use waproto::whatsapp::{
    self as wa,
    message::{ProductMessage, product_message::ProductSnapshot},
};

/// A product of a business' catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Product {
    pub id: String,
    pub title: String,
    pub description: Option<String>,
    /// Thousandths of the currency's unit.
    pub price_1000: Option<i64>,
    /// Three letters, as in `BRL`.
    pub currency: Option<String>,
    pub url: Option<String>,
    /// Text under the product.
    pub text: Option<String>,
    /// The JID of the business.
    pub owner: Option<String>,
}

impl Product {
    pub(super) fn message(&self) -> wa::Message {
        let product = ProductSnapshot {
            product_id: Some(self.id.clone()),
            title: Some(self.title.clone()),
            description: self.description.clone(),
            price_amount1000: self.price_1000,
            currency_code: self.currency.clone(),
            url: self.url.clone(),
            ..Default::default()
        };
        let message = ProductMessage {
            product: product.into(),
            business_owner_jid: self.owner.clone(),
            body: self.text.clone(),
            ..Default::default()
        };
        wa::Message { product_message: message.into(), ..Default::default() }
    }
}
