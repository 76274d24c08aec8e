//! Counts what agents did besides writing, on the phones of the customers.

use std::{fmt, ops::AddAssign};

use serde_json::Value;

use super::{
    count::Count,
    form::Form,
    kinds::Kinds,
    record::{Record, What},
    shown,
};

/// The counts of each kind, by the ids of the stanzas.
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Operations {
    replies: Count,
    forwards: Count,
    kinds: Kinds,
    view_once: Count,
    edits: Count,
    deletions: Count,
    reactions: Count,
    votes: Count,
}

impl Operations {
    /// Compares what the agents of a conversation did with the rows of a phone that are by the
    /// number.
    pub(super) fn of(agents: &Record, rows: &[&Value]) -> Self {
        let (changes, messages): (Vec<&Value>, Vec<&Value>) =
            rows.iter().copied().partition(|row| shown::is_change(row));
        let of_kind = |kind: &'static str| {
            ids(changes.iter().copied().filter(move |row| row["kind"] == kind))
        };
        let updates = |kind: &'static str| {
            let updates = messages.iter().filter_map(|row| row["updates"].as_array()).flatten();
            ids(updates.filter(move |update| update["kind"] == kind))
        };
        let replies = messages.iter().copied().filter(|row| row["quoted"].is_string());
        let view_once = messages.iter().copied().filter(|row| row["view_once"] == true);
        let forwards = messages.iter().copied().filter(|row| row["forwarded"] != 0);
        Self {
            replies: Count::of(&agents.wa_ids(|form| matches!(form, Form::Reply(_))), ids(replies)),
            forwards: Count::of(&agents.wa_ids(|form| *form == Form::Forward), ids(forwards)),
            kinds: Kinds::of(agents, &messages, "id"),
            view_once: Count::of(&agents.wa_ids(Form::is_view_once), ids(view_once)),
            edits: Count::unordered(
                &changed(agents, |what| matches!(what, What::Edit(_))),
                updates("edit"),
            ),
            deletions: Count::unordered(
                &changed(agents, |what| *what == What::Delete),
                updates("revoke"),
            ),
            reactions: Count::unordered(
                &changed(agents, |what| matches!(what, What::React(_))),
                of_kind("reaction"),
            ),
            votes: Count::unordered(
                &changed(agents, |what| matches!(what, What::Vote(_))),
                of_kind("poll_vote"),
            ),
        }
    }

    pub(super) fn is_good(&self) -> bool {
        let [messages, changes] = self.named();
        let mut counts = messages.into_iter().chain(changes);
        self.kinds.is_good() && counts.all(|(_, count)| count.is_good())
    }

    /// Returns the counts of messages, besides those of kinds, and those of changes.
    fn named(&self) -> [Vec<(&'static str, Count)>; 2] {
        [
            vec![
                ("of these, replies", self.replies),
                ("of these, forwards", self.forwards),
                ("of these, view-once photos", self.view_once),
            ],
            vec![
                ("edits by the inbox", self.edits),
                ("deletions by the inbox", self.deletions),
                ("reactions by the inbox", self.reactions),
                ("votes by the inbox", self.votes),
            ],
        ]
    }
}

impl AddAssign for Operations {
    fn add_assign(&mut self, other: Self) {
        self.replies += other.replies;
        self.forwards += other.forwards;
        self.kinds += other.kinds;
        self.view_once += other.view_once;
        self.edits += other.edits;
        self.deletions += other.deletions;
        self.reactions += other.reactions;
        self.votes += other.votes;
    }
}

/// Formats the rows of a Markdown table.
impl fmt::Display for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [messages, changes] = self.named();
        for (name, count) in messages {
            writeln!(f, "| {name} | {count} |")?;
        }
        write!(f, "{}", self.kinds)?;
        changes.iter().try_for_each(|(name, count)| writeln!(f, "| {name} | {count} |"))
    }
}

fn changed(agents: &Record, is_kind: fn(&What) -> bool) -> Vec<&str> {
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
    use crate::commands::chaos::{
        card::Card,
        form::FileForm,
        record::{Change, Written},
    };

    #[test]
    fn each_operation_is_looked_for_where_a_phone_shows_it() {
        let written = |wa_id: &str, form| {
            Written::new(wa_id.to_owned(), String::new(), wa_id.to_owned(), form)
        };
        let messages = vec![
            written("a", Form::Text),
            written("b", Form::Reply("x".to_owned())),
            written("c", Form::Forward),
            written("p", Form::Card(Card::poll("p"))),
            written("f", Form::File(FileForm::ViewOnce)),
        ];
        let changes = [
            ("e", "a", What::Edit("A".to_owned())),
            ("d", "b", What::Delete),
            ("r", "x", What::React("👍".to_owned())),
            ("v", "p", What::Vote(vec![1])),
        ];
        let changes = changes.map(|(wa_id, target, what)| {
            let (wa_id, target) = (wa_id.to_owned(), target.to_owned());
            Change { wa_id, target, what }
        });
        let agents = Record { messages, changes: changes.to_vec() };
        let mut rows = [
            json!({ "id": "a", "kind": "text", "quoted": null, "forwarded": 0,
                "updates": [{ "id": "e", "kind": "edit" }] }),
            json!({ "id": "b", "kind": "revoked", "quoted": "x", "forwarded": 0,
                "updates": [{ "id": "d", "kind": "revoke" }] }),
            json!({ "id": "c", "kind": "text", "quoted": null, "forwarded": 1 }),
            json!({ "id": "r", "kind": "reaction", "quoted": "x", "forwarded": 0 }),
            json!({ "id": "p", "kind": "poll", "quoted": null, "forwarded": 0 }),
            json!({ "id": "v", "kind": "poll_vote", "quoted": "p", "forwarded": 0 }),
            json!({ "id": "f", "kind": "image", "quoted": null, "forwarded": 0,
                "view_once": true }),
        ];
        let all = Operations::of(&agents, &rows.iter().collect::<Vec<_>>());
        assert!(all.is_good(), "{all}");
        let one = Count::of(&["1"], ["1"]);
        let mut counts = all.named().into_iter().flatten();
        assert!(counts.all(|(_, count)| count == one), "{all}");
        assert!(all.to_string().contains("| of these, polls | 1 | 1 |"), "{all}");

        rows[0]["updates"] = json!([]);
        let lost = Operations::of(&agents, &rows.iter().collect::<Vec<_>>());
        assert!(!lost.is_good() && !lost.edits.is_good(), "{lost}");
        rows[6]["view_once"] = json!(false);
        let lost = Operations::of(&agents, &rows.iter().collect::<Vec<_>>());
        assert!(!lost.view_once.is_good(), "{lost}");
    }
}
