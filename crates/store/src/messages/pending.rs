//! The changes of messages that were made here and that WhatsApp has not confirmed.

use std::collections::HashMap;

use model::{Change, MessageKind, OperationId, PendingChange};
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait as _, FromQueryResult, IntoSimpleExpr as _,
    QueryFilter as _, QueryOrder as _, QuerySelect as _, QueryTrait as _,
    sea_query::{Expr, ExprTrait as _},
};

use super::long_text::{READ_IN_BUBBLE, beginning};
use crate::{
    Error, codec,
    entity::{message, outbox},
};

/// The pending changes of some messages, oldest first.
#[derive(Debug, Default)]
pub(super) struct Pending(HashMap<i64, Vec<PendingChange>>);

#[derive(FromQueryResult)]
struct Row {
    id: i64,
    message_id: i64,
    kind: String,
    payload: String,
    failed: Option<String>,
}

/// True for rows of `message` that have pending changes. The sending of a message is none, since its
/// delivery state shows it.
pub(super) fn exist() -> Expr {
    let changes = outbox::Entity::find()
        .select_only()
        .expr(Expr::val(1))
        .filter(
            outbox::Column::MessageId.into_simple_expr().eq(message::Column::Id.into_simple_expr()),
        )
        .filter(outbox::Column::Kind.is_in(outbox::SHOWN_CHANGES))
        .into_query();
    Expr::exists(changes)
}

impl Pending {
    /// Returns true if one of these messages has no change.
    pub(super) fn is_missing_any(&self, mut messages: impl Iterator<Item = i64>) -> bool {
        messages.any(|message| !self.0.contains_key(&message))
    }

    /// Reads the changes of these messages. It takes no query if there are no messages.
    pub(super) async fn load(db: &impl ConnectionTrait, messages: Vec<i64>) -> Result<Self, Error> {
        let mut pending = Self::default();
        if messages.is_empty() {
            return Ok(pending);
        }
        let rows: Vec<Row> = outbox::Entity::find()
            .filter(outbox::Column::MessageId.is_in(messages))
            .filter(outbox::Column::Kind.is_in(outbox::SHOWN_CHANGES))
            .order_by_asc(outbox::Column::Id)
            .select_only()
            .columns([
                outbox::Column::Id,
                outbox::Column::MessageId,
                outbox::Column::Kind,
                outbox::Column::Failed,
            ])
            .expr_as(beginning(outbox::Column::Payload, READ_IN_BUBBLE), "payload")
            .into_model()
            .all(db)
            .await?;
        for row in rows {
            pending.0.entry(row.message_id).or_default().push(row.into_model()?);
        }
        Ok(pending)
    }

    /// Returns the pending changes of a message.
    pub(super) fn of(&self, message: i64) -> Vec<PendingChange> {
        self.0.get(&message).cloned().unwrap_or_default()
    }
}

impl Row {
    fn into_model(self) -> Result<PendingChange, Error> {
        let change = match &*self.kind {
            outbox::EDIT => {
                Change::Edit { text: text::shown(MessageKind::Text, &self.payload).text }
            }
            outbox::REVOKE => Change::Revoke,
            outbox::REACT => Change::React { emoji: self.payload },
            _ => return Err(Error::Corrupt { what: "a change", value: self.kind }),
        };
        let failed = self.failed.as_deref().map(codec::read_fail_reason).transpose()?;
        Ok(PendingChange { id: OperationId(self.id), change, failed })
    }
}
