//! Counts arrived, duplicated, missing and reordered messages.

use std::{
    collections::{HashMap, HashSet},
    fmt,
};

use anyhow::{Context, Result};
use serde_json::Value;

use crate::harness::WhatsApp;

use super::traffic::{self, Conversation, Texts};

/// The counts of both directions.
pub(super) struct Verdict {
    inbound: Count,
    outbound: Count,
    files: Files,
    /// Messages in the outbox.
    queued: usize,
    /// Texts of missing messages, [`LISTED`] at most.
    missing: Vec<String>,
}

/// Missing messages that are printed, to be looked up in the logs.
const LISTED: usize = 10;

/// Counts of the pictures that phones sent.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Files {
    sent: usize,
    stored: usize,
    /// Stored pictures that differ from the sent ones.
    wrong: usize,
}

/// Counts of the messages of one direction.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
struct Count {
    sent: usize,
    arrived: usize,
    duplicated: usize,
    missing: usize,
    /// Messages that are stored before one that was sent earlier.
    reordered: usize,
}

impl Verdict {
    /// Compares the sent texts with the stored messages, and with those on the customers' phones.
    pub(super) fn of(
        whatsapp: &WhatsApp,
        conversations: &[Conversation],
        inbound: &Texts,
        outbound: &Texts,
    ) -> Result<Self> {
        let mut verdict = Self {
            inbound: Count::default(),
            outbound: Count::default(),
            files: Files::default(),
            queued: 0,
            missing: Vec::new(),
        };
        let texts_of = inbound.iter().zip(outbound);
        for (conversation, (inbound, outbound)) in conversations.iter().zip(texts_of) {
            let stored = stored(conversation)?;
            verdict.queued += stored.iter().filter(|one| one["delivery"] == "queued").count();
            let theirs = stored.iter().filter(|message| message["author"]["contact"].is_object());
            let got = texts(theirs);
            verdict.inbound.add(Count::of(inbound, &got));
            verdict.missing.extend(missing(inbound, &got));
            verdict.files.add(conversation, inbound, &stored)?;
            let there = whatsapp.messages(&conversation.customer, &conversation.number)?;
            let ours = there.iter().filter(|message| message["from_me"] == false);
            let got = texts(ours);
            verdict.outbound.add(Count::of(outbound, &got));
            verdict.missing.extend(missing(outbound, &got));
        }
        verdict.missing.truncate(LISTED);
        Ok(verdict)
    }

    /// Returns true if every message and file has arrived and none is queued.
    pub(super) fn is_settled(&self) -> bool {
        let Files { sent, stored, .. } = self.files;
        let complete = self.inbound.missing == 0 && self.outbound.missing == 0 && sent == stored;
        self.queued == 0 && complete
    }

    pub(super) fn is_good(&self) -> bool {
        let right = self.inbound.is_good() && self.outbound.is_good() && self.files.wrong == 0;
        self.is_settled() && right
    }
}

impl Files {
    /// Adds the pictures of a conversation.
    fn add(
        &mut self,
        conversation: &Conversation,
        inbound: &[String],
        stored: &[Value],
    ) -> Result<()> {
        self.sent += (0..inbound.len()).filter(|&place| traffic::is_picture(place)).count();
        for message in stored.iter().filter(|message| message["media"]["state"] == "stored") {
            self.stored += 1;
            let caption = message["text"].as_str().unwrap_or_default();
            let file = conversation.client.file(&format!("/midia/{}", message["id"]))?;
            self.wrong += usize::from(file != traffic::picture(caption));
        }
        Ok(())
    }
}

impl Count {
    fn of(sent: &[String], got: &[&str]) -> Self {
        let places: HashMap<&str, usize> =
            sent.iter().enumerate().map(|(place, text)| (text.as_str(), place)).collect();
        let mut seen = vec![0_usize; sent.len()];
        let (mut reordered, mut furthest) = (0, 0);
        for place in got.iter().filter_map(|text| places.get(text).copied()) {
            seen[place] += 1;
            if seen[place] == 1 {
                reordered += usize::from(place < furthest);
                furthest = furthest.max(place);
            }
        }
        Self {
            sent: sent.len(),
            arrived: seen.iter().filter(|&&times| times > 0).count(),
            duplicated: seen.iter().map(|times| times.saturating_sub(1)).sum(),
            missing: seen.iter().filter(|&&times| times == 0).count(),
            reordered,
        }
    }

    fn add(&mut self, other: Self) {
        self.sent += other.sent;
        self.arrived += other.arrived;
        self.duplicated += other.duplicated;
        self.missing += other.missing;
        self.reordered += other.reordered;
    }

    fn is_good(self) -> bool {
        self.duplicated + self.missing + self.reordered == 0
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "| | sent | arrived | duplicated | missing | reordered |")?;
        writeln!(f, "|---|--:|--:|--:|--:|--:|")?;
        for (name, count) in
            [("phones to the inbox", self.inbound), ("the inbox to phones", self.outbound)]
        {
            let Count { sent, arrived, duplicated, missing, reordered } = count;
            writeln!(
                f,
                "| {name} | {sent} | {arrived} | {duplicated} | {missing} | {reordered} |"
            )?;
        }
        let Files { sent, stored, wrong } = self.files;
        writeln!(
            f,
            "\n{stored} of {sent} pictures are stored, {wrong} of them not as they were sent."
        )?;
        if !self.missing.is_empty() {
            writeln!(f, "\nMissing: {}.", self.missing.join(", "))?;
        }
        match self.queued {
            0 => Ok(()),
            queued => writeln!(f, "\n{queued} messages are still queued."),
        }
    }
}

fn missing(sent: &[String], got: &[&str]) -> impl Iterator<Item = String> {
    let got: HashSet<&str> = got.iter().copied().collect();
    sent.iter().filter(move |text| !got.contains(text.as_str())).cloned()
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

fn texts<'a>(messages: impl Iterator<Item = &'a Value>) -> Vec<&'a str> {
    messages.filter_map(|message| message["text"].as_str()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_message_is_accounted_for() {
        let sent: Vec<String> = ["a", "b", "c", "d"].map(str::to_owned).into();
        let good = Count { sent: 4, arrived: 4, ..Count::default() };
        assert_eq!(Count::of(&sent, &["a", "b", "c", "d"]), good);
        let twice = Count { duplicated: 1, ..good };
        assert_eq!(Count::of(&sent, &["a", "b", "b", "c", "d"]), twice);
        let swapped = Count { reordered: 1, ..good };
        assert_eq!(Count::of(&sent, &["a", "c", "b", "d"]), swapped);
        let lost = Count { arrived: 3, missing: 1, ..good };
        assert_eq!(Count::of(&sent, &["a", "c", "d", "strange"]), lost);
        assert!(!lost.is_good() && !twice.is_good() && !swapped.is_good() && good.is_good());
    }
}
