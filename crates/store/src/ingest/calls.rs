//! Calls of other people to the number.

use model::content::CallOutcome;
use sea_orm::{ColumnTrait as _, EntityTrait as _, QueryFilter as _};

use super::Ingest;
use crate::{
    CallAnswer, Error,
    calls::{self, ringing},
    entity::ringing_call,
};

impl Ingest {
    /// Stores how a call ended, by its id. Returns false if it does not ring: it never did here, or
    /// it has ended before.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn call_ended(&self, wa_id: &str, outcome: CallOutcome) -> Result<bool, Error> {
        let mut writing = self.store.write().await?;
        let calls = ringing_call::Entity::find()
            .filter(ringing_call::Column::ConnectionId.eq(self.connection.0))
            .filter(ringing_call::Column::WaId.eq(wa_id))
            .all(&writing.tx)
            .await?;
        let is_known = !calls.is_empty();
        ringing::end(&mut writing, calls, outcome).await?;
        writing.commit().await?;
        Ok(is_known)
    }

    /// Returns what callers get if the number rejects calls by itself; `None` if calls ring.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn call_answer(&self) -> Result<Option<CallAnswer>, Error> {
        calls::of_number(self.store.db(), self.connection).await
    }
}
