//! Compares what was sent and changed with what both sides have.

use std::{
    collections::{HashMap, HashSet},
    fmt,
    path::Path,
};

use anyhow::Result;
use serde_json::Value;

use crate::harness::WhatsApp;

use super::{
    conversation::Conversation,
    count::Count,
    files::Files,
    form::Form,
    kinds::Kinds,
    leftovers,
    operations::Operations,
    record::Record,
    shown::{self, Messages},
    vanishing::{Gone, Vanishing},
};

/// Everything that was sent and changed.
pub(super) struct Sent<'a> {
    /// What customers and agents did in each conversation.
    pub(super) conversations: &'a [Conversation],
    pub(super) inbound: Vec<Record>,
    pub(super) outbound: Vec<Record>,
    /// The conversation whose messages disappear, which is not one of the others.
    pub(super) with_timer: &'a Conversation,
    pub(super) vanishing: Vanishing,
}

/// The counts of both directions.
#[derive(Default)]
pub(super) struct Verdict {
    inbound: Count,
    /// Those of some kinds among them.
    inbound_kinds: Kinds,
    /// Messages without a file: they overtake files, which are uploaded first.
    outbound: Count,
    /// Messages with a file.
    outbound_files: Count,
    operations: Operations,
    /// The conversation whose messages disappear.
    gone: Gone,
    /// Edits, deletions, reactions and votes by phones.
    changed_by_phones: usize,
    /// The files of phones in the inbox.
    received: Files,
    /// The files of agents in the inbox.
    kept: Files,
    /// The files of agents on the phones.
    delivered: Files,
    /// Files on the disk of the inbox that have to be gone.
    left_over: usize,
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
    /// Compares the records with the stored messages, with those on the customers' phones, and with the
    /// folder of files of the inbox.
    pub(super) fn of(whatsapp: &WhatsApp, media: &Path, sent: &Sent<'_>) -> Result<Self> {
        let mut verdict = Self::default();
        let records = sent.inbound.iter().zip(&sent.outbound);
        for (conversation, (customer, agents)) in sent.conversations.iter().zip(records) {
            let stored = conversation.stored()?;
            let there = whatsapp.messages(&conversation.customer, &conversation.number)?;
            verdict.add_stored(customer, &stored);
            verdict.add_files(conversation, customer, agents, &stored)?;
            verdict.add_phone(agents, &there);
            let expected = shown::expected(agents, customer);
            verdict.compare("the inbox", &expected, &shown::in_inbox(&stored));
            let on_phone = shown::on_phone(&there, &conversation.number);
            verdict.compare("the phone", &expected, &on_phone);
        }
        let stored = sent.with_timer.stored()?;
        verdict.add_outbox(&stored);
        verdict.gone = sent.vanishing.gone(whatsapp, sent.with_timer, &stored)?;
        let once = sent.outbound.iter().flat_map(|agents| &agents.messages);
        let once = once.filter(|message| message.form.is_view_once());
        let once = once.map(|message| message.sha256.as_str());
        let has_to_go: HashSet<&str> = once.chain(sent.vanishing.due_files()).collect();
        verdict.left_over = leftovers::count(media, &has_to_go)?;
        Ok(verdict)
    }

    fn add_stored(&mut self, customer: &Record, stored: &[Value]) {
        let theirs: Vec<_> = stored
            .iter()
            .filter(|message| is_theirs(message) && shown::is_message(message))
            .collect();
        let got: Vec<_> = theirs.iter().filter_map(|message| message["wa_id"].as_str()).collect();
        self.inbound += Count::of(&customer.wa_ids(|_| true), got.iter().copied());
        self.inbound_kinds += Kinds::of(customer, &theirs, "wa_id");
        self.missing.extend(missing(customer, &got));
        self.changed_by_phones += customer.changes.len();
        self.add_outbox(stored);
    }

    /// Counts what waits in the outbox, and what failed.
    fn add_outbox(&mut self, stored: &[Value]) {
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
        let sent: HashMap<_, _> = hashes(customer).chain(hashes(agents)).collect();
        self.received.sent += hashes(customer).count();
        self.kept.sent += agents.wa_ids(|form| form.is_file() && !form.is_view_once()).len();
        for message in stored.iter().filter(|message| message["media"]["state"] == "stored") {
            let sha256 = conversation.client.sha256(&format!("/midia/{}", message["id"]))?;
            let files = if is_theirs(message) { &mut self.received } else { &mut self.kept };
            let sent = message["wa_id"].as_str().and_then(|wa_id| sent.get(wa_id));
            files.add(sent.copied(), &sha256);
        }
        Ok(())
    }

    fn add_phone(&mut self, agents: &Record, there: &[Value]) {
        let rows: Vec<_> =
            there.iter().filter(|row| row["from_me"] == false && shown::is_message(row)).collect();
        let messages = rows.iter().copied().filter(|row| !shown::is_change(row));
        let (files, others): (Vec<_>, Vec<_>) = messages.partition(|row| row["media"].is_object());
        let [in_files, in_others] = [&files, &others]
            .map(|rows| rows.iter().filter_map(|row| row["id"].as_str()).collect::<Vec<_>>());
        let is_other = |form: &Form| !form.is_file();
        self.outbound += Count::of(&agents.wa_ids(is_other), in_others.iter().copied());
        self.outbound_files += Count::of(&agents.wa_ids(Form::is_file), in_files.iter().copied());
        self.missing.extend(missing(agents, &[in_others, in_files].concat()));
        let sent: HashMap<_, _> = hashes(agents).collect();
        self.delivered.sent += sent.len();
        for row in files {
            let [wa_id, sha256] = ["id", "sha256"].map(|name| row[name].as_str());
            let sent = wa_id.and_then(|wa_id| sent.get(wa_id));
            self.delivered.add(sent.copied(), sha256.unwrap_or_default());
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
        let kinds = self.inbound_kinds.is_good() && self.operations.is_good();
        let disappeared = self.gone.is_good() && self.left_over == 0;
        let outbox_is_empty = self.queued + self.failed == 0;
        counts.into_iter().all(Count::is_good)
            && files.into_iter().all(Files::is_good)
            && kinds
            && disappeared
            && outbox_is_empty
            && self.wrong.is_empty()
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | sent | arrived | duplicated | missing | reordered |")?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|")?;
        writeln!(f, "| phones to the inbox | {} |", self.inbound)?;
        write!(f, "{}", self.inbound_kinds)?;
        writeln!(f, "| the inbox to phones | {} |", self.outbound)?;
        writeln!(f, "| files of the inbox to phones | {} |", self.outbound_files)?;
        write!(f, "{}{}", self.operations, self.gone)?;
        let wrong = [&self.wrong[..], &self.gone.wrong[..]].concat();
        writeln!(
            f,
            "\nFiles of phones in the inbox: {}. Files of agents in the inbox: {}, on the phones: \
             {}.\nPhones edited, deleted, reacted and voted {} times. {} messages are not shown as \
             the last change left them.\n{} messages with a timer were due. {} files that have to be \
             gone are on the disk.",
            self.received,
            self.kept,
            self.delivered,
            self.changed_by_phones,
            wrong.len(),
            self.gone.due,
            self.left_over
        )?;
        if !self.missing.is_empty() {
            writeln!(f, "\nMissing: {}.", first(&self.missing, ", "))?;
        }
        if !wrong.is_empty() {
            writeln!(f, "\nWrong:\n{}", first(&wrong, "\n"))?;
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

/// Returns WhatsApp's id of each message with a file, and the SHA-256 of that.
fn hashes(record: &Record) -> impl Iterator<Item = (&str, &str)> {
    let files = record.messages.iter().filter(|message| message.form.is_file());
    files.map(|message| (message.wa_id.as_str(), message.sha256.as_str()))
}

fn missing(record: &Record, got: &[&str]) -> impl Iterator<Item = String> {
    let got: HashSet<&str> = got.iter().copied().collect();
    record.wa_ids(|_| true).into_iter().filter(move |wa_id| !got.contains(wa_id)).map(str::to_owned)
}

fn first(all: &[String], separator: &str) -> String {
    all[..all.len().min(LISTED)].join(separator)
}
