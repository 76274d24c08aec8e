//! The content of a message, as it should be and as each side shows it.

use std::collections::HashMap;

use serde_json::Value;

use super::{
    card,
    form::{FileForm, Form},
    record::{Record, What, Written},
};

/// A message with everything that was done to it. "Ours" is the side of the inbox.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Shown {
    kind: String,
    /// Its text or caption; empty for a card.
    text: String,
    /// The fields of a place, contacts or a poll ([`card`]).
    fields: Vec<String>,
    is_view_once: bool,
    is_edited: bool,
    /// Nothing else is compared of a deleted message.
    is_deleted: bool,
    /// WhatsApp's id of the message that it answers.
    reply_to: Option<String>,
    is_forwarded: bool,
    /// The emoji of each side, empty without a reaction.
    our_reaction: String,
    their_reaction: String,
    /// The options of a poll that each side chose.
    our_vote: Vec<String>,
    their_vote: Vec<String>,
}

/// Messages by WhatsApp's id.
pub(super) type Messages<'a> = HashMap<&'a str, Shown>;

impl Shown {
    fn deleted() -> Self {
        Self { is_deleted: true, ..Self::default() }
    }

    /// Returns a message as it was sent.
    fn new(message: &Written) -> Self {
        let form = &message.form;
        let has_text = !matches!(form, Form::Card(_) | Form::File(FileForm::Sticker));
        let reply_to = match form {
            Form::Reply(to) => Some(to.clone()),
            _ => None,
        };
        Self {
            kind: form.kind().to_owned(),
            text: if has_text { message.text.clone() } else { String::new() },
            fields: form.fields(),
            is_view_once: form.is_view_once(),
            reply_to,
            is_forwarded: *form == Form::Forward,
            ..Self::default()
        }
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
            What::Vote(choices) => {
                // The question is the first field of a poll.
                let options = choices.iter().filter_map(|choice| {
                    self.fields.iter().skip(1).nth(usize::try_from(*choice).ok()?).cloned()
                });
                let options = options.collect();
                *(if is_ours { &mut self.our_vote } else { &mut self.their_vote }) = options;
            }
        }
    }
}

/// Returns the messages of a conversation after all accepted changes.
pub(super) fn expected<'a>(ours: &'a Record, theirs: &'a Record) -> Messages<'a> {
    let written = ours.messages.iter().chain(&theirs.messages);
    let mut messages: Messages<'a> =
        written.map(|message| (message.wa_id.as_str(), Shown::new(message))).collect();
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
    let messages = rows.iter().filter(|row| is_message(row) && !is_change(row));
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
            let fields = card::on_phone(row);
            let vote = |is_ours: bool| {
                let mut votes = row["votes"].as_array().into_iter().flatten();
                let of_side = votes.find(|one| (one["from"] == number) == is_ours);
                let options = of_side.and_then(|one| one["options"].as_array());
                options.into_iter().flatten().map(text).collect()
            };
            let shown = Shown {
                kind: text(&row["kind"]),
                text: if fields.is_empty() { text(&row["text"]) } else { String::new() },
                fields,
                is_view_once: row["view_once"] == true,
                is_edited: row["edited"] == true,
                is_deleted: false,
                reply_to: row["quoted"].as_str().map(str::to_owned),
                is_forwarded: row["forwarded"] != 0,
                our_reaction: reaction(true),
                their_reaction: reaction(false),
                our_vote: vote(true),
                their_vote: vote(false),
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
            let fields = card::in_inbox(message);
            let shown = Shown {
                kind: text(&message["kind"]),
                text: if fields.is_empty() { text(&message["text"]) } else { String::new() },
                fields,
                // Its file is not here any more.
                is_view_once: message["media"]["state"] == "view_once",
                is_edited: !message["edited"].is_null(),
                is_deleted: false,
                reply_to: reply_to.and_then(|id| wa_ids.get(&id).map(|id| (*id).to_owned())),
                is_forwarded: message["forwarded"].is_string(),
                our_reaction: reaction(true),
                their_reaction: reaction(false),
                our_vote: card::chosen_in_inbox(message, true),
                their_vote: card::chosen_in_inbox(message, false),
            };
            Some((wa_id, shown))
        })
        .collect()
}

/// Returns false for the placeholder of a message that could not be decrypted.
pub(super) fn is_message(row: &Value) -> bool {
    row["kind"] != "undecryptable" && row["kind"] != "on_phone"
}

/// Returns true for a row of a phone that is a reaction or a vote.
pub(super) fn is_change(row: &Value) -> bool {
    row["kind"] == "reaction" || row["kind"] == "poll_vote"
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_default().to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::chaos::{card::Card, record::Change};

    fn written(wa_id: &str, text: &str, form: Form) -> Written {
        Written::new(wa_id.to_owned(), String::new(), text.to_owned(), form)
    }

    fn change(target: &str, what: What) -> Change {
        Change { wa_id: "c".to_owned(), target: target.to_owned(), what }
    }

    #[test]
    fn both_sides_are_read_as_what_was_done() {
        let ours = Record {
            messages: vec![
                written("a", "olá", Form::Reply("q".to_owned())),
                written("b", "engano", Form::Text),
            ],
            changes: vec![
                change("a", What::Edit("olá!".to_owned())),
                change("b", What::Delete),
                change("q", What::React("👍".to_owned())),
                change("q", What::React("❤️".to_owned())),
            ],
        };
        let theirs = Record {
            messages: vec![written("q", "oi", Form::Text)],
            changes: vec![change("a", What::React("😂".to_owned()))],
        };
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

    #[test]
    fn votes_and_files_are_read_as_they_were_sent() {
        let poll = Card::poll("ana 1");
        let form = Form::Card(poll.clone());
        let ours = Record {
            messages: vec![
                written("p", "ana 1", form),
                written("v", "veja", Form::File(FileForm::ViewOnce)),
                written("s", "ana 2", Form::File(FileForm::Sticker)),
            ],
            changes: vec![change("p", What::Vote(vec![0])), change("p", What::Vote(vec![]))],
        };
        let votes = vec![change("p", What::Vote(vec![1])), change("p", What::Vote(vec![0, 2]))];
        let theirs = Record { messages: vec![], changes: votes };
        let expected = expected(&ours, &theirs);

        let question = &poll.fields()[0];
        let rows = [
            json!({ "id": "p", "kind": "poll", "text": question, "options": &poll.fields()[1..],
                "forwarded": 0, "votes": [
                    { "from": "55", "options": [] },
                    { "from": "56", "options": ["Segunda", "Quarta"] }
                ] }),
            json!({ "id": "x", "kind": "poll_vote", "quoted": "p", "forwarded": 0 }),
            json!({ "id": "v", "kind": "image", "text": "veja", "view_once": true, "forwarded": 0 }),
            json!({ "id": "s", "kind": "sticker", "text": null, "forwarded": 0 }),
        ];
        assert_eq!(on_phone(&rows, "55"), expected);

        let option = |words: &str, votes: usize| {
            let count = json!(["count", "", [["words", format!(" {votes}"), []]]]);
            let words = json!(["words", words, []]);
            let link = if votes > 0 { json!([words, count]) } else { json!([words]) };
            json!(["item", "", [["link", "/enquete/1", link]]])
        };
        let card = json!([
            "poll",
            "",
            [
                ["bold", "", [["words", question, []]]],
                ["bullets", "", [option("Segunda", 1), option("Terça", 0), option("Quarta", 1)]]
            ]
        ]);
        let messages = [
            json!({ "id": 1, "wa_id": "p", "kind": "poll", "text": question, "rich": [card] }),
            json!({ "id": 2, "wa_id": "v", "kind": "image", "text": "veja",
                "media": { "state": "view_once" } }),
            json!({ "id": 3, "wa_id": "s", "kind": "sticker", "text": "",
                "media": { "state": "stored" } }),
        ];
        assert_eq!(in_inbox(&messages), expected);
    }
}
