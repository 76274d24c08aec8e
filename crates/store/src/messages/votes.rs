//! The votes in polls, which are read beside the messages.
//!
//! A vote arrives encrypted with the secret of its poll, and maybe before it. It is stored as it came
//! ([`MessageUpdate::Vote`](super::MessageUpdate)) until the session of the number has opened it
//! ([`crate::ingest`]), and from then on as the options that it chose
//! ([`MessageUpdate::Voted`](super::MessageUpdate)).

use std::collections::HashMap;

use model::{
    MessageContent, MessageId, MessageKind, OwnVote, PollNote, Voter, bounds,
    content::{Poll, PollSecret},
};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, QueryFilter as _,
    QueryOrder as _, QuerySelect as _,
};

use super::{
    authors::{self, AuthorRow},
    choices, content,
    update::VOTED,
};
use crate::{
    Error, codec,
    entity::{message, message_update, outbox},
    secrets,
};

/// Returns the poll of a row of `message`; `None` for another kind, and for a deleted poll.
pub(crate) fn poll_of(kind: &str, column: Option<&str>) -> Option<Poll> {
    if MessageKind::from_name(kind) != MessageKind::Poll {
        return None;
    }
    match content::read(column)? {
        MessageContent::Poll(poll) => Some(poll),
        _ => None,
    }
}

/// Gives a poll that is about to be sent a secret of its own, by which its votes are read as long as it
/// exists. Other contents stay as they are.
pub(crate) fn with_own_secret(
    content: Option<MessageContent>,
) -> Result<Option<MessageContent>, Error> {
    match content {
        Some(MessageContent::Poll(poll)) => {
            let secret = Some(PollSecret::new(secrets::random()?));
            Ok(Some(MessageContent::Poll(Poll { secret, ..poll })))
        }
        other => Ok(other),
    }
}

/// The votes in some polls, by chat and WhatsApp id, oldest first, and the votes of the number that wait
/// for WhatsApp, by poll.
#[derive(Debug, Default)]
pub(crate) struct Votes {
    counted: HashMap<(i64, String), Vec<Vote>>,
    waiting: HashMap<i64, Waiting>,
}

#[derive(Debug)]
struct Vote {
    by: AuthorRow,
    at: i64,
    choices: Vec<u32>,
}

/// The vote of the number that WhatsApp has not confirmed; the last one, if there are several.
#[derive(Debug)]
struct Waiting {
    choices: Vec<u32>,
    has_failed: bool,
}

#[derive(Debug, FromQueryResult)]
struct Row {
    chat_id: i64,
    target_wa_id: String,
    value: String,
    at: i64,
    #[sea_orm(nested)]
    by: AuthorRow,
}

/// The votes in a poll as its card shows them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Tally {
    pub(super) poll: MessageId,
    pub(super) voters: u32,
    /// The votes of each option.
    pub(super) counts: Vec<u32>,
    /// The options that the number itself chose; those of its vote that waits, if there is one.
    pub(super) own: Vec<u32>,
    pub(super) vote: OwnVote,
}

impl Votes {
    /// Reads the votes in these polls, by id and WhatsApp id. It takes no query if there are no polls.
    pub(crate) async fn load(
        db: &impl ConnectionTrait,
        polls: impl Iterator<Item = (i64, &str)>,
    ) -> Result<Self, Error> {
        let (ids, wa_ids): (Vec<i64>, Vec<&str>) = polls.unzip();
        let mut votes = Self::default();
        if ids.is_empty() {
            return Ok(votes);
        }
        let counted = authors::of_updates(wa_ids, VOTED)
            .columns([message_update::Column::Value, message_update::Column::At]);
        let counted: Vec<Row> = counted.into_model().all(db).await?;
        for Row { chat_id, target_wa_id, value, at, by } in counted {
            let vote = Vote { by, at, choices: choices::read(&value)? };
            votes.counted.entry((chat_id, target_wa_id)).or_default().push(vote);
        }
        let waiting: Vec<(i64, String, Option<String>)> = outbox::Entity::find()
            .filter(outbox::Column::MessageId.is_in(ids))
            .filter(outbox::Column::Kind.eq(outbox::VOTE))
            .order_by_asc(outbox::Column::Id)
            .select_only()
            .columns([outbox::Column::MessageId, outbox::Column::Payload, outbox::Column::Failed])
            .into_tuple()
            .all(db)
            .await?;
        for (poll, payload, failed) in waiting {
            let waiting =
                Waiting { choices: choices::read(&payload)?, has_failed: failed.is_some() };
            votes.waiting.insert(poll, waiting);
        }
        Ok(votes)
    }

    /// Counts the votes in a poll.
    pub(crate) fn tally(&self, id: MessageId, chat: i64, wa_id: &str, poll: &Poll) -> Tally {
        let mut counts = vec![0_u32; poll.options.len()];
        let (mut voters, mut own) = (0_u32, Vec::new());
        for vote in self.of(chat, wa_id) {
            let is_own = vote.by.sender_id == message::OURSELVES;
            for choice in &vote.choices {
                if let Some(count) = counts.get_mut(*choice as usize) {
                    *count = count.saturating_add(1);
                    if is_own {
                        own.push(*choice);
                    }
                }
            }
            voters = voters.saturating_add(u32::from(!vote.choices.is_empty()));
        }
        let vote = match self.waiting.get(&id.0) {
            _ if poll.secret.is_none() => OwnVote::Impossible,
            Some(Waiting { has_failed: true, .. }) => OwnVote::Failed,
            Some(Waiting { choices, .. }) => {
                own.clone_from(choices);
                OwnVote::Waiting
            }
            None => OwnVote::Settled,
        };
        Tally { poll: id, voters, counts, own, vote }
    }

    /// Returns the people who chose an option, the first to vote of up to [`bounds::VOTERS`].
    pub(crate) fn by(&self, chat: i64, wa_id: &str, option: u32, in_group: bool) -> Vec<Voter> {
        let chose = self.of(chat, wa_id).filter(|vote| vote.choices.contains(&option));
        let voter =
            |vote: &Vote| Voter { author: vote.by.author(in_group), at: codec::time(vote.at) };
        chose.take(bounds::VOTERS).map(voter).collect()
    }

    fn of(&self, chat: i64, wa_id: &str) -> impl Iterator<Item = &Vote> {
        self.counted.get(&(chat, wa_id.to_owned())).into_iter().flatten()
    }
}

impl Tally {
    /// Returns the line about the poll, as JSON.
    pub(super) fn note(&self, poll: &Poll) -> String {
        let note =
            PollNote { single: poll.choices == Some(1), voters: self.voters, vote: self.vote };
        // Numbers and names of variants have no value that JSON cannot hold.
        serde_json::to_string(&note).unwrap_or_default()
    }

    /// Returns the address of an option: the page of the votes, with the option that is chosen there (`opcao`,
    /// or `opcoes` if one person may choose several), and the share of the people who chose it, in steps
    /// of 5 %, for the style sheet.
    pub(super) fn option_address(&self, option: u32, poll: &Poll) -> String {
        let page = model::Message::votes_address(self.poll);
        let votes = self.count(option);
        let share = match (votes, self.voters) {
            (0, _) | (_, 0) => 0,
            (votes, voters) => {
                let steps = (u64::from(votes) * 20 + u64::from(voters) / 2) / u64::from(voters);
                steps.clamp(1, 20) * 5
            }
        };
        let name = if poll.choices == Some(1) { "opcao" } else { "opcoes" };
        format!("{page}?{name}={option}#p{share}")
    }

    /// Returns the number of votes of an option.
    pub(crate) fn count(&self, option: u32) -> u32 {
        self.counts.get(option as usize).copied().unwrap_or(0)
    }

    /// Returns true if the number chose an option.
    pub(crate) fn has_chosen(&self, option: u32) -> bool {
        self.own.contains(&option)
    }

    /// Returns the number of people who voted.
    pub(crate) fn voters(&self) -> u32 {
        self.voters
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(voters: u32, counts: &[u32]) -> Tally {
        let poll = MessageId(7);
        Tally { poll, voters, counts: counts.to_vec(), own: vec![1], vote: OwnVote::Settled }
    }

    #[test]
    fn an_address_has_the_share_of_an_option() {
        let tally = tally(3, &[3, 2, 0]);
        let one = Poll { choices: Some(1), ..Poll::default() };
        let addresses = [0, 1, 2, 9].map(|option| tally.option_address(option, &one));
        let expected = ["0#p100", "1#p65", "2#p0", "9#p0"];
        assert_eq!(addresses, expected.map(|end| format!("/enquete/7?opcao={end}")));
    }

    #[test]
    fn a_single_vote_of_many_is_seen() {
        let address = tally(1_000, &[1]).option_address(0, &Poll::default());
        assert_eq!(address, "/enquete/7?opcoes=0#p5");
    }
}
