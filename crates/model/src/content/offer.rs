//! What businesses say with more than a text: buttons, lists, templates, products, orders and payments.

use serde::{Deserialize, Serialize};

use super::{shorten, shorten_list};
use crate::bounds;

/// The words of such a message. A choice of its customer comes as a text.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Offer {
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub text: String,
    /// The price of a product, the total of an order, or an amount to pay.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Price>,
    /// The number of things in an order; 0 for anything else.
    #[serde(default, skip_serializing_if = "crate::skip::is_zero")]
    pub items: u32,
    /// The words of buttons, or of the rows of a list.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub choices: Vec<String>,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub footer: String,
}

/// An amount of money, as the sender's phone states it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Price {
    /// Thousandths of the unit of the currency.
    pub amount_1000: i64,
    /// Three letters, such as `BRL`.
    pub currency: String,
}

impl Price {
    /// Returns it with two decimals, in the form of Brazil: `R$ 12,50`. `None` if the currency is none, which
    /// could be any words.
    pub fn words(&self) -> Option<String> {
        let is_code = self.currency.len() == 3
            && self.currency.bytes().all(|letter| letter.is_ascii_uppercase());
        let sign = if self.amount_1000 < 0 { "-" } else { "" };
        let cents = self.amount_1000.unsigned_abs() / 10;
        let unit = if self.currency == "BRL" { "R$" } else { &*self.currency };
        is_code.then(|| format!("{unit} {sign}{},{:02}", cents / 100, cents % 100))
    }
}

impl Offer {
    /// Returns the lines below the title and the text.
    pub fn details(&self) -> Vec<String> {
        let price = self.price.as_ref().and_then(Price::words);
        let items = (self.items > 0).then(|| format!("{} ×", self.items));
        let sum: Vec<String> = items.into_iter().chain(price).collect();
        let sum = Some(sum.join(" · ")).filter(|sum| !sum.is_empty());
        let choices = self.choices.iter().map(|choice| format!("• {choice}"));
        let footer = Some(self.footer.clone());
        let lines = sum.into_iter().chain(choices).chain(footer);
        lines.filter(|line| !line.trim().is_empty()).collect()
    }

    /// Returns all of it in lines.
    pub fn words(&self) -> String {
        let lines = [self.title.clone(), self.text.clone()].into_iter().chain(self.details());
        let lines: Vec<String> = lines.filter(|line| !line.trim().is_empty()).collect();
        lines.join("\n")
    }

    pub(super) fn shorten(&mut self) -> bool {
        let mut is_longer = shorten(&mut self.title, bounds::WORDS)
            | shorten(&mut self.text, bounds::OFFER)
            | shorten(&mut self.footer, bounds::WORDS)
            | shorten_list(&mut self.choices, bounds::OPTIONS);
        for choice in &mut self.choices {
            is_longer |= shorten(choice, bounds::OPTION);
        }
        if let Some(price) = &mut self.price {
            is_longer |= shorten(&mut price.currency, 3);
        }
        is_longer
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_price_has_two_decimals_and_a_currency_that_is_one() {
        let words = |amount_1000, currency: &str| {
            Price { amount_1000, currency: currency.to_owned() }.words()
        };
        assert_eq!(words(12_500, "BRL").as_deref(), Some("R$ 12,50"));
        assert_eq!(words(1_234_567_890, "USD").as_deref(), Some("USD 1234567,89"));
        assert_eq!(words(-50, "BRL").as_deref(), Some("R$ -0,05"));
        assert_eq!(words(i64::MIN, "EUR").as_deref(), Some("EUR -9223372036854775,80"));
        for odd in ["", "R$", "<b>", "brl", "REAIS"] {
            assert_eq!(words(1, odd), None, "{odd}");
        }
    }

    #[test]
    fn an_order_is_in_lines() {
        let order = Offer {
            title: "Pedido".to_owned(),
            price: Some(Price { amount_1000: 120_000, currency: "BRL".to_owned() }),
            items: 3,
            choices: vec!["Ver".to_owned()],
            footer: " ".to_owned(),
            ..Offer::default()
        };
        assert_eq!(order.words(), "Pedido\n3 × · R$ 120,00\n• Ver");
        assert_eq!(Offer::default().words(), "");
    }
}
