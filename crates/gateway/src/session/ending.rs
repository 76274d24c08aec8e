//! Records the end of a session.

use model::EndReason;
use store::ActorContext;

use super::{Effects, Session};
use crate::credentials;

impl Session {
    /// Stores the end of the session. The keys are deleted only if the device was unlinked:
    /// here, by its phone, or because a wrong phone had scanned.
    pub(super) async fn record_end(&mut self, reason: EndReason) -> Effects {
        let Err(error) = self.write_end(reason).await else { return self.state.recorded() };
        tracing::error!(connection_id = %self.connection, %error, "the end of the session could not be written down");
        if !error.is_outage() {
            return self.state.recorded();
        }
        let trouble = self.shared.storage.check().await;
        self.state.storage_changed(trouble)
    }

    async fn write_end(&self, reason: EndReason) -> Result<(), store::Error> {
        let ingest = self.shared.store.ingest(self.connection);
        let actor = match reason {
            EndReason::UnlinkedHere => self.requested_by,
            EndReason::UnlinkedByPhone
            | EndReason::WrongNumber { .. }
            | EndReason::PhoneInUse { .. } => ActorContext::system(),
            other => return ingest.ended(other).await,
        };
        ingest.unlinked(reason, &actor).await?;
        if let Err(error) = credentials::delete(&self.shared.config.sessions_dir, self.connection) {
            tracing::error!(connection_id = %self.connection, %error, "keys could not be deleted");
        }
        Ok(())
    }
}
