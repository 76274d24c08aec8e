//! The content of a message, as it should be and as each side shows it.

use std::collections::HashMap;

use serde_json::Value;

use super::record::{Form, Record, What};

/// A message with everything that was done to it. "Ours" is the side of the inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    text: String,
    is_edited: bool,
    /// Nothing else is compared of a deleted message.
    is_deleted: bool,
    /// WhatsApp's id of the message that it answers.
    reply_to: Option<String>,
    is_forwarded: bool,
    /// The emoji of each side, empty without a reaction.
    our_reaction: String,
    their_reaction: String,
}

/// Messages by WhatsApp's id.
pub(super) type Messages<'a> = HashMap<&'a str, Shown>;

impl Shown {
    fn deleted() -> Self {
        Self { is_deleted: true, ..Self::default() }
    }

    fn change(&mut self, what: &What, is_ours: bool) {
        match what {
            What::Edit(text) => {
                self.text.clone_from(text);
                self.is_edited = true;
            }
            What::Delete => *self = Self::deleted(),
            What::React(emoji) if is_ours => self.our_reaction.clone_from(emoji),
            What::React(emoji) => self.their_reaction.clone_from(emoji),
        }
    }
}

/// Returns the messages of a conversation after all accepted changes.
pub(super) fn expected<'a>(ours: &'a Record, theirs: &'a Record) -> Messages<'a> {
    let written = ours.messages.iter().chain(&theirs.messages);
    let mut messages: Messages<'a> = written
        .map(|message| {
            let reply_to = match &message.form {
                Form::Reply(to) => Some(to.clone()),
                _ => None,
            };
            let shown = Shown {
                text: message.text.clone(),
                reply_to,
                is_forwarded: message.form == Form::Forward,
                ..Shown::default()
            };
            (message.wa_id.as_str(), shown)
        })
        .collect();
    for (record, is_ours) in [(ours, true), (theirs, false)] {
        for change in &record.changes {
            if let Some(message) = messages.get_mut(change.target.as_str()) {
                message.change(&change.what, is_ours);
            }
        }
    }
    messages
}

/// Reads the rows of the customer's phone.
pub(super) fn on_phone<'a>(rows: &'a [Value], number: &str) -> Messages<'a> {
    let messages = rows.iter().filter(|row| is_message(row) && row["kind"] != "reaction");
    messages
        .filter_map(|row| {
            let id = row["id"].as_str()?;
            if row["kind"] == "revoked" {
                return Some((id, Shown::deleted()));
            }
            let reaction = |is_ours: bool| {
                let mut reactions = row["reactions"].as_array().into_iter().flatten();
                let of_side = reactions.find(|one| (one["from"] == number) == is_ours);
                of_side.map(|one| text(&one["emoji"])).unwrap_or_default()
            };
            let shown = Shown {
                text: text(&row["text"]),
                is_edited: row["edited"] == true,
                is_deleted: false,
                reply_to: row["quoted"].as_str().map(str::to_owned),
                is_forwarded: row["forwarded"] != 0,
                our_reaction: reaction(true),
                their_reaction: reaction(false),
            };
            Some((id, shown))
        })
        .collect()
}

/// Reads the messages of the inbox.
pub(super) fn in_inbox(messages: &[Value]) -> Messages<'_> {
    let wa_ids: HashMap<i64, &str> = messages
        .iter()
        .filter_map(|message| Some((message["id"].as_i64()?, message["wa_id"].as_str()?)))
        .collect();
    let messages = messages.iter().filter(|message| is_message(message));
    messages
        .filter_map(|message| {
            let wa_id = message["wa_id"].as_str()?;
            if message["kind"] == "revoked" {
                return Some((wa_id, Shown::deleted()));
            }
            let is_ours = |by: &Value| !by["contact"].is_object();
            let reaction = |of_us: bool| {
                let mut reactions = message["reactions"].as_array().into_iter().flatten();
                let of_side = reactions.find(|one| {
                    let mut by = one["by"].as_array().into_iter().flatten();
                    by.any(|by| is_ours(by) == of_us)
                });
                of_side.map(|one| text(&one["emoji"])).unwrap_or_default()
            };
            let reply_to = message["reply_to"]["message"].as_i64();
            let shown = Shown {
                text: text(&message["text"]),
                is_edited: !message["edited"].is_null(),
                is_deleted: false,
                reply_to: reply_to.and_then(|id| wa_ids.get(&id).map(|id| (*id).to_owned())),
                is_forwarded: message["forwarded"].is_string(),
                our_reaction: reaction(true),
                their_reaction: reaction(false),
            };
            Some((wa_id, shown))
        })
        .collect()
}

/// Returns false for the placeholder of a message that could not be decrypted.
pub(super) fn is_message(row: &Value) -> bool {
    row["kind"] != "undecryptable" && row["kind"] != "on_phone"
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::chaos::record::{Change, Written};

    #[test]
    fn both_sides_are_read_as_what_was_done() {
        let written = |wa_id: &str, text: &str, form| {
            let (wa_id, text) = (wa_id.to_owned(), text.to_owned());
            Written { wa_id, row: String::new(), text, form }
        };
        let change =
            |target: &str, what| Change { wa_id: "c".to_owned(), target: target.to_owned(), what };
        let mut theirs = Record::new(written("q", "oi", Form::Text));
        let mut ours = Record::new(written("a", "olá", Form::Reply("q".to_owned())));
        ours.messages.push(written("b", "engano", Form::Text));
        ours.changes = vec![
            change("a", What::Edit("olá!".to_owned())),
            change("b", What::Delete),
            change("q", What::React("👍".to_owned())),
            change("q", What::React("❤️".to_owned())),
        ];
        theirs.changes.push(change("a", What::React("😂".to_owned())));
        let expected = expected(&ours, &theirs);

        let rows = [
            json!({ "id": "q", "kind": "text", "text": "oi", "quoted": null, "forwarded": 0,
                "edited": false, "reactions": [{ "from": "55", "emoji": "❤️" }] }),
            json!({ "id": "a", "kind": "text", "text": "olá!", "quoted": "q", "forwarded": 0,
                "edited": true, "reactions": [{ "from": "56", "emoji": "😂" }] }),
            json!({ "id": "b", "kind": "revoked", "text": null, "quoted": null, "forwarded": 0 }),
            json!({ "id": "r", "kind": "reaction", "text": "❤️", "quoted": "q" }),
        ];
        assert_eq!(on_phone(&rows, "55"), expected);

        let customer = json!({ "contact": { "name": null } });
        let agent = json!({ "user": { "name": "Ana" } });
        let messages = [
            json!({ "id": 1, "wa_id": "q", "kind": "text", "text": "oi", "edited": null,
                "reactions": [{ "emoji": "❤️", "by": [agent] }] }),
            json!({ "id": 2, "wa_id": "a", "kind": "text", "text": "olá!", "edited": 7,
                "reply_to": { "message": 1 }, "reactions": [{ "emoji": "😂", "by": [customer] }] }),
            json!({ "id": 3, "wa_id": "b", "kind": "revoked", "text": "", "edited": null }),
        ];
        assert_eq!(in_inbox(&messages), expected);
    }
}
