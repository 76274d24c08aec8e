//! The decision about the calls of a number.

use model::{AuditAction, CallPolicy, ConnectionId, UserId};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, DatabaseTransaction, EntityTrait as _, sea_query::OnConflict,
};

use crate::{Error, NewAuditEntry, Viewer, access::Right, audit, codec, entity::call_policy};

/// The answer to a caller whose call is rejected.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallAnswer {
    /// The user in whose name it is sent.
    pub user: UserId,
    /// Empty for nothing.
    pub text: String,
}

impl Viewer {
    /// Returns the decision about the calls of a number.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless this user owns the number or is an admin.
    pub async fn call_policy(&self, number: ConnectionId) -> Result<CallPolicy, Error> {
        self.require(number, Right::Policy).await?;
        let row = call_policy::Entity::find_by_id(number.0).one(self.store().db()).await?;
        Ok(match row {
            Some(row) => CallPolicy { reject: true, answer: row.answer },
            None => CallPolicy::default(),
        })
    }

    /// Decides what becomes of the calls of a number from now on. The text is sent in the name of this
    /// user, as far as they may write in the chat with the caller. It is kept only while calls are
    /// rejected.
    ///
    /// # Errors
    /// [`Error::NotFound`] unless this user owns the number or is an admin; [`Error::TextTooLong`].
    pub async fn set_call_policy(
        &self,
        number: ConnectionId,
        policy: &CallPolicy,
    ) -> Result<(), Error> {
        self.require(number, Right::Policy).await?;
        let answer = codec::storable(policy.answer.trim());
        if answer.chars().count() > CallPolicy::LONGEST {
            return Err(Error::TextTooLong);
        }
        let answer = if text::has_visible(&answer) { answer } else { String::new() };
        let writing = self.store().write().await?;
        let before = call_policy::Entity::find_by_id(number.0).one(&writing.tx).await?;
        let is_same = match &before {
            Some(row) => policy.reject && row.answer == answer && row.set_by == self.user().id.0,
            None => !policy.reject,
        };
        if is_same {
            return Ok(());
        }
        match policy.reject {
            true => {
                let row = call_policy::ActiveModel {
                    connection_id: Set(number.0),
                    set_by: Set(self.user().id.0),
                    answer: Set(answer),
                };
                let columns = [call_policy::Column::SetBy, call_policy::Column::Answer];
                let replaced = OnConflict::column(call_policy::Column::ConnectionId)
                    .update_columns(columns)
                    .to_owned();
                call_policy::Entity::insert(row)
                    .on_conflict(replaced)
                    .exec_without_returning(&writing.tx)
                    .await?;
            }
            false => {
                call_policy::Entity::delete_by_id(number.0).exec(&writing.tx).await?;
            }
        }
        // The text is not for the history, which nobody can change.
        let calls = if policy.reject { "rejected" } else { "ring" };
        let entry = NewAuditEntry::new(AuditAction::ConnectionChanged)
            .connection(number)
            .detail("calls", calls);
        audit::record(&writing.tx, &self.actor(), entry).await?;
        writing.commit().await
    }
}

/// Gives the number that replaces another one the decision about its calls.
pub(crate) async fn copy(
    tx: &DatabaseTransaction,
    from: ConnectionId,
    to: ConnectionId,
) -> Result<(), Error> {
    let row = call_policy::Entity::find_by_id(from.0).one(tx).await?;
    let Some(row) = row else { return Ok(()) };
    let row = call_policy::ActiveModel {
        connection_id: Set(to.0),
        set_by: Set(row.set_by),
        answer: Set(row.answer),
    };
    call_policy::Entity::insert(row).exec_without_returning(tx).await?;
    Ok(())
}

/// Returns the answer to callers of a number; `None` if its calls ring.
pub(crate) async fn of_number(
    db: &impl ConnectionTrait,
    number: ConnectionId,
) -> Result<Option<CallAnswer>, Error> {
    let row = call_policy::Entity::find_by_id(number.0).one(db).await?;
    Ok(row.map(|row| CallAnswer { user: UserId(row.set_by), text: row.answer }))
}
