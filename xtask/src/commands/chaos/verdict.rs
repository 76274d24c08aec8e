//! Compares what was sent and changed with what both sides have.

use std::{collections::HashSet, fmt};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::harness::WhatsApp;

use super::{
    count::Count,
    operations::Operations,
    record::{Form, Record},
    shown::{self, Messages},
    traffic::{self, Conversation},
};

/// The counts of both directions.
#[derive(Default)]
pub(super) struct Verdict {
    inbound: Count,
    outbound: Count,
    operations: Operations,
    /// Edits, deletions and reactions by phones.
    changed_by_phones: usize,
    files: Files,
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

/// Counts of the pictures that phones sent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Files {
    sent: usize,
    stored: usize,
    /// Stored pictures that differ from the sent ones.
    wrong: usize,
}

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
            verdict.add_stored(conversation, customer, &stored)?;
            verdict.add_phone(agents, &there);
            let expected = shown::expected(agents, customer);
            verdict.compare("the inbox", &expected, &shown::in_inbox(&stored));
            let on_phone = shown::on_phone(&there, &conversation.number);
            verdict.compare("the phone", &expected, &on_phone);
        }
        Ok(verdict)
    }

    fn add_stored(
        &mut self,
        conversation: &Conversation,
        customer: &Record,
        stored: &[Value],
    ) -> Result<()> {
        let theirs = stored.iter().filter(|message| message["author"]["contact"].is_object());
        let got: Vec<_> = ids(theirs, "wa_id").collect();
        self.inbound += Count::of(&wa_ids(customer), got.iter().copied());
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
        self.files.add(conversation, customer, stored)
    }

    fn add_phone(&mut self, agents: &Record, there: &[Value]) {
        let rows: Vec<_> =
            there.iter().filter(|row| row["from_me"] == false && shown::is_message(row)).collect();
        let messages = rows.iter().copied().filter(|row| row["kind"] != "reaction");
        let got: Vec<_> = ids(messages, "id").collect();
        self.outbound += Count::of(&wa_ids(agents), got.iter().copied());
        self.missing.extend(missing(agents, &got));
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
        let Files { sent, stored, wrong } = self.files;
        let counts = self.inbound.is_good() && self.outbound.is_good() && self.operations.is_good();
        let outbox_is_empty = self.queued + self.failed == 0;
        counts && outbox_is_empty && self.wrong.is_empty() && sent == stored && wrong == 0
    }
}

impl Files {
    /// Adds the pictures of a conversation.
    fn add(
        &mut self,
        conversation: &Conversation,
        customer: &Record,
        stored: &[Value],
    ) -> Result<()> {
        let pictures = customer.messages.iter().filter(|message| message.form == Form::Picture);
        self.sent += pictures.count();
        for message in stored.iter().filter(|message| message["media"]["state"] == "stored") {
            self.stored += 1;
            let caption = message["text"].as_str().unwrap_or_default();
            let file = conversation.client.file(&format!("/midia/{}", message["id"]))?;
            self.wrong += usize::from(file != traffic::picture(caption));
        }
        Ok(())
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | sent | arrived | duplicated | missing | reordered |")?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|")?;
        writeln!(f, "| phones to the inbox | {} |", self.inbound)?;
        writeln!(f, "| the inbox to phones | {} |", self.outbound)?;
        write!(f, "{}", self.operations)?;
        let Files { sent, stored, wrong } = self.files;
        writeln!(
            f,
            "\n{stored} of {sent} pictures are stored, {wrong} of them not as they were sent.\n\
             Phones edited, deleted and reacted {} times. {} messages are not shown as the last \
             change left them.",
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

fn wa_ids(record: &Record) -> Vec<&str> {
    record.messages.iter().map(|message| message.wa_id.as_str()).collect()
}

fn missing(record: &Record, got: &[&str]) -> impl Iterator<Item = String> {
    let got: HashSet<&str> = got.iter().copied().collect();
    wa_ids(record).into_iter().filter(move |wa_id| !got.contains(wa_id)).map(str::to_owned)
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
