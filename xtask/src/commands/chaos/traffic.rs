//! Sends messages in both directions, and changes them, as customers and agents do.

use std::{
    sync::atomic::{AtomicBool, Ordering},
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rand::{Rng as _, SeedableRng as _, rngs::StdRng};
use serde_json::{Value, json};

use crate::harness::{HttpClient, TestCluster, Upload, WhatsApp, wait};

use super::{
    files,
    record::{Change, Form, Record, Step, What, Written},
};

/// Customers of each number.
const CUSTOMERS: usize = 2;
/// Every eighth message is a picture, unless it is a reply or a forward.
const PICTURE_EVERY: usize = 8;
/// A picture is sent in at most this many requests.
const PIECES: usize = 4;
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
    /// The customer's first message and the agent's, which arrived before the first fault.
    greeting: Written,
    answer: Written,
}

impl Conversation {
    /// Has customers write to every number of the cluster for the first time, and agents answer.
    pub(super) fn open_all(cluster: &TestCluster<'_>) -> Result<Vec<Self>> {
        let whatsapp = cluster.whatsapp();
        let mut conversations = Vec::new();
        for number in cluster.numbers() {
            for nth in 0..CUSTOMERS {
                let customer = whatsapp.new_phone(&format!("Cliente {nth}"))?;
                let client = number.client.new_connection();
                conversations.push(Self::open(&whatsapp, customer, &number.phone, client)?);
            }
        }
        Ok(conversations)
    }

    fn open(
        whatsapp: &WhatsApp,
        customer: String,
        number: &str,
        client: HttpClient,
    ) -> Result<Self> {
        let (greeting, answer) = ("oi", "olá");
        let greeting_id = whatsapp.send(&customer, number, greeting)?;
        let chat = wait::until("a customer's chat", || {
            let chats = client.call("chats", &[])?;
            let mut chats = chats.as_array().into_iter().flatten();
            let theirs = chats.find(|chat| digits(&chat["phone"]) == customer);
            Ok(theirs.and_then(|chat| chat["id"].as_i64()))
        })?;
        let (wa_id, chat) = (message_id(chat.cast_unsigned()), chat.to_string());
        let messages = client.call("messages", &[("chat", &chat)])?;
        let greeting = Written {
            wa_id: greeting_id,
            row: row_id(&messages[0])?,
            text: greeting.to_owned(),
            form: Form::Text,
        };
        let message =
            client.call("send_text", &[("chat", &chat), ("text", answer), ("wa_id", &wa_id)])?;
        let row = row_id(&message)?;
        let answer = Written { wa_id, row, text: answer.to_owned(), form: Form::Text };
        wait::until("an agent's first answer", || {
            let messages = whatsapp.messages(&customer, number)?;
            let is_answer = |row: &Value| row["id"] == answer.wa_id && row["kind"] == "text";
            Ok(messages.iter().any(is_answer).then_some(()))
        })?;
        Ok(Self { customer, number: number.to_owned(), chat, client, greeting, answer })
    }
}

/// Customers write until `stop` is set. Returns what they did in each conversation.
pub(super) fn inbound(
    whatsapp: &WhatsApp,
    conversations: &[Conversation],
    seed: u64,
    stop: &AtomicBool,
) -> Result<Vec<Record>> {
    let mut random = StdRng::seed_from_u64(seed);
    let greetings = conversations.iter().map(|conversation| conversation.greeting.clone());
    let mut records: Vec<_> = greetings.map(Record::new).collect();
    while !stop.load(Ordering::Relaxed) {
        let index = random.random_range(0..conversations.len());
        let (conversation, record) = (&conversations[index], &mut records[index]);
        let author = format!("cliente {index}");
        let step = record.next_step(&author, &conversation.answer, &mut random);
        customer_does(whatsapp, conversation, record, step)?;
        thread::sleep(random.random_range(Duration::ZERO..INBOUND_EVERY * 2));
    }
    Ok(records)
}

fn customer_does(
    whatsapp: &WhatsApp,
    conversation: &Conversation,
    record: &mut Record,
    step: Step,
) -> Result<()> {
    let Conversation { customer, number, .. } = conversation;
    let place = record.messages.len();
    let send = |content: Value| whatsapp.send_content(customer, number, content);
    let mut write = |wa_id: String, text: String, form: Form| {
        record.messages.push(Written { wa_id, row: String::new(), text, form });
    };
    match step {
        Step::Write { text } if is_picture(place) => {
            let bytes = files::picture(&text);
            let wa_id = whatsapp.send_picture(customer, number, &text, &bytes)?;
            write(wa_id, text, Form::Picture);
        }
        Step::Write { text } => write(send(json!({ "text": text }))?, text, Form::Text),
        Step::Reply { to, text } => {
            let wa_id = send(json!({ "text": text, "reply_to": to.wa_id }))?;
            write(wa_id, text, Form::Reply(to.wa_id));
        }
        Step::Forward { of } => {
            let wa_id = send(json!({ "text": of.text, "forwarded": 1 }))?;
            write(wa_id, of.text, Form::Forward);
        }
        Step::Change { of, what } => {
            let target = of.wa_id;
            let wa_id = send(match &what {
                What::Edit(text) => json!({ "edit": { "id": target, "text": text } }),
                What::Delete => json!({ "revoke": { "id": target } }),
                What::React(emoji) => json!({ "reaction": { "id": target, "emoji": emoji } }),
            })?;
            record.changes.push(Change { wa_id, target, what });
        }
    }
    Ok(())
}

/// Returns true if a text at this place of a conversation has a picture.
fn is_picture(place: usize) -> bool {
    place > 0 && place.is_multiple_of(PICTURE_EVERY)
}

/// Agents write until `stop` is set, with double clicks, repeated requests and the same click in
/// two tabs. Returns what they did in each conversation.
pub(super) fn outbound(
    conversations: &[Conversation],
    seed: u64,
    stop: &AtomicBool,
) -> Result<Vec<Record>> {
    let mut random = StdRng::seed_from_u64(seed);
    let answers = conversations.iter().map(|conversation| conversation.answer.clone());
    let mut records: Vec<_> = answers.map(Record::new).collect();
    while !stop.load(Ordering::Relaxed) {
        let index = random.random_range(0..conversations.len());
        let author = format!("atendente {index}");
        let greeting = &conversations[index].greeting;
        let step = records[index].next_step(&author, greeting, &mut random);
        agent_does(conversations, &mut records, index, step, &mut random)?;
        thread::sleep(random.random_range(Duration::ZERO..OUTBOUND_EVERY * 2));
    }
    Ok(records)
}

fn agent_does(
    conversations: &[Conversation],
    records: &mut [Record],
    index: usize,
    step: Step,
    random: &mut StdRng,
) -> Result<()> {
    let conversation = &conversations[index];
    let chat = conversation.chat.as_str();
    let wa_id = message_id(random.random());
    let place = records[index].messages.len();
    if is_picture(place)
        && let Step::Write { text } = step
    {
        let row = send_picture(conversation, &wa_id, &text, random)?;
        records[index].messages.push(Written { wa_id, row, text, form: Form::Picture });
        return Ok(());
    }
    let mut click = |function: &str, form: &[(&str, &str)]| -> Result<String> {
        let form = [form, &[("wa_id", wa_id.as_str())]].concat();
        click(&conversation.client, function, &form, random)
            .with_context(|| format!("{function} {form:?}"))
    };
    let (place, row, text, form) = match step {
        Step::Write { text } => {
            let row = click("send_text", &[("chat", chat), ("text", text.as_str())])?;
            (index, row, text, Form::Text)
        }
        Step::Reply { to, text } => {
            let form = [("chat", chat), ("text", text.as_str()), ("reply_to", to.row.as_str())];
            (index, click("send_text", &form)?, text, Form::Reply(to.wa_id))
        }
        Step::Forward { of } => {
            let place = next_customer(index);
            let chat = conversations[place].chat.as_str();
            let row = click("forward", &[("message", of.row.as_str()), ("chat", chat)])?;
            (place, row, of.text, Form::Forward)
        }
        Step::Change { of, what } => {
            let on = [("chat", chat), ("message", of.row.as_str())];
            match &what {
                What::Edit(text) => {
                    click("edit_message", &[on[0], on[1], ("text", text.as_str())])?
                }
                What::Delete => click("revoke_message", &on)?,
                What::React(emoji) => click("react", &[on[0], on[1], ("emoji", emoji.as_str())])?,
            };
            records[index].changes.push(Change { wa_id, target: of.wa_id, what });
            return Ok(());
        }
    };
    records[place].messages.push(Written { wa_id, row, text, form });
    Ok(())
}

/// Sends a picture as one, or as a document. Returns the id of the message in the inbox.
fn send_picture(
    conversation: &Conversation,
    wa_id: &str,
    caption: &str,
    random: &mut StdRng,
) -> Result<String> {
    let bytes = files::picture(caption);
    let upload = Upload {
        chat: &conversation.chat,
        wa_id,
        kind: if random.random() { "image" } else { "document" },
        mime: "image/jpeg",
        name: "foto.jpg",
        caption,
        bytes: &bytes,
        piece: bytes.len().div_ceil(random.random_range(1..=PIECES)),
    };
    impatiently(&conversation.client, |client| upload.send(client), random)
        .with_context(|| format!("the picture {caption:?}"))
}

/// Returns the place of the conversation of the same number with its next customer.
fn next_customer(index: usize) -> usize {
    index - index % CUSTOMERS + (index + 1) % CUSTOMERS
}

/// Calls a server function as [`impatiently`] says. Returns the id of the message in the inbox.
fn click(
    client: &HttpClient,
    function: &str,
    form: &[(&str, &str)],
    random: &mut StdRng,
) -> Result<String> {
    row_id(&impatiently(client, |client| client.call(function, form), random)?)
}

/// Makes a request as an impatient person does, until the server accepts it.
fn impatiently<T>(
    client: &HttpClient,
    request: impl Fn(&HttpClient) -> Result<T> + Sync,
    random: &mut StdRng,
) -> Result<T> {
    match random.random_range(0..4) {
        // The same click in two tabs, at the same time.
        0 => {
            let other = client.new_connection();
            thread::scope(|scope| {
                scope.spawn(|| request(&other).is_ok());
                // An error is ignored: the click is repeated below.
                let _ = request(client);
            });
            until_accepted(client, request)
        }
        // A double click.
        1 => {
            let answer = until_accepted(client, &request)?;
            let _ = request(client);
            Ok(answer)
        }
        _ => until_accepted(client, request),
    }
}

/// Clicks until the server has accepted the request: it may be down, or refuse while it cannot
/// write.
fn until_accepted<T>(client: &HttpClient, click: impl Fn(&HttpClient) -> Result<T>) -> Result<T> {
    let deadline = Instant::now() + RETRY_TIMEOUT;
    loop {
        match click(client) {
            Ok(answer) => return Ok(answer),
            Err(error) if Instant::now() >= deadline => {
                return Err(error).context("a request was not accepted for long");
            }
            Err(_) => thread::sleep(RETRY),
        }
    }
}

/// WhatsApp Web generates ids of this form: `3EB0` and 18 hexadecimal digits.
fn message_id(number: u64) -> String {
    format!("3EB0{number:018X}")
}

fn row_id(message: &Value) -> Result<String> {
    Ok(message["id"].as_i64().context("a message without an id")?.to_string())
}

/// Returns the digits of a formatted number.
fn digits(phone: &Value) -> String {
    phone.as_str().unwrap_or_default().chars().filter(char::is_ascii_digit).collect()
}
