//! What agents do in their browsers, with double clicks, repeated requests and the same click in two
//! tabs.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context, Result};
use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};
use serde_json::Value;

use crate::harness::{HttpClient, Upload};

use super::{
    conversation::{Conversation, borrowed, find_row, message_id, next_customer, row_id},
    files,
    form::{FileForm, Form},
    record::{Change, Record, Step, What, Written},
};

/// A file is sent in at most this many requests.
const PIECES: usize = 4;
/// A browser retries a request at this interval, until the timeout.
const RETRY: Duration = Duration::from_millis(150);
const RETRY_TIMEOUT: Duration = Duration::from_secs(90);

/// Does a step in the conversation at `index`, and records it. A forwarded message goes to the next
/// customer of the same number.
pub(super) fn do_step(
    conversations: &[Conversation],
    records: &mut [Record],
    index: usize,
    step: Step,
    random: &mut StdRng,
) -> Result<()> {
    let conversation = &conversations[index];
    let (place, written) = match step {
        Step::Write { text } => {
            let form = match Form::at(records[index].messages.len(), &text) {
                Form::File(FileForm::Picture) if random.random() => Form::File(FileForm::Document),
                form => form,
            };
            (index, write(conversation, text, form, random)?)
        }
        Step::Reply { to, text } => {
            let wa_id = new_id(random);
            let form = [("text", text.as_str()), ("reply_to", to.row.as_str())];
            let row = row_id(&send(conversation, "send_text", &form, &wa_id, random)?)?;
            (index, Written::new(wa_id, row, text, Form::Reply(to.wa_id)))
        }
        Step::Forward { of } => {
            let place = next_customer(index);
            let wa_id = new_id(random);
            let form = [("message", of.row.as_str())];
            let row = row_id(&send(&conversations[place], "forward", &form, &wa_id, random)?)?;
            (place, Written::new(wa_id, row, of.text, Form::Forward))
        }
        Step::Change { of, what } => {
            let wa_id = new_id(random);
            change(conversation, &of, &what, &wa_id, random)?;
            records[index].changes.push(Change { wa_id, target: of.wa_id, what });
            return Ok(());
        }
    };
    records[place].messages.push(written);
    Ok(())
}

/// Sends a message of a form that is no answer and no forward.
pub(super) fn write(
    conversation: &Conversation,
    text: String,
    form: Form,
    random: &mut StdRng,
) -> Result<Written> {
    let wa_id = new_id(random);
    let row = match &form {
        Form::File(FileForm::Sticker) if random.random() => {
            return send_sticker_again(conversation, wa_id, text, random);
        }
        Form::File(file) => send_file(conversation, &wa_id, *file, &text, random)?,
        Form::Card(card) => {
            let (function, fields) = card.form();
            let fields: Vec<_> = borrowed(&fields).collect();
            let answer = send(conversation, function, &fields, &wa_id, random)?;
            match row_id(&answer) {
                Ok(row) => row,
                // The answer to a poll is empty.
                Err(_) => until_accepted(&conversation.client, |client| {
                    find_row(client, &conversation.chat, &wa_id)
                })?,
            }
        }
        Form::Text | Form::Reply(_) | Form::Forward => {
            row_id(&send(conversation, "send_text", &[("text", &text)], &wa_id, random)?)?
        }
    };
    Ok(Written::new(wa_id, row, text, form))
}

/// Chooses the timer of a conversation by its name (`model::ChatTimerChoice`).
pub(super) fn set_timer(
    conversation: &Conversation,
    timer: &str,
    random: &mut StdRng,
) -> Result<()> {
    let wa_id = new_id(random);
    send(conversation, "set_timer", &[("timer", timer)], &wa_id, random)?;
    Ok(())
}

fn new_id(random: &mut StdRng) -> String {
    message_id(random.random())
}

fn change(
    conversation: &Conversation,
    of: &Written,
    what: &What,
    wa_id: &str,
    random: &mut StdRng,
) -> Result<()> {
    let (function, fields) = match what {
        What::Edit(text) => ("edit_message", vec![("text".to_owned(), text.clone())]),
        What::Delete => ("revoke_message", Vec::new()),
        What::React(emoji) => ("react", vec![("emoji".to_owned(), emoji.clone())]),
        What::Vote(choices) => {
            let choices = choices.iter().enumerate();
            let fields =
                choices.map(|(nth, choice)| (format!("choices[{nth}]"), choice.to_string()));
            ("vote", fields.collect())
        }
    };
    let message = [("message", of.row.as_str())];
    let form: Vec<_> = message.into_iter().chain(borrowed(&fields)).collect();
    send(conversation, function, &form, wa_id, random)?;
    Ok(())
}

/// Sends a file in several requests. Returns the id of its message in the inbox.
fn send_file(
    conversation: &Conversation,
    wa_id: &str,
    file: FileForm,
    text: &str,
    random: &mut StdRng,
) -> Result<String> {
    let is_sticker = file == FileForm::Sticker;
    let bytes = if is_sticker { files::sticker(text) } else { files::picture(text) };
    let kind = match file {
        FileForm::Picture | FileForm::ViewOnce => "image",
        FileForm::Document => "document",
        FileForm::Sticker => "sticker",
    };
    let (mime, name) =
        if is_sticker { ("image/webp", "figurinha.webp") } else { ("image/jpeg", "foto.jpg") };
    let upload = Upload {
        chat: &conversation.chat,
        wa_id,
        kind,
        mime,
        name,
        caption: if is_sticker { "" } else { text },
        view_once: file == FileForm::ViewOnce,
        bytes: &bytes,
        piece: bytes.len().div_ceil(random.random_range(1..=PIECES)),
    };
    impatiently(&conversation.client, |client| upload.send(client), random)
        .with_context(|| format!("the file {text:?}"))
}

/// Sends one of the recent stickers of the number, or a new one if there are none.
fn send_sticker_again(
    conversation: &Conversation,
    wa_id: String,
    text: String,
    random: &mut StdRng,
) -> Result<Written> {
    let Conversation { client, chat, .. } = conversation;
    let form = Form::File(FileForm::Sticker);
    let stickers = until_accepted(client, |client| client.call("stickers", &[("chat", chat)]))?;
    let recent = stickers["recent"].as_array().map(Vec::as_slice).unwrap_or_default();
    let source = recent.choose(random).and_then(|sticker| sticker["message"].as_i64());
    let Some(source) = source.map(|source| source.to_string()) else {
        let row = send_file(conversation, &wa_id, FileForm::Sticker, &text, random)?;
        return Ok(Written::new(wa_id, row, text, form));
    };
    let address = format!("/midia/{source}");
    let sha256 = until_accepted(client, |client| client.sha256(&address))?;
    let fields = [("message", source.as_str())];
    let row = row_id(&send(conversation, "send_sticker", &fields, &wa_id, random)?)?;
    Ok(Written { sha256, ..Written::new(wa_id, row, text, form) })
}

/// Calls a server function for the conversation as [`impatiently`] says. Returns its answer.
fn send(
    conversation: &Conversation,
    function: &str,
    fields: &[(&str, &str)],
    wa_id: &str,
    random: &mut StdRng,
) -> Result<Value> {
    let form = [&[("chat", &*conversation.chat)][..], fields, &[("wa_id", wa_id)]].concat();
    impatiently(&conversation.client, |client| client.call(function, &form), random)
        .with_context(|| format!("{function} {form:?}"))
}

/// Makes a request as an impatient person does, until the server accepts it.
fn impatiently<T>(
    client: &HttpClient,
    request: impl Fn(&HttpClient) -> Result<T> + Sync,
    random: &mut StdRng,
) -> Result<T> {
    match random.random_range(0..4) {
        // The agent clicks in two tabs at the same time.
        0 => {
            let other = client.new_connection();
            thread::scope(|scope| {
                scope.spawn(|| request(&other).is_ok());
                // An error is ignored: the click is repeated below.
                let _ = request(client);
            });
            until_accepted(client, request)
        }
        // The agent clicks twice.
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
