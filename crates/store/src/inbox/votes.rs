//! Voting in a poll, and the people who voted.

use model::{Closed, Message, MessageId, PollOption, PollPage, WaMessageId};

use super::history;
use crate::{
    Error, Grant, Store, Viewer, Write,
    access::Right,
    entity::outbox,
    messages::{
        choices,
        votes::{self, Votes},
    },
};

impl Store {
    /// Queues the vote of the number in a poll, in place of one that failed. `choices` are positions of its
    /// options; none take an earlier vote back. As with other changes, it counts once WhatsApp has it, and
    /// the same `wa_id` again returns the poll as it is.
    ///
    /// # Errors
    /// [`Error::Unchangeable`] when the message is no poll whose votes can be read, or does not allow these
    /// choices; those of [`Self::enqueue_change`].
    pub async fn enqueue_vote(
        &self,
        grant: &Grant<Write>,
        poll: MessageId,
        wa_id: WaMessageId,
        choices: &[u32],
    ) -> Result<Message, Error> {
        let vote = (outbox::VOTE, choices::column(choices));
        self.enqueue_operation(grant, poll, wa_id, vote, None).await
    }
}

impl Viewer {
    /// Returns a poll with the people who voted.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such poll that this user may read, or it was deleted for
    /// everybody.
    pub async fn poll(&self, id: MessageId) -> Result<PollPage, Error> {
        let db = self.store().db();
        let row = history::of_message(self.scope(), id, 0).one(db).await?;
        let row = row.ok_or(Error::NotFound)?;
        let poll = votes::poll_of(&row.kind, row.content.as_deref()).ok_or(Error::NotFound)?;
        let chat = self.chat(model::ChatId(row.chat_id)).await?;
        let votes = Votes::load(db, std::iter::once((row.id, &*row.wa_id))).await?;
        let tally = votes.tally(id, row.chat_id, &row.wa_id, &poll);
        let in_group = chat.group;
        let is_inside = matches!(chat.closed, None | Some(Closed::AdminsOnly));
        let option = |(option, nth): (&String, u32)| PollOption {
            text: text::line(option),
            chosen: tally.has_chosen(nth),
            votes: tally.count(nth),
            by: votes.by(row.chat_id, &row.wa_id, nth, in_group),
        };
        let readable = poll.secret.is_some();
        let may_write = self.may(chat.connection, Right::Write).await?;
        Ok(PollPage {
            message: id,
            chat: chat.id,
            chat_name: chat.name,
            question: text::line(&poll.question),
            options: poll.options.iter().zip(0..).map(option).collect(),
            single: poll.choices == Some(1),
            voters: tally.voters(),
            readable,
            can_vote: readable && may_write && is_inside,
        })
    }
}
