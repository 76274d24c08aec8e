//! The reactions to messages, which are read beside them.

use std::collections::{BTreeSet, HashMap};

use model::{Author, Reaction, bounds};
use sea_orm::{ConnectionTrait, FromQueryResult, QuerySelect as _};

use super::{
    authors::{self, AuthorRow},
    long_text::beginning,
    update::REACTION,
};
use crate::{Error, entity::message_update};

/// Bytes of the emojis and names that are shown of one message. All the names that a large group
/// may choose would fill a live event.
const ROOM: usize = 8 * 1024;

/// The reactions to some messages, by chat and WhatsApp id; one per person, oldest first.
#[derive(Debug, Default)]
pub(super) struct Reactions(HashMap<(i64, String), Vec<Row>>);

#[derive(Debug, FromQueryResult)]
struct Row {
    chat_id: i64,
    target_wa_id: String,
    value: String,
    #[sea_orm(nested)]
    by: AuthorRow,
}

impl Reactions {
    /// Reads the reactions to these messages in one query.
    pub(super) async fn load(
        db: &impl ConnectionTrait,
        wa_ids: impl Iterator<Item = &str>,
    ) -> Result<Self, Error> {
        let wa_ids: BTreeSet<&str> = wa_ids.collect();
        if wa_ids.is_empty() {
            return Ok(Self::default());
        }
        // Older versions stored values of any length.
        let value = beginning(message_update::Column::Value, bounds::REACTION + 1);
        let select = authors::of_updates(wa_ids, REACTION).expr_as(value, "value");
        let rows: Vec<Row> = select.into_model().all(db).await?;
        let mut by_message = HashMap::<_, Vec<_>>::new();
        for row in rows {
            // A value that is no emoji is left out; older versions stored them.
            if text::is_reaction(&row.value) {
                let message = (row.chat_id, row.target_wa_id.clone());
                by_message.entry(message).or_default().push(row);
            }
        }
        Ok(Self(by_message))
    }

    /// Returns the reactions to a message, those with the same emoji together: the first of up to
    /// [`bounds::REACTIONS`] people, as far as there is room.
    pub(super) fn of(&self, chat: i64, wa_id: &str, in_group: bool) -> Vec<Reaction> {
        let all = self.0.get(&(chat, wa_id.to_owned())).into_iter().flatten();
        let mut shown: Vec<Reaction> = Vec::new();
        let mut room = ROOM;
        for row in all.take(bounds::REACTIONS) {
            let by = row.by.author(in_group);
            let Some(left) = room.checked_sub(row.value.len() + length_of_name(&by)) else { break };
            room = left;
            match shown.iter_mut().find(|reaction| reaction.emoji == row.value) {
                Some(same) => same.by.push(by),
                None => shown.push(Reaction { emoji: row.value.clone(), by: vec![by] }),
            }
        }
        shown
    }
}

fn length_of_name(author: &Author) -> usize {
    match author {
        Author::User { name } | Author::Contact { name: Some(name) } => name.len(),
        Author::Contact { name: None } | Author::Phone => 0,
    }
}
