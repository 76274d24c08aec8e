//! How messages are after what was said about them later.

use std::collections::{BTreeSet, HashMap};

use model::{MessageKind, bounds};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, Iterable as _, QueryFilter as _,
    QuerySelect as _,
};

use super::{beginning, messages::READ};
use crate::{
    Error,
    entity::amendment,
    ingest::amendments::{EDITED, REACTION, REVOKED, REVOKED_BY_ADMIN},
};

/// Which message, and whose.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Of<'a> {
    pub(crate) wa_id: &'a str,
    pub(crate) chat: i64,
    pub(crate) sender: i64,
}

/// What changes some messages, by their WhatsApp ids.
#[derive(Debug, Default)]
pub(crate) struct Amended(HashMap<String, Vec<amendment::Model>>);

impl Amended {
    /// Reads what changes these, in one query; of a new text its beginning, as a bubble needs it.
    pub(crate) async fn load(
        db: &impl ConnectionTrait,
        wa_ids: impl Iterator<Item = &str>,
    ) -> Result<Self, Error> {
        let wa_ids: BTreeSet<&str> = wa_ids.collect();
        if wa_ids.is_empty() {
            return Ok(Self::default());
        }
        let rows = amendment::Entity::find()
            .filter(amendment::Column::TargetWaId.is_in(wa_ids))
            .filter(amendment::Column::Kind.is_in([EDITED, REACTION, REVOKED, REVOKED_BY_ADMIN]))
            .select_only()
            .columns(amendment::Column::iter().filter(|it| !matches!(it, amendment::Column::Value)))
            .expr_as(beginning(amendment::Column::Value, READ), "value")
            .all(db)
            .await?;
        let mut by_id = HashMap::<String, Vec<_>>::new();
        for row in rows {
            by_id.entry(row.target_wa_id.clone()).or_default().push(row);
        }
        Ok(Self(by_id))
    }

    fn of(&self, message: Of<'_>) -> impl Iterator<Item = &amendment::Model> {
        let all = self.0.get(message.wa_id).into_iter().flatten();
        all.filter(move |row| row.chat_id == message.chat)
    }

    /// The last edit, with the new text, if its author has changed it.
    pub(crate) fn edited(&self, message: Of<'_>) -> Option<&amendment::Model> {
        self.of(message).find(|row| row.sender_id == message.sender && row.kind == EDITED)
    }

    /// Whether it is gone for everybody.
    pub(crate) fn is_revoked(&self, message: Of<'_>) -> bool {
        self.of(message).any(|row| match row.kind.as_str() {
            REVOKED => row.sender_id == message.sender,
            REVOKED_BY_ADMIN => true,
            _ => false,
        })
    }

    /// The emojis that people reacted with, one a person, in the order in which they did, up to
    /// [`bounds::REACTIONS`]. What is no emoji is left out, also where it was stored before that was looked at.
    pub(crate) fn reactions(&self, message: Of<'_>) -> Vec<String> {
        let mut rows: Vec<_> = self
            .of(message)
            .filter(|row| row.kind == REACTION && text::is_reaction(&row.value))
            .collect();
        rows.sort_by_key(|row| (row.at, row.id));
        rows.into_iter().take(bounds::REACTIONS).map(|row| row.value.clone()).collect()
    }

    /// Kind and text as they are shown.
    pub(crate) fn content(
        &self,
        message: Of<'_>,
        kind: &str,
        text: String,
    ) -> (MessageKind, String) {
        if self.is_revoked(message) {
            return (MessageKind::Revoked, String::new());
        }
        let text = self.edited(message).map_or(text, |edit| edit.value.clone());
        (MessageKind::from_name(kind), text)
    }
}
