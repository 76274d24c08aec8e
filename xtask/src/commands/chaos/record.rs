//! The messages and changes of one side of a conversation, and the choice of its next step.

use rand::{Rng as _, rngs::StdRng, seq::IndexedRandom as _};

use super::{
    card::Card,
    files,
    form::{FileForm, Form},
};

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
    /// The text or caption before any edit. Cards and stickers have none that is shown.
    pub(super) text: String,
    pub(super) form: Form,
    /// The SHA-256 of its file, in hex; empty without one.
    pub(super) sha256: String,
}

impl Written {
    /// Returns a message of a form. `text` makes its file different from all others.
    pub(super) fn new(wa_id: String, row: String, text: String, form: Form) -> Self {
        let sha256 = match &form {
            Form::File(FileForm::Sticker) => files::sha256(&files::sticker(&text)),
            Form::File(_) => files::sha256(&files::picture(&text)),
            _ => String::new(),
        };
        Self { wa_id, row, text, form, sha256 }
    }

    /// Returns the words of the options of a poll at these positions.
    pub(super) fn chosen(&self, choices: &[u32]) -> Vec<&str> {
        let options = self.poll().map(|(options, _)| options).unwrap_or_default();
        let chosen =
            choices.iter().filter_map(|choice| options.get(usize::try_from(*choice).ok()?));
        chosen.map(String::as_str).collect()
    }

    /// Returns the options of a poll and whether one person may choose several; `None` of another
    /// message.
    fn poll(&self) -> Option<(&[String], bool)> {
        match &self.form {
            Form::Card(Card::Poll { options, multiple, .. }) => Some((options, *multiple)),
            _ => None,
        }
    }
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
    /// The positions of the chosen options of a poll, none if they take the earlier vote back.
    Vote(Vec<u32>),
}

/// The first messages of one side, which arrived before the first fault.
#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) text: Written,
    pub(super) poll: Written,
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
    pub(super) fn new(opening: &Opening) -> Self {
        Self { messages: vec![opening.text.clone(), opening.poll.clone()], changes: Vec::new() }
    }

    /// Chooses what `author` does next. The other side's first messages are on both sides already.
    pub(super) fn next_step(&self, author: &str, others: &Opening, random: &mut StdRng) -> Step {
        let text = format!("{author} n.º {}", self.messages.len());
        let recent = self.messages.iter().skip(1).rev().take(RECENT);
        let own: Vec<_> =
            recent.filter(|message| message.form.is_text() && !self.is_deleted(message)).collect();
        let own = own.choose(random).copied();
        let any = own.filter(|_| random.random()).unwrap_or(&others.text);
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
            (9, _) => {
                let of = self.some_poll(&others.poll, random);
                let what = What::Vote(self.next_vote(of, random));
                Step::Change { of: of.clone(), what }
            }
            _ => Step::Write { text },
        }
    }

    /// Chooses an own recent poll or that of the other side.
    fn some_poll<'a>(&'a self, of_others: &'a Written, random: &mut StdRng) -> &'a Written {
        let recent = self.messages.iter().rev().take(RECENT);
        let own: Vec<_> = recent.filter(|message| message.poll().is_some()).collect();
        own.choose(random).copied().filter(|_| random.random()).unwrap_or(of_others)
    }

    /// Chooses options of a poll, none to take a vote back.
    fn next_vote(&self, poll: &Written, random: &mut StdRng) -> Vec<u32> {
        let (options, multiple) = poll.poll().unwrap_or_default();
        let positions = 0_u32..options.len().try_into().unwrap_or(0);
        let has_voted = self
            .changes_of(poll)
            .rev()
            .find_map(|what| match what {
                What::Vote(choices) => Some(!choices.is_empty()),
                _ => None,
            })
            .unwrap_or(false);
        if has_voted && random.random_ratio(1, 3) {
            return Vec::new();
        }
        if multiple {
            return positions.filter(|_| random.random()).collect();
        }
        vec![random.random_range(positions)]
    }

    fn next_reaction(&self, to: &Written, random: &mut StdRng) -> String {
        let emoji = EMOJI[random.random_range(0..EMOJI.len())];
        let last = self.changes_of(to).rev().find_map(|what| match what {
            What::React(emoji) => Some(emoji.as_str()),
            _ => None,
        });
        if last == Some(emoji) { String::new() } else { emoji.to_owned() }
    }

    /// Returns WhatsApp's ids of the messages of some forms, in their order.
    pub(super) fn wa_ids(&self, is_wanted: impl Fn(&Form) -> bool) -> Vec<&str> {
        let messages = self.messages.iter().filter(|message| is_wanted(&message.form));
        messages.map(|message| message.wa_id.as_str()).collect()
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
        let text = format!("n.º {place}");
        let form = Form::at(place, &text);
        Written::new(place.to_string(), String::new(), text, form)
    }

    /// An opening whose messages have these ids.
    fn opening(text: usize, poll: usize) -> Opening {
        let poll = Written { form: Form::Card(Card::poll("ana 1")), ..written(poll) };
        Opening { text: Written { form: Form::Text, ..written(text) }, poll }
    }

    /// Does 2,000 steps, and describes them.
    fn steps(seed: u64) -> Vec<String> {
        let mut random = StdRng::seed_from_u64(seed);
        let (mut record, others) = (Record::new(&opening(0, 1)), opening(9_998, 9_999));
        let mut steps = Vec::new();
        for place in 2..=2_001 {
            match record.next_step("ana", &others, &mut random) {
                Step::Change { of, what } => {
                    assert_ne!(of.wa_id, "0", "the first message stays");
                    assert!(!record.is_deleted(&of), "a deleted message is left alone");
                    match &what {
                        What::Vote(choices) => {
                            let (options, multiple) = of.poll().expect("a poll");
                            assert!(
                                choices.iter().all(|choice| (*choice as usize) < options.len())
                            );
                            assert!(choices.is_sorted() && (multiple || choices.len() < 2));
                        }
                        _ => assert!(of.form.is_text(), "others stay as they are"),
                    }
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
        let (taken_back, several) = ("Vote([])", "Vote([0, ");
        let kinds =
            ["write", "reply", "forward", "Edit", "Delete", "React(\"\")", taken_back, several];
        for kind in kinds {
            assert!(steps_of_seven.iter().any(|step| step.starts_with(kind)), "{kind}");
        }
        assert!(
            steps_of_seven.iter().any(|step| step.starts_with("Vote") && step.ends_with(" 9999"))
        );
    }
}
