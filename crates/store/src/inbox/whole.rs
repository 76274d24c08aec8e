//! The whole text of a message; a bubble shows only the beginning of a long one.

use model::{ConnectionId, MessageContent, MessageId, MessageKind, WholeText, bounds};

use super::history;
use crate::{
    Error, Viewer,
    entity::message,
    messages::{
        ad, card, content, link_preview,
        long_text::truncate,
        mentions,
        people::People,
        poll_card,
        votes::{self, Votes},
    },
};

impl Viewer {
    /// Returns the whole stored text of a message after its last edit, or the whole card.
    ///
    /// # Errors
    /// [`Error::NotFound`] when there is no such message that this user may read, or it was deleted
    /// for everybody.
    pub async fn message_text(&self, id: MessageId) -> Result<WholeText, Error> {
        let row = history::of_message(self.scope(), id, READ).one(self.store().db()).await?;
        let row = row.ok_or(Error::NotFound)?;
        let kind = MessageKind::from_name(&row.kind);
        if kind == MessageKind::Revoked {
            return Err(Error::NotFound);
        }
        let content = content::read(row.content.as_deref());
        let number = ConnectionId(row.connection_id);
        if let Some(card) = content.as_ref().and_then(|content| card::whole(content, number)) {
            return self.with_votes(id, &row, card).await;
        }
        let column = row.mentions.as_deref();
        let mentioned = mentions::addresses(row.connection_id, column);
        let people = People::load(self.store().db(), mentioned).await?;
        let names = mentions::Names::of(row.connection_id, column, &people);
        let text = text::calm(names.mark(&truncate(row.text)));
        let has_picture = match &content {
            Some(MessageContent::LinkedText(_)) => self.has_preview(id).await?,
            _ => false,
        };
        let picture = has_picture.then_some(id);
        let rich = names.in_pieces(&text, text::rich(kind, &text));
        let text = names.name(&text);
        let rich = link_preview::above(content.as_ref(), picture, rich);
        let rich = ad::above(content.as_ref(), &text, rich);
        Ok(WholeText { rich, text })
    }

    /// Adds the votes to the card of a poll; others stay as they are.
    async fn with_votes(
        &self,
        id: MessageId,
        row: &message::Model,
        card: WholeText,
    ) -> Result<WholeText, Error> {
        let Some(poll) = votes::poll_of(&row.kind, row.content.as_deref()) else { return Ok(card) };
        let of_one = std::iter::once((row.id, &*row.wa_id));
        let votes = Votes::load(self.store().db(), of_one).await?;
        let tally = votes.tally(id, row.chat_id, &row.wa_id, &poll);
        Ok(WholeText { rich: poll_card::whole(&poll, &tally), ..card })
    }

    async fn has_preview(&self, id: MessageId) -> Result<bool, Error> {
        match self.media(id).await {
            Ok(file) => Ok(file.preview.is_some()),
            Err(Error::NotFound) => Ok(false),
            Err(error) => Err(error),
        }
    }
}

/// The characters of a text that are read. One more than the bound of today shows that a text of an
/// older version is longer.
pub(super) const READ: usize = bounds::TEXT + 1;
