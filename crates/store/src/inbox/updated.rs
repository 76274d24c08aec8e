//! Applies message updates to messages as they are read. The rights are checked here: an edit or a
//! deletion of another sender than the author has no effect.

use std::collections::{BTreeSet, HashMap};

use model::{MessageKind, bounds};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, Iterable as _, QueryFilter as _,
    QuerySelect as _,
};

use super::{beginning, messages::READ};
use crate::{
    Error,
    entity::message_update,
    ingest::message_updates::{EDITED, REACTION, REVOKED, REVOKED_BY_ADMIN},
};

/// Identifies a message of a number, and its sender.
#[derive(Debug, Clone, Copy)]
pub(crate) struct MessageKey<'a> {
    pub(crate) wa_id: &'a str,
    pub(crate) chat: i64,
    pub(crate) sender: i64,
}

/// The updates of some messages, by WhatsApp id.
#[derive(Debug, Default)]
pub(crate) struct Updated(HashMap<String, Vec<message_update::Model>>);

impl Updated {
    /// Reads the updates of these messages in one query, with the beginning of a new text, as a
    /// bubble shows it.
    pub(crate) async fn load(
        db: &impl ConnectionTrait,
        wa_ids: impl Iterator<Item = &str>,
    ) -> Result<Self, Error> {
        let wa_ids: BTreeSet<&str> = wa_ids.collect();
        if wa_ids.is_empty() {
            return Ok(Self::default());
        }
        let columns = message_update::Column::iter()
            .filter(|column| !matches!(column, message_update::Column::Value));
        let rows = message_update::Entity::find()
            .filter(message_update::Column::TargetWaId.is_in(wa_ids))
            .filter(message_update::Column::Kind.is_in([
                EDITED,
                REACTION,
                REVOKED,
                REVOKED_BY_ADMIN,
            ]))
            .select_only()
            .columns(columns)
            .expr_as(beginning(message_update::Column::Value, READ), "value")
            .all(db)
            .await?;
        let mut by_id = HashMap::<String, Vec<_>>::new();
        for row in rows {
            by_id.entry(row.target_wa_id.clone()).or_default().push(row);
        }
        Ok(Self(by_id))
    }

    fn of(&self, message: MessageKey<'_>) -> impl Iterator<Item = &message_update::Model> {
        let all = self.0.get(message.wa_id).into_iter().flatten();
        all.filter(move |row| row.chat_id == message.chat)
    }

    /// Returns the last edit by the author, with the new text.
    pub(crate) fn edited(&self, message: MessageKey<'_>) -> Option<&message_update::Model> {
        self.of(message).find(|row| row.sender_id == message.sender && row.kind == EDITED)
    }

    /// Returns true if the message was deleted for everybody.
    pub(crate) fn is_revoked(&self, message: MessageKey<'_>) -> bool {
        self.of(message).any(|row| match row.kind.as_str() {
            REVOKED => row.sender_id == message.sender,
            REVOKED_BY_ADMIN => true,
            _ => false,
        })
    }

    /// Returns the reactions, one per person, oldest first, up to [`bounds::REACTIONS`]. A value
    /// that is no emoji is left out; older versions stored them.
    pub(crate) fn reactions(&self, message: MessageKey<'_>) -> Vec<String> {
        let mut rows: Vec<_> = self
            .of(message)
            .filter(|row| row.kind == REACTION && text::is_reaction(&row.value))
            .collect();
        rows.sort_by_key(|row| (row.at, row.id));
        rows.into_iter().take(bounds::REACTIONS).map(|row| row.value.clone()).collect()
    }

    /// Returns the kind and the text that are shown.
    pub(crate) fn content(
        &self,
        message: MessageKey<'_>,
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
