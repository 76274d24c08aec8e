//! Counts the messages of each kind besides texts and pictures.

use std::{fmt, ops::AddAssign};

use serde_json::Value;

use super::{count::Count, record::Record};

/// The kinds, as both sides name them, and their names in the report.
const KINDS: [(&str, &str); 4] =
    [("location", "places"), ("contact", "contacts"), ("poll", "polls"), ("sticker", "stickers")];

/// The counts of one direction, in the order of [`KINDS`].
#[derive(Debug, Default, Clone, Copy)]
pub(super) struct Kinds([Count; KINDS.len()]);

impl Kinds {
    /// Compares what one side of a conversation sent with the messages of the other one. `id` is the
    /// field with WhatsApp's id.
    pub(super) fn of(sent: &Record, got: &[&Value], id: &str) -> Self {
        Self(KINDS.map(|(kind, _)| {
            let got = got.iter().filter(|message| message["kind"] == kind);
            let got = got.filter_map(|message| message[id].as_str());
            Count::of(&sent.wa_ids(|form| form.kind() == kind), got)
        }))
    }

    pub(super) fn is_good(&self) -> bool {
        self.0.iter().all(|count| count.is_good())
    }
}

impl AddAssign for Kinds {
    fn add_assign(&mut self, other: Self) {
        for (count, more) in self.0.iter_mut().zip(other.0) {
            *count += more;
        }
    }
}

/// Formats the rows of a Markdown table.
impl fmt::Display for Kinds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = KINDS.iter().zip(self.0);
        rows.try_for_each(|((_, name), count)| writeln!(f, "| of these, {name} | {count} |"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::commands::chaos::{card::Card, form::Form, record::Written};

    #[test]
    fn each_kind_has_a_row_of_its_own() {
        let written = |wa_id: &str, form| {
            Written::new(wa_id.to_owned(), String::new(), "ana".to_owned(), form)
        };
        let messages = vec![
            written("t", Form::Text),
            written("l", Form::Card(Card::place(1, "ana"))),
            written("p", Form::Card(Card::poll("ana"))),
        ];
        let sent = Record { messages, changes: Vec::new() };
        let got = [
            json!({ "id": "t", "kind": "text" }),
            json!({ "id": "l", "kind": "location" }),
            json!({ "id": "p", "kind": "poll" }),
        ];
        let got: Vec<_> = got.iter().collect();
        let mut all = Kinds::of(&sent, &got, "id");
        assert!(all.is_good(), "{all}");
        assert!(all.to_string().contains("| of these, places | 1 | 1 | 0 | 0 | 0 |\n"), "{all}");
        all += Kinds::of(&sent, &got[..2], "id");
        assert!(!all.is_good(), "a poll is missing: {all}");
    }
}
