//! What customers do on their phones.

use anyhow::Result;
use serde_json::{Value, json};

use crate::harness::WhatsApp;

use super::{
    conversation::Conversation,
    files,
    form::{FileForm, Form},
    record::{Change, Record, Step, What, Written},
};

/// Pixels of a side of a sticker.
const STICKER_SIDE: u32 = 1;

/// Does a step on the customer's phone, and records it.
pub(super) fn does(
    whatsapp: &WhatsApp,
    conversation: &Conversation,
    record: &mut Record,
    step: Step,
) -> Result<()> {
    let write = |text, form| writes(whatsapp, conversation, text, form);
    let written = match step {
        Step::Write { text } => {
            let form = match Form::at(record.messages.len(), &text) {
                // What customers send to be viewed once stays on the number's phone.
                Form::File(FileForm::ViewOnce) => Form::File(FileForm::Picture),
                form => form,
            };
            write(text, form)?
        }
        Step::Reply { to, text } => write(text, Form::Reply(to.wa_id))?,
        Step::Forward { of } => write(of.text, Form::Forward)?,
        Step::Change { of, what } => {
            let wa_id = send(whatsapp, conversation, change(&of, &what))?;
            record.changes.push(Change { wa_id, target: of.wa_id, what });
            return Ok(());
        }
    };
    record.messages.push(written);
    Ok(())
}

/// Sends a message of a form from the customer's phone.
pub(super) fn writes(
    whatsapp: &WhatsApp,
    conversation: &Conversation,
    text: String,
    form: Form,
) -> Result<Written> {
    let content = match &form {
        Form::Text => json!({ "text": text }),
        Form::Reply(to) => json!({ "text": text, "reply_to": to }),
        Form::Forward => json!({ "text": text, "forwarded": 1 }),
        Form::Card(card) => card.sent_by_phone(),
        Form::File(file) => {
            let Conversation { customer, number, .. } = conversation;
            let wa_id = match file {
                FileForm::Sticker => {
                    let bytes = files::sticker(&text);
                    whatsapp.send_sticker(customer, number, STICKER_SIDE, &bytes)?
                }
                _ => whatsapp.send_picture(customer, number, &text, &files::picture(&text))?,
            };
            return Ok(Written::new(wa_id, String::new(), text, form));
        }
    };
    let wa_id = send(whatsapp, conversation, content)?;
    Ok(Written::new(wa_id, String::new(), text, form))
}

fn send(whatsapp: &WhatsApp, conversation: &Conversation, content: Value) -> Result<String> {
    whatsapp.send_content(&conversation.customer, &conversation.number, content)
}

/// Returns the content with which a phone changes a message.
fn change(of: &Written, what: &What) -> Value {
    let id = &of.wa_id;
    match what {
        What::Edit(text) => json!({ "edit": { "id": id, "text": text } }),
        What::Delete => json!({ "revoke": { "id": id } }),
        What::React(emoji) => json!({ "reaction": { "id": id, "emoji": emoji } }),
        What::Vote(choices) => {
            let options = of.chosen(choices);
            json!({ "vote": { "id": id, "options": options } })
        }
    }
}
