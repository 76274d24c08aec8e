//! Messages in both directions, as customers and agents write them.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};

use crate::rig::{Fleet, Visitor, WhatsApp, wait};

/// Customers of each number.
const CUSTOMERS: usize = 2;
/// Every so many messages of a customer is a picture.
const PICTURE_EVERY: usize = 8;
/// Bytes of a picture.
const PICTURE: usize = 12_000;
/// Between two messages of all customers, and of all agents, on average.
const INBOUND_EVERY: Duration = Duration::from_millis(35);
const OUTBOUND_EVERY: Duration = Duration::from_millis(120);
/// How soon a browser tries again, and for how long.
const RETRY: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(90);

/// A conversation of a customer with a number.
pub(super) struct Line {
    pub(super) customer: String,
    /// The number's phone, in international digits.
    pub(super) number: String,
    pub(super) chat: String,
    /// The number's owner.
    pub(super) visitor: Visitor,
}

/// The texts of each line, in the order in which they were sent.
pub(super) type Texts = Vec<Vec<String>>;

impl Line {
    /// Has customers write to every number of a fleet for the first time.
    pub(super) fn open_all(fleet: &Fleet<'_>) -> Result<Vec<Self>> {
        let whatsapp = fleet.whatsapp();
        let mut lines = Vec::new();
        for number in fleet.numbers() {
            for nth in 0..CUSTOMERS {
                let customer = whatsapp.new_phone(&format!("Cliente {nth}"))?;
                whatsapp.send(&customer, &number.phone, "oi")?;
                let chat = wait::until("a customer's chat", || {
                    let chats = number.visitor.call("chats", &[])?;
                    let mut chats = chats.as_array().into_iter().flatten();
                    let theirs = chats.find(|chat| digits(&chat["phone"]) == customer);
                    Ok(theirs.and_then(|chat| chat["id"].as_i64()))
                })?;
                lines.push(Self {
                    customer,
                    number: number.phone.clone(),
                    chat: chat.to_string(),
                    visitor: number.visitor.again(),
                });
            }
        }
        Ok(lines)
    }
}

/// Customers write until it is over.
pub(super) fn inbound(
    whatsapp: &WhatsApp,
    lines: &[Line],
    seed: u64,
    over: &AtomicBool,
) -> Result<Texts> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut sent: Texts = vec![vec!["oi".to_owned()]; lines.len()];
    while !over.load(Ordering::Relaxed) {
        let at = random.random_range(0..lines.len());
        let (line, texts) = (&lines[at], &mut sent[at]);
        let text = format!("cliente {at} n.º {}", texts.len());
        if is_picture(texts.len()) {
            whatsapp.send_picture(&line.customer, &line.number, &text, &picture(&text))?;
        } else {
            whatsapp.send(&line.customer, &line.number, &text)?;
        }
        texts.push(text);
        thread::sleep(random.random_range(Duration::ZERO..INBOUND_EVERY * 2));
    }
    Ok(sent)
}

/// Whether the message at this place of a line is a picture.
pub(super) fn is_picture(place: usize) -> bool {
    place > 0 && place.is_multiple_of(PICTURE_EVERY)
}

/// The file of a message, like no other's. Nobody looks at it, so it need not be one.
pub(super) fn picture(caption: &str) -> Vec<u8> {
    caption.bytes().cycle().take(PICTURE).collect()
}

/// Agents write until it is over, with what browsers and people do: double clicks, a request repeated
/// because nobody answered, the same click in two tabs.
pub(super) fn outbound(lines: &[Line], seed: u64, over: &AtomicBool) -> Result<Texts> {
    let mut random = StdRng::seed_from_u64(seed);
    let mut sent: Texts = vec![Vec::new(); lines.len()];
    while !over.load(Ordering::Relaxed) {
        let at = random.random_range(0..lines.len());
        let (line, texts) = (&lines[at], &mut sent[at]);
        let text = format!("atendente {at} n.º {}", texts.len());
        // As WhatsApp Web makes them: `3EB0` and 18 hexadecimal digits.
        let id = format!("3EB0{:018X}", random.random::<u64>());
        let click = |visitor: &Visitor| {
            visitor.call("send_text", &[("chat", &line.chat), ("text", &text), ("wa_id", &id)])
        };
        match random.random_range(0..4) {
            // Two tabs, at the same time.
            0 => {
                let other = line.visitor.again();
                thread::scope(|scope| {
                    scope.spawn(|| click(&other));
                    // One of them is answered, or both are asked again below.
                    let _ = click(&line.visitor);
                });
                accepted(&line.visitor, click)?;
            }
            // A double click.
            1 => {
                accepted(&line.visitor, click)?;
                let _ = click(&line.visitor);
            }
            _ => accepted(&line.visitor, click)?,
        }
        texts.push(text);
        thread::sleep(random.random_range(Duration::ZERO..OUTBOUND_EVERY * 2));
    }
    Ok(sent)
}

/// Clicks until the server has taken it: it may be away, or refuse while it cannot write.
fn accepted<T>(visitor: &Visitor, click: impl Fn(&Visitor) -> Result<T>) -> Result<()> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match click(visitor) {
            Ok(_) => return Ok(()),
            Err(error) if Instant::now() >= deadline => {
                return Err(error).context("a message was not taken for long");
            }
            Err(_) => thread::sleep(RETRY),
        }
    }
}

/// The digits of a number as pages show it.
fn digits(phone: &serde_json::Value) -> String {
    phone.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect()
}
