//! The messages and changes of one side of a conversation, and the choice of its next step.

use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

/// People act on their last messages. WhatsApp refuses edits after 15 minutes.
const RECENT: usize = 8;

/// A person who chooses the same emoji again takes the reaction back.
const EMOJI: [&str; 3] = ["👍", "❤️", "😂"];

/// A message that was accepted.
#[derive(Debug, Clone)]
pub(super) struct Written {
    /// WhatsApp's id.
    pub(super) wa_id: String,
    /// The id in the inbox, if an agent wrote it or acts on it; otherwise empty.
    pub(super) row: String,
    /// The text before any edit.
    pub(super) text: String,
    pub(super) form: Form,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Form {
    Text,
    Picture,
    /// An answer to the message with this WhatsApp id.
    Reply(String),
    Forward,
}

/// An accepted change of a message.
#[derive(Debug, Clone)]
pub(super) struct Change {
    /// WhatsApp's id of the change itself.
    pub(super) wa_id: String,
    /// WhatsApp's id of the changed message.
    pub(super) target: String,
    pub(super) what: What,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum What {
    Edit(String),
    Delete,
    /// An emoji, empty if it takes the earlier one back.
    React(String),
}

/// Everything that one side has done, in the order in which it was accepted.
#[derive(Debug)]
pub(super) struct Record {
    /// Never empty. The first message is neither edited nor deleted.
    pub(super) messages: Vec<Written>,
    pub(super) changes: Vec<Change>,
}

/// Something that a person does.
pub(super) enum Step {
    Write { text: String },
    Reply { to: Written, text: String },
    Forward { of: Written },
    Change { of: Written, what: What },
}

impl Record {
    pub(super) fn new(first: Written) -> Self {
        Self { messages: vec![first], changes: Vec::new() }
    }

    /// Chooses what `author` does next. The other side's first message is on both sides already.
    pub(super) fn next_step(
        &self,
        author: &str,
        first_of_others: &Written,
        random: &mut StdRng,
    ) -> Step {
        let text = format!("{author} n.º {}", self.messages.len());
        let recent = self.messages.iter().skip(1).rev().take(RECENT);
        let own: Vec<_> = recent
            .filter(|message| message.form != Form::Picture && !self.is_deleted(message))
            .collect();
        let own = own.choose(random).copied();
        let any = own.filter(|_| random.random()).unwrap_or(first_of_others);
        match (random.random_range(0..20), own) {
            (0 | 1, _) => Step::Reply { to: any.clone(), text },
            // The text of an edited message depends on whether its edit was acknowledged already.
            (2, _) if self.edits(any) == 0 => Step::Forward { of: any.clone() },
            (3..=5, _) => {
                let what = What::React(self.next_reaction(any, random));
                Step::Change { of: any.clone(), what }
            }
            (6 | 7, Some(own)) if own.form != Form::Forward => {
                let what = What::Edit(format!("{}, versão {}", own.text, self.edits(own) + 2));
                Step::Change { of: own.clone(), what }
            }
            (8, Some(own)) => Step::Change { of: own.clone(), what: What::Delete },
            _ => Step::Write { text },
        }
    }

    fn next_reaction(&self, to: &Written, random: &mut StdRng) -> String {
        let emoji = EMOJI[random.random_range(0..EMOJI.len())];
        let last = self.changes_of(to).rev().find_map(|what| match what {
            What::React(emoji) => Some(emoji.as_str()),
            _ => None,
        });
        if last == Some(emoji) { String::new() } else { emoji.to_owned() }
    }

    fn edits(&self, message: &Written) -> usize {
        self.changes_of(message).filter(|what| matches!(what, What::Edit(_))).count()
    }

    fn is_deleted(&self, message: &Written) -> bool {
        self.changes_of(message).any(|what| *what == What::Delete)
    }

    fn changes_of(&self, message: &Written) -> impl DoubleEndedIterator<Item = &What> {
        let changes = self.changes.iter().filter(move |change| change.target == message.wa_id);
        changes.map(|change| &change.what)
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng as _;

    use super::*;

    fn written(place: usize) -> Written {
        let wa_id = place.to_string();
        Written { wa_id, row: String::new(), text: format!("n.º {place}"), form: Form::Text }
    }

    /// Does 2,000 steps, and describes them.
    fn steps(seed: u64) -> Vec<String> {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut record, other) = (Record::new(written(0)), written(9_999));
        let mut steps = Vec::new();
        for place in 1..=2_000 {
            match record.next_step("ana", &other, &mut random) {
                Step::Change { of, what } => {
                    let others = matches!(what, What::React(_)) && of.wa_id == other.wa_id;
                    assert!(others || of.wa_id != "0", "the first message stays");
                    assert!(!record.is_deleted(&of), "a deleted message is left alone");
                    steps.push(format!("{what:?} {}", of.wa_id));
                    let wa_id = format!("c{place}");
                    record.changes.push(Change { wa_id, target: of.wa_id, what });
                }
                Step::Write { .. } => {
                    steps.push("write".to_owned());
                    record.messages.push(written(place));
                }
                Step::Reply { to, .. } => steps.push(format!("reply {}", to.wa_id)),
                Step::Forward { of } => steps.push(format!("forward {}", of.wa_id)),
            }
        }
        steps
    }

    #[test]
    fn a_seed_gives_the_same_steps_of_every_kind() {
        let steps_of_seven = steps(7);
        assert_eq!(steps_of_seven, steps(7));
        assert_ne!(steps_of_seven, steps(8));
        for kind in ["write", "reply", "forward", "Edit", "Delete", "React(\"\")"] {
            assert!(steps_of_seven.iter().any(|step| step.starts_with(kind)), "{kind}");
        }
    }
}
