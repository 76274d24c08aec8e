//! The conversations of customers with the numbers, and the ids of their messages.

use anyhow::{Context, Result};
use serde_json::Value;

use crate::harness::{HttpClient, TestCluster, test_cluster::Number, wait};

use super::{
    card::Card,
    form::Form,
    record::{Opening, Written},
    shown,
};

/// Customers of each number.
const CUSTOMERS: usize = 2;
/// The first texts of customers and of agents.
const GREETING: &str = "oi";
const ANSWER: &str = "olá";

/// A conversation of a customer with a number.
pub(super) struct Conversation {
    pub(super) customer: String,
    /// The number's phone, in international digits.
    pub(super) number: String,
    pub(super) chat: String,
    /// The logged-in client of the number's owner.
    pub(super) client: HttpClient,
    /// The first messages of the customer and of the agent, which arrived before the first fault.
    pub(super) greeting: Opening,
    pub(super) answer: Opening,
}

impl Conversation {
    /// Has customers write to every number of the cluster for the first time, and agents answer.
    pub(super) fn open_all(cluster: &TestCluster<'_>) -> Result<Vec<Self>> {
        let mut conversations = Vec::new();
        for number in cluster.numbers() {
            for nth in 0..CUSTOMERS {
                conversations.push(Self::open(cluster, number, &format!("Cliente {nth}"))?);
            }
        }
        Ok(conversations)
    }

    /// Has a new customer write to a number and ask something, and an agent answer and ask back.
    pub(super) fn open(cluster: &TestCluster<'_>, number: &Number, name: &str) -> Result<Self> {
        let whatsapp = cluster.whatsapp();
        let (customer, client) = (whatsapp.new_phone(name)?, number.client.new_connection());
        let number = &number.phone;
        let greeting_id = whatsapp.send(&customer, number, GREETING)?;
        let chat = wait::until("a customer's chat", || {
            let chats = client.call("chats", &[])?;
            let mut chats = chats.as_array().into_iter().flatten();
            let theirs = chats.find(|chat| digits(&chat["phone"]) == customer);
            Ok(theirs.and_then(|chat| chat["id"].as_i64()))
        })?;
        let (first, chat) = (chat.cast_unsigned() * 2, chat.to_string());
        let text = |wa_id: String, row: String, text: &str| {
            Written::new(wa_id, row, text.to_owned(), Form::Text)
        };
        let poll = |wa_id: String, row: String, card: &Card| {
            Written::new(wa_id, row, String::new(), Form::Card(card.clone()))
        };
        let stored = |wa_id: &str| {
            wait::until("a first message", || Ok(find_row(&client, &chat, wa_id).ok()))
        };

        let card = Card::poll("agente");
        let poll_id = whatsapp.send_content(&customer, number, card.sent_by_phone())?;
        let (greeting_row, poll_row) = (stored(&greeting_id)?, stored(&poll_id)?);
        let greeting = Opening {
            text: text(greeting_id, greeting_row, GREETING),
            poll: poll(poll_id, poll_row, &card),
        };

        let card = Card::poll("cliente");
        let [answer_id, poll_id] = [first, first + 1].map(message_id);
        client.call("send_text", &[("chat", &chat), ("text", ANSWER), ("wa_id", &answer_id)])?;
        let (function, fields) = card.form();
        let ids = [("chat", chat.as_str()), ("wa_id", poll_id.as_str())];
        client.call(function, &ids.into_iter().chain(borrowed(&fields)).collect::<Vec<_>>())?;
        wait::until("an agent's first messages", || {
            let messages = whatsapp.messages(&customer, number)?;
            let is_there = |wa_id: &str| {
                messages.iter().any(|row| row["id"] == wa_id && shown::is_message(row))
            };
            Ok((is_there(&answer_id) && is_there(&poll_id)).then_some(()))
        })?;
        let (answer_row, poll_row) = (stored(&answer_id)?, stored(&poll_id)?);
        let answer = Opening {
            text: text(answer_id, answer_row, ANSWER),
            poll: poll(poll_id, poll_row, &card),
        };
        Ok(Self { customer, number: number.clone(), chat, client, greeting, answer })
    }

    /// Returns the messages that arrived before the first fault.
    pub(super) fn opening(&self) -> impl Iterator<Item = &Written> {
        [&self.greeting, &self.answer].into_iter().flat_map(|one| [&one.text, &one.poll])
    }

    /// Returns all stored messages, oldest first.
    pub(super) fn stored(&self) -> Result<Vec<Value>> {
        let mut all: Vec<Value> = Vec::new();
        loop {
            let before =
                all.first().and_then(|first| first["position"].as_i64()).map(|at| at.to_string());
            let mut form = vec![("chat", self.chat.as_str())];
            form.extend(before.as_deref().map(|before| ("before", before)));
            let page = self.client.call("messages", &form)?;
            let page = page.as_array().context("no list of messages")?;
            if page.is_empty() {
                return Ok(all);
            }
            all.splice(0..0, page.iter().cloned());
        }
    }
}

/// Borrows the fields of a form, as [`HttpClient::call`] takes them.
pub(super) fn borrowed(fields: &[(String, String)]) -> impl Iterator<Item = (&str, &str)> {
    fields.iter().map(|(name, value)| (name.as_str(), value.as_str()))
}

/// Returns the id in the inbox of one of the last messages of a chat.
pub(super) fn find_row(client: &HttpClient, chat: &str, wa_id: &str) -> Result<String> {
    let messages = client.call("messages", &[("chat", chat)])?;
    let mut messages = messages.as_array().into_iter().flatten();
    let found = messages.find(|message| message["wa_id"] == wa_id);
    row_id(found.context("a message that was accepted is not in its conversation")?)
}

/// Returns the id of a message in the inbox.
pub(super) fn row_id(message: &Value) -> Result<String> {
    Ok(message["id"].as_i64().context("a message without an id")?.to_string())
}

/// The beginning of the ids that WhatsApp Web generates, before 18 hexadecimal digits.
pub(super) const ID_PREFIX: &str = "3EB0";

pub(super) fn message_id(number: u64) -> String {
    format!("{ID_PREFIX}{number:018X}")
}

/// Returns the place of the conversation of the same number with its next customer.
pub(super) fn next_customer(index: usize) -> usize {
    index - index % CUSTOMERS + (index + 1) % CUSTOMERS
}

/// Returns the digits of a formatted number.
fn digits(phone: &Value) -> String {
    phone.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect()
}
