//! Handles the calls of other people.

use std::time::Duration;

use model::content::CallOutcome;
use store::Inbound;
use whatsapp_rust::wacore::types::call::{IncomingCall, MissedCall};

use super::Session;
use crate::calls::{self, CallChange};
use crate::intake::IntakeError;
use crate::origin::OwnPhone;

/// Time that the connection has to take a rejection.
const REJECT_TIMEOUT: Duration = Duration::from_secs(5);

impl Session {
    /// Handles a stanza of a call: a message while it rings, and how it ended.
    pub(super) async fn on_call(
        &mut self,
        call: &IncomingCall,
        own_phone: &OwnPhone,
    ) -> Result<(), IntakeError> {
        let call_id = call.action.call_id();
        let mut offered = None;
        match self.ringing.on_call(call, own_phone) {
            Some(CallChange::Message(message)) => {
                self.store(vec![(*message).clone()]).await?;
                offered = Some(message);
            }
            Some(CallChange::Ended(outcome)) => {
                self.shared.store.ingest(self.connection).call_ended(call_id, outcome).await?;
            }
            None => {}
        }
        // A call that could not be stored rings on, as the stanza is handled again.
        self.ringing.forget_ended(call);
        if let Some(message) = offered
            && let Err(error) = self.reject_by_policy(call_id, &message).await
        {
            tracing::warn!(connection_id = %self.connection, %error, "a call could not be rejected and answered");
        }
        Ok(())
    }

    /// Handles a call that was offered while the number was not connected. It may ring here since before.
    pub(super) async fn on_missed_call(
        &self,
        call: &MissedCall,
        own_phone: &OwnPhone,
    ) -> Result<(), IntakeError> {
        self.store(calls::missed_offline(call, own_phone).into_iter().collect()).await?;
        let ingest = self.shared.store.ingest(self.connection);
        ingest.call_ended(&call.call_id, CallOutcome::Missed).await?;
        Ok(())
    }

    /// Rejects a call that rings. Returns false if it does not ring any more, or the network fails.
    pub(super) async fn reject_call(&mut self, call_id: &str) -> Result<bool, store::Error> {
        let Some((from, creator)) = self.ringing.caller(call_id) else { return Ok(false) };
        let Some(running) = self.state.client() else { return Ok(false) };
        let client = running.client();
        let rejecting = client.voip();
        let sent = rejecting.reject_call(call_id, &from, &creator);
        match tokio::time::timeout(REJECT_TIMEOUT, sent).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => {
                tracing::warn!(connection_id = %self.connection, %error, "a call was not rejected");
                return Ok(false);
            }
            Err(_) => return Ok(false),
        }
        self.ringing.forget(call_id);
        let ingest = self.shared.store.ingest(self.connection);
        ingest.call_ended(call_id, CallOutcome::Rejected).await?;
        Ok(true)
    }

    /// Rejects a call that rings if the number rejects calls by itself, and queues the text for the
    /// caller, in the name of the user who decided so.
    async fn reject_by_policy(
        &mut self,
        call_id: &str,
        message: &Inbound,
    ) -> Result<(), store::Error> {
        let store = self.shared.store.clone();
        let ingest = store.ingest(self.connection);
        let Some(answer) = ingest.call_answer().await? else { return Ok(()) };
        if !self.reject_call(call_id).await? || answer.text.is_empty() {
            return Ok(());
        }
        let Some(chat) = ingest.chat(&message.peer).await? else { return Ok(()) };
        let (grant, chat) = store.viewer(answer.user).await?.write_chat(chat).await?;
        store.answer_call(&grant, chat.id, &answer.text).await?;
        Ok(())
    }
}
