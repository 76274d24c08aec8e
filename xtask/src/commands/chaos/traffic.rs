//! Sends messages in both directions, as customers and agents do.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::harness::{HttpClient, TestCluster, WhatsApp, wait};

/// Customers of each number.
const CUSTOMERS: usize = 2;
/// Every eighth message of a customer is a picture.
const PICTURE_EVERY: usize = 8;
/// Bytes of a picture.
const PICTURE: usize = 12_000;
/// Mean time between two messages of all customers, and between two of all agents.
const INBOUND_EVERY: Duration = Duration::from_millis(35);
const OUTBOUND_EVERY: Duration = Duration::from_millis(120);
/// A browser retries a request at this interval, until the timeout.
const RETRY: Duration = Duration::from_millis(150);
const RETRY_TIMEOUT: Duration = Duration::from_secs(90);

/// A conversation of a customer with a number.
pub(super) struct Conversation {
    pub(super) customer: String,
    /// The number's phone, in international digits.
    pub(super) number: String,
    pub(super) chat: String,
    /// The logged-in client of the number's owner.
    pub(super) client: HttpClient,
}

/// Texts of each conversation, in the order in which they were sent.
pub(super) type Texts = Vec<Vec<String>>;

impl Conversation {
    /// Has customers write to every number of the cluster for the first time.
    pub(super) fn open_all(cluster: &TestCluster<'_>) -> Result<Vec<Self>> {
        let whatsapp = cluster.whatsapp();
        let mut conversations = Vec::new();
        for number in cluster.numbers() {
            for nth in 0..CUSTOMERS {
                let customer = whatsapp.new_phone(&format!("Cliente {nth}"))?;
                whatsapp.send(&customer, &number.phone, "oi")?;
                let chat = wait::until("a customer's chat", || {
                    let chats = number.client.call("chats", &[])?;
                    let mut chats = chats.as_array().into_iter().flatten();
                    let theirs = chats.find(|chat| digits(&chat["phone"]) == customer);
                    Ok(theirs.and_then(|chat| chat["id"].as_i64()))
                })?;
                conversations.push(Self {
                    customer,
                    number: number.phone.clone(),
                    chat: chat.to_string(),
                    client: number.client.new_connection(),
                });
            }
        }
        Ok(conversations)
    }
}

/// Customers write until `stop` is set. Returns the texts.
pub(super) fn inbound(
    whatsapp: &WhatsApp,
    conversations: &[Conversation],
    seed: u64,
    stop: &AtomicBool,
) -> Result<Texts> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut sent: Texts = vec![vec!["oi".to_owned()]; conversations.len()];
    while !stop.load(Ordering::Relaxed) {
        let index = random.random_range(0..conversations.len());
        let (conversation, texts) = (&conversations[index], &mut sent[index]);
        let text = format!("cliente {index} n.º {}", texts.len());
        if is_picture(texts.len()) {
            whatsapp.send_picture(
                &conversation.customer,
                &conversation.number,
                &text,
                &picture(&text),
            )?;
        } else {
            whatsapp.send(&conversation.customer, &conversation.number, &text)?;
        }
        texts.push(text);
        thread::sleep(random.random_range(Duration::ZERO..INBOUND_EVERY * 2));
    }
    Ok(sent)
}

/// Returns true if the message at this place of a conversation is a picture.
pub(super) fn is_picture(place: usize) -> bool {
    place > 0 && place.is_multiple_of(PICTURE_EVERY)
}

/// Returns bytes that are unique to a message. No test displays them, so they need not be a
/// picture.
pub(super) fn picture(caption: &str) -> Vec<u8> {
    caption.bytes().cycle().take(PICTURE).collect()
}

/// Agents write until `stop` is set, with double clicks, repeated requests and the same click in
/// two tabs. Returns the texts.
pub(super) fn outbound(
    conversations: &[Conversation],
    seed: u64,
    stop: &AtomicBool,
) -> Result<Texts> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut sent: Texts = vec![Vec::new(); conversations.len()];
    while !stop.load(Ordering::Relaxed) {
        let index = random.random_range(0..conversations.len());
        let (conversation, texts) = (&conversations[index], &mut sent[index]);
        let text = format!("atendente {index} n.º {}", texts.len());
        // WhatsApp Web generates ids of this form: `3EB0` and 18 hexadecimal digits.
        let id = format!("3EB0{:018X}", random.random::<u64>());
        let click = |client: &HttpClient| {
            client
                .call("send_text", &[("chat", &conversation.chat), ("text", &text), ("wa_id", &id)])
        };
        match random.random_range(0..4) {
            // The same click in two tabs, at the same time.
            0 => {
                let other = conversation.client.new_connection();
                thread::scope(|scope| {
                    scope.spawn(|| click(&other));
                    // An error is ignored: the click is repeated below.
                    let _ = click(&conversation.client);
                });
                click_until_accepted(&conversation.client, click)?;
            }
            // A double click.
            1 => {
                click_until_accepted(&conversation.client, click)?;
                let _ = click(&conversation.client);
            }
            _ => click_until_accepted(&conversation.client, click)?,
        }
        texts.push(text);
        thread::sleep(random.random_range(Duration::ZERO..OUTBOUND_EVERY * 2));
    }
    Ok(sent)
}

/// Clicks until the server has accepted the message: it may be down, or refuse while it cannot
/// write.
fn click_until_accepted<T>(
    client: &HttpClient,
    click: impl Fn(&HttpClient) -> Result<T>,
) -> Result<()> {
    let deadline = Instant::now() + RETRY_TIMEOUT;
    loop {
        match click(client) {
            Ok(_) => return Ok(()),
            Err(error) if Instant::now() >= deadline => {
                return Err(error).context("a message was not taken for long");
            }
            Err(_) => thread::sleep(RETRY),
        }
    }
}

/// Returns the digits of a formatted number.
fn digits(phone: &serde_json::Value) -> String {
    phone.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect()
}
