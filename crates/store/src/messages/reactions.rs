//! The reactions to messages, which are read beside them.

use std::collections::{BTreeSet, HashMap};

use model::bounds;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::{long_text::beginning, update::REACTION};
use crate::{Error, entity::message_update};

/// The reactions to some messages, by chat and WhatsApp id.
#[derive(Debug, Default)]
pub(super) struct Reactions(HashMap<(i64, String), Vec<String>>);

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
        let rows: Vec<(i64, String, String)> = message_update::Entity::find()
            .filter(message_update::Column::TargetWaId.is_in(wa_ids))
            .filter(message_update::Column::Kind.eq(REACTION))
            .order_by_asc(message_update::Column::At)
            .order_by_asc(message_update::Column::Id)
            .select_only()
            .columns([message_update::Column::ChatId, message_update::Column::TargetWaId])
            .expr_as(value, "value")
            .into_tuple()
            .all(db)
            .await?;
        let mut by_message = HashMap::<_, Vec<_>>::new();
        for (chat, wa_id, emoji) in rows {
            // A value that is no emoji is left out; older versions stored them.
            if text::is_reaction(&emoji) {
                by_message.entry((chat, wa_id)).or_default().push(emoji);
            }
        }
        Ok(Self(by_message))
    }

    /// Returns the reactions to a message, one per person, oldest first, up to
    /// [`bounds::REACTIONS`].
    pub(super) fn of(&self, chat: i64, wa_id: &str) -> Vec<String> {
        let all = self.0.get(&(chat, wa_id.to_owned())).into_iter().flatten();
        all.take(bounds::REACTIONS).cloned().collect()
    }
}
