//! Compares what was sent and changed with what both sides have.

use std::{collections::HashSet, fmt};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::harness::WhatsApp;

use super::{
    count::Count,
    files::Files,
    operations::Operations,
    record::{Form, Record},
    shown::{self, Messages},
    traffic::Conversation,
};

/// The counts of both directions.
#[derive(Default)]
pub(super) struct Verdict {
    inbound: Count,
    /// Messages without a file: they overtake files, which are uploaded first.
    outbound: Count,
    /// Messages with a file.
    outbound_files: Count,
    operations: Operations,
    /// Edits, deletions and reactions by phones.
    changed_by_phones: usize,
    /// The files of phones in the inbox.
    received: Files,
    /// The files of agents in the inbox.
    kept: Files,
    /// The files of agents on the phones.
    delivered: Files,
    /// Messages and changes in the outbox.
    queued: usize,
    /// Those of them that the page shows as failed.
    failed: usize,
    /// WhatsApp ids of missing messages.
    missing: Vec<String>,
    /// Descriptions of messages that one side does not show as they should be.
    wrong: Vec<String>,
}

/// Missing and wrong messages that are printed, to be looked up in the logs.
const LISTED: usize = 10;

impl Verdict {
    /// Compares the records with the stored messages, and with those on the customers' phones.
    pub(super) fn of(
        whatsapp: &WhatsApp,
        conversations: &[Conversation],
        inbound: &[Record],
        outbound: &[Record],
    ) -> Result<Self> {
        let mut verdict = Self::default();
        let records = inbound.iter().zip(outbound);
        for (conversation, (customer, agents)) in conversations.iter().zip(records) {
            let stored = stored(conversation)?;
            let there = whatsapp.messages(&conversation.customer, &conversation.number)?;
            verdict.add_stored(customer, &stored);
            verdict.add_files(conversation, customer, agents, &stored)?;
            verdict.add_phone(agents, &there);
            let expected = shown::expected(agents, customer);
            verdict.compare("the inbox", &expected, &shown::in_inbox(&stored));
            let on_phone = shown::on_phone(&there, &conversation.number);
            verdict.compare("the phone", &expected, &on_phone);
        }
        Ok(verdict)
    }

    fn add_stored(&mut self, customer: &Record, stored: &[Value]) {
        let got: Vec<_> =
            ids(stored.iter().filter(|message| is_theirs(message)), "wa_id").collect();
        self.inbound += Count::of(&wa_ids(customer, |_| true), got.iter().copied());
        self.missing.extend(missing(customer, &got));
        self.changed_by_phones += customer.changes.len();
        for message in stored {
            let pending = message["pending"].as_array().into_iter().flatten();
            let (waiting, failed): (Vec<_>, Vec<_>) =
                pending.partition(|change| change["failed"].is_null());
            let delivery = &message["delivery"];
            self.queued += waiting.len() + usize::from(delivery == "queued");
            self.failed += failed.len() + usize::from(delivery["failed"].is_object());
        }
    }

    /// Loads the files of both sides from the inbox.
    fn add_files(
        &mut self,
        conversation: &Conversation,
        customer: &Record,
        agents: &Record,
        stored: &[Value],
    ) -> Result<()> {
        let sent = wa_ids(agents, is_file).len();
        self.received.sent += wa_ids(customer, is_file).len();
        self.kept.sent += sent;
        self.delivered.sent += sent;
        for message in stored.iter().filter(|message| message["media"]["state"] == "stored") {
            let sha256 = conversation.client.sha256(&format!("/midia/{}", message["id"]))?;
            let files = if is_theirs(message) { &mut self.received } else { &mut self.kept };
            files.add(message["text"].as_str().unwrap_or_default(), &sha256);
        }
        Ok(())
    }

    fn add_phone(&mut self, agents: &Record, there: &[Value]) {
        let rows: Vec<_> =
            there.iter().filter(|row| row["from_me"] == false && shown::is_message(row)).collect();
        let messages = rows.iter().copied().filter(|row| row["kind"] != "reaction");
        let (files, texts): (Vec<_>, Vec<_>) = messages.partition(|row| row["media"].is_object());
        let in_files: Vec<_> = ids(files.iter().copied(), "id").collect();
        let in_texts: Vec<_> = ids(texts.iter().copied(), "id").collect();
        let is_text = |form: &Form| !is_file(form);
        self.outbound += Count::of(&wa_ids(agents, is_text), in_texts.iter().copied());
        self.outbound_files += Count::of(&wa_ids(agents, is_file), in_files.iter().copied());
        self.missing.extend(missing(agents, &[in_texts, in_files].concat()));
        for row in files {
            let [caption, sha256] = ["text", "sha256"].map(|name| row[name].as_str());
            self.delivered.add(caption.unwrap_or_default(), sha256.unwrap_or_default());
        }
        self.operations += Operations::of(agents, &rows);
    }

    /// Compares the content of the messages that are on a side.
    fn compare(&mut self, side: &str, expected: &Messages<'_>, shown: &Messages<'_>) {
        for (wa_id, expected) in expected {
            if let Some(shown) = shown.get(wa_id).filter(|shown| *shown != expected) {
                self.wrong.push(format!("{wa_id} on {side}: {shown:?} instead of {expected:?}"));
            }
        }
    }

    /// Returns true if everything has arrived as it should, and nothing waits or has failed.
    pub(super) fn is_good(&self) -> bool {
        let counts = [self.inbound, self.outbound, self.outbound_files];
        let files = [self.received, self.kept, self.delivered];
        let outbox_is_empty = self.queued + self.failed == 0;
        counts.into_iter().all(Count::is_good)
            && files.into_iter().all(Files::is_good)
            && self.operations.is_good()
            && outbox_is_empty
            && self.wrong.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | sent | arrived | duplicated | missing | reordered |")?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|")?;
        writeln!(f, "| phones to the inbox | {} |", self.inbound)?;
        writeln!(f, "| the inbox to phones | {} |", self.outbound)?;
        writeln!(f, "| files of the inbox to phones | {} |", self.outbound_files)?;
        write!(f, "{}", self.operations)?;
        writeln!(
            f,
            "\nFiles of phones in the inbox: {}. Files of agents in the inbox: {}, on the phones: \
             {}.\nPhones edited, deleted and reacted {} times. {} messages are not shown as the last \
             change left them.",
            self.received,
            self.kept,
            self.delivered,
            self.changed_by_phones,
            self.wrong.len()
        )?;
        if !self.missing.is_empty() {
            writeln!(f, "\nMissing: {}.", first(&self.missing, ", "))?;
        }
        if !self.wrong.is_empty() {
            writeln!(f, "\nWrong:\n{}", first(&self.wrong, "\n"))?;
        }
        match (self.queued, self.failed) {
            (0, 0) => Ok(()),
            (queued, failed) => writeln!(
                f,
                "\n{queued} messages and changes are still queued, and {failed} have failed."
            ),
        }
    }
}

/// Returns true if the customer wrote a message of the inbox.
fn is_theirs(message: &Value) -> bool {
    message["author"]["contact"].is_object()
}

fn is_file(form: &Form) -> bool {
    *form == Form::Picture
}

fn wa_ids(record: &Record, is_wanted: fn(&Form) -> bool) -> Vec<&str> {
    let messages = record.messages.iter().filter(|message| is_wanted(&message.form));
    messages.map(|message| message.wa_id.as_str()).collect()
}

fn missing(record: &Record, got: &[&str]) -> impl Iterator<Item = String> {
    let got: HashSet<&str> = got.iter().copied().collect();
    wa_ids(record, |_| true)
        .into_iter()
        .filter(move |wa_id| !got.contains(wa_id))
        .map(str::to_owned)
}

fn first(all: &[String], separator: &str) -> String {
    all[..all.len().min(LISTED)].join(separator)
}

/// Returns all stored messages of a conversation, oldest first.
fn stored(conversation: &Conversation) -> Result<Vec<Value>> {
    let mut all: Vec<Value> = Vec::new();
    loop {
        let before =
            all.first().and_then(|first| first["position"].as_i64()).map(|at| at.to_string());
        let mut form = vec![("chat", conversation.chat.as_str())];
        form.extend(before.as_deref().map(|before| ("before", before)));
        let page = conversation.client.call("messages", &form)?;
        let page = page.as_array().context("no list of messages")?;
        if page.is_empty() {
            return Ok(all);
        }
        all.splice(0..0, page.iter().cloned());
    }
}

fn ids<'a>(
    messages: impl Iterator<Item = &'a Value>,
    field: &'static str,
) -> impl Iterator<Item = &'a str> {
    messages
        .filter(|message| shown::is_message(message))
        .filter_map(move |message| message[field].as_str())
}
