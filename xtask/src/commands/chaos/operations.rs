//! Counts what agents did besides writing, on the phones of the customers.

use std::{fmt, ops::AddAssign};

use serde_json::Value;

use super::{
    count::Count,
    record::{Form, Record, What},
};

/// The counts of each kind, by the ids of the stanzas.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Operations {
    replies: Count,
    forwards: Count,
    edits: Count,
    deletions: Count,
    reactions: Count,
}

impl Operations {
    /// Compares what the agents of a conversation did with the rows of a phone that are by the
    /// number.
    pub(super) fn of(agents: &Record, rows: &[&Value]) -> Self {
        let (reactions, texts): (Vec<&Value>, Vec<&Value>) =
            rows.iter().copied().partition(|row| row["kind"] == "reaction");
        let updates = |kind: &'static str| {
            let updates = texts.iter().filter_map(|row| row["updates"].as_array()).flatten();
            ids(updates.filter(move |update| update["kind"] == kind))
        };
        let replies = texts.iter().copied().filter(|row| row["quoted"].is_string());
        let forwards = texts.iter().copied().filter(|row| row["forwarded"] != 0);
        Self {
            replies: Count::of(
                &messages(agents, |form| matches!(form, Form::Reply(_))),
                ids(replies),
            ),
            forwards: Count::of(&messages(agents, |form| *form == Form::Forward), ids(forwards)),
            edits: Count::unordered(
                &changes(agents, |what| matches!(what, What::Edit(_))),
                updates("edit"),
            ),
            deletions: Count::unordered(
                &changes(agents, |what| *what == What::Delete),
                updates("revoke"),
            ),
            reactions: Count::unordered(
                &changes(agents, |what| matches!(what, What::React(_))),
                ids(reactions),
            ),
        }
    }

    pub(super) fn is_good(&self) -> bool {
        self.named().iter().all(|(_, count)| count.is_good())
    }

    fn named(&self) -> [(&'static str, Count); 5] {
        [
            ("of these, replies", self.replies),
            ("of these, forwards", self.forwards),
            ("edits by the inbox", self.edits),
            ("deletions by the inbox", self.deletions),
            ("reactions by the inbox", self.reactions),
        ]
    }
}

impl AddAssign for Operations {
    fn add_assign(&mut self, other: Self) {
        self.replies += other.replies;
        self.forwards += other.forwards;
        self.edits += other.edits;
        self.deletions += other.deletions;
        self.reactions += other.reactions;
    }
}

/// Formats the rows of a Markdown table.
impl fmt::Display for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.named().iter().try_for_each(|(name, count)| writeln!(f, "| {name} | {count} |"))
    }
}

fn messages(agents: &Record, is_kind: fn(&Form) -> bool) -> Vec<&str> {
    let messages = agents.messages.iter().filter(|message| is_kind(&message.form));
    messages.map(|message| message.wa_id.as_str()).collect()
}

fn changes(agents: &Record, is_kind: fn(&What) -> bool) -> Vec<&str> {
    let changes = agents.changes.iter().filter(|change| is_kind(&change.what));
    changes.map(|change| change.wa_id.as_str()).collect()
}

fn ids<'a>(rows: impl IntoIterator<Item = &'a Value>) -> impl Iterator<Item = &'a str> {
    rows.into_iter().filter_map(|row| row["id"].as_str())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::chaos::record::{Change, Written};

    #[test]
    fn each_operation_is_looked_for_where_a_phone_shows_it() {
        let written = |wa_id: &str, form| {
            let (wa_id, text) = (wa_id.to_owned(), wa_id.to_owned());
            Written { wa_id, row: String::new(), text, form }
        };
        let mut agents = Record::new(written("a", Form::Text));
        agents.messages.push(written("b", Form::Reply("x".to_owned())));
        agents.messages.push(written("c", Form::Forward));
        for (wa_id, target, what) in [
            ("e", "a", What::Edit("A".to_owned())),
            ("d", "b", What::Delete),
            ("r", "x", What::React("👍".to_owned())),
        ] {
            let (wa_id, target) = (wa_id.to_owned(), target.to_owned());
            agents.changes.push(Change { wa_id, target, what });
        }
        let mut rows = [
            json!({ "id": "a", "kind": "text", "quoted": null, "forwarded": 0,
                "updates": [{ "id": "e", "kind": "edit" }] }),
            json!({ "id": "b", "kind": "revoked", "quoted": "x", "forwarded": 0,
                "updates": [{ "id": "d", "kind": "revoke" }] }),
            json!({ "id": "c", "kind": "text", "quoted": null, "forwarded": 1 }),
            json!({ "id": "r", "kind": "reaction", "quoted": "x", "forwarded": 0 }),
        ];
        let all = Operations::of(&agents, &rows.iter().collect::<Vec<_>>());
        assert!(all.is_good(), "{all}");
        let one = Count::of(&["1"], ["1"]);
        assert!(all.named().iter().all(|(_, count)| *count == one), "{all}");

        rows[0]["updates"] = json!([]);
        let lost = Operations::of(&agents, &rows.iter().collect::<Vec<_>>());
        assert!(!lost.is_good() && !lost.edits.is_good(), "{lost}");
    }
}
