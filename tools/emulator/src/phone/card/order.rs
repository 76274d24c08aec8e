use serde::Deserialize;
use waproto::whatsapp::{
    self as wa,
    message::{
        OrderMessage,
        order_message::{OrderStatus, OrderSurface},
    },
};

/// An order from a business' catalog.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Order {
    pub id: String,
    pub title: String,
    /// Number of items.
    pub items: i32,
    /// Thousandths of the currency's unit.
    pub total_1000: i64,
    /// Three letters, as in `BRL`.
    pub currency: String,
    /// Text of the customer.
    pub text: Option<String>,
}

impl Order {
    pub(super) fn message(&self) -> wa::Message {
        let order = OrderMessage {
            order_id: Some(self.id.clone()),
            order_title: Some(self.title.clone()),
            item_count: Some(self.items),
            status: Some(OrderStatus::INQUIRY),
            surface: Some(OrderSurface::CATALOG),
            message: self.text.clone(),
            total_amount1000: Some(self.total_1000),
            total_currency_code: Some(self.currency.clone()),
            message_version: Some(1),
            ..Default::default()
        };
        wa::Message { order_message: order.into(), ..Default::default() }
    }
}
