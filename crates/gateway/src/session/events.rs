//! Handles the signals of a session's client, and the events that concern the session itself.

use std::sync::Arc;

use chrono::Utc;
use model::EndReason;
use store::Scanned;
use whatsapp_rust::types::events::{ConnectFailureReason, Event};

use super::machine::{Now, Phase};
use super::{Effects, Session};
use crate::intake::IntakeError;
use crate::signal::Signal;

/// Returns true for events that only a client past the handshake emits.
fn proves_handshake(event: &Event) -> bool {
    matches!(
        event,
        Event::PairingQrCode(_)
            | Event::PairingCode(_)
            | Event::PairSuccess(_)
            | Event::OfflineSyncPreview(_)
            | Event::Connected(_)
    )
}

impl Session {
    /// Handles one signal. An event that the database could not take is deferred until it can.
    pub(super) async fn on_signal(&mut self, signal: Signal) {
        let effects = match signal {
            Signal::ConnectionAttempt => self.state.in_phase(Phase::attempt),
            Signal::SocketClosed => {
                let Some(client) = self.state.client() else { return };
                let will_reconnect = client.will_reconnect();
                self.state.in_phase(|phase| phase.socket_closed(will_reconnect, Now::read()))
            }
            Signal::Unresponsive => self.on_unresponsive(),
            Signal::StorageFailed => return self.on_storage_failure().await,
            Signal::Event(event) => return self.on_event_or_defer(event).await,
        };
        self.perform(effects).await;
    }

    fn on_unresponsive(&mut self) -> Effects {
        let effects = self.state.in_phase(Phase::unresponsive);
        if !effects.is_empty() {
            self.log("WhatsApp does not answer, connecting anew");
            metrics::counter!("inbox_silent_connections").increment(1);
        }
        effects
    }

    /// Pauses and reconnects: WhatsApp delivers messages that were not stored again only with the
    /// next connection.
    async fn on_storage_failure(&mut self) {
        let trouble = self.shared.storage.check().await;
        let effects = self.state.storage_failed(trouble);
        self.perform(effects).await;
    }

    async fn on_event_or_defer(&mut self, event: Arc<Event>) {
        let Err(error) = self.on_event(&event).await else { return };
        tracing::error!(connection_id = %self.connection, event = ?event.kind(), %error, "event could not be written down");
        if error.is_outage() {
            // WhatsApp does not send it again, unless it comes with every connection.
            if !proves_handshake(&event)
                && let Some(client) = self.state.client_mut()
            {
                client.run_loop.defer(event);
            }
            self.on_storage_failure().await;
        }
    }

    /// Handles one event of the library.
    async fn on_event(&mut self, event: &Event) -> Result<(), IntakeError> {
        if proves_handshake(event) {
            self.state.in_phase(Phase::handshake_done);
        }
        let effects = match event {
            Event::PairingQrCode(qr) => {
                self.show_qr(qr).await;
                return Ok(());
            }
            Event::PairingCode(code) => {
                self.show_code(code).await;
                return Ok(());
            }
            Event::PairingCodeRefresh(_) => self.state.in_phase(Phase::refresh_code),
            Event::PairingCodeError(error) if self.state.is_pairing() => {
                tracing::warn!(connection_id = %self.connection, rejection = ?error.rejection, "pairing code refused");
                self.state.end_now(EndReason::CodeRefused)
            }
            // The passkey is in a person's phone or browser, and this server cannot use it.
            // WhatsApp requests none of linked devices.
            Event::PairPasskeyRequest(_) | Event::PairPasskeyError(_)
                if self.state.is_pairing() =>
            {
                self.log("the account asks for a passkey");
                self.state.end_now(EndReason::Passkey)
            }
            Event::PairSuccess(_) => return self.on_paired().await,
            Event::PairError(_) => {
                self.log("pairing failed");
                return Ok(());
            }
            Event::Connected(_) => return self.on_connected().await,
            Event::OfflineSyncPreview(_) => self.state.in_phase(Phase::syncing),
            Event::OfflineSyncCompleted(_) => {
                // A closing client has not stored all of it. The next login delivers the rest and
                // ends the record.
                if self.state.phase_mut().is_some()
                    && let Some(client) = self.state.client()
                {
                    client.intake.absence.delivered(&client.intake.ingest).await?;
                }
                return Ok(());
            }
            Event::Disconnected(_) => {
                self.log("connection lost");
                self.state.in_phase(|phase| phase.disconnected(Now::read()))
            }
            _ => match end_reason(event) {
                Some(reason) => self.state.end_later(reason, Now::read()),
                None => return self.on_chat_event(event).await,
            },
        };
        self.perform(effects).await;
        Ok(())
    }

    /// Stores the identity of a phone that has scanned.
    async fn on_paired(&mut self) -> Result<(), IntakeError> {
        self.log("paired");
        let effects = self.state.paired();
        self.perform(effects).await;
        self.verify_identity().await?;
        Ok(())
    }

    /// Starts the tasks of a connected session, or unlinks a phone that is not the own one.
    async fn on_connected(&mut self) -> Result<(), IntakeError> {
        // The identity is stored again at every login, because the write of the pairing may not
        // have survived a crash. A wrong phone can be unlinked only now.
        let effects = match self.verify_identity().await? {
            Some(reason) => {
                self.log("a phone scanned that is not the number's own");
                self.state.log_out(reason)
            }
            None => self.state.connected(),
        };
        self.perform(effects).await;
        Ok(())
    }

    /// Stores the identity of the phone, and returns the reason to unlink it if it is not the own
    /// phone of the number. From then on messages are accepted, or never.
    pub(super) async fn verify_identity(&self) -> Result<Option<EndReason>, store::Error> {
        let Some(running) = self.state.client() else { return Ok(None) };
        let client = running.client();
        let Some(pn) = client.pn() else { return Ok(None) };
        let lid = client.lid().map(|lid| lid.to_non_ad_string());
        let ingest = self.shared.store.ingest(self.connection);
        let push_name = Some(client.push_name()).filter(|name| !name.is_empty());
        let jid = pn.to_non_ad_string();
        let scanned =
            ingest.linked(pn.user_base(), Some(&jid), lid.as_deref(), push_name.as_deref());
        let refused = match scanned.await? {
            Scanned::Linked => None,
            Scanned::Refused(reason) => Some(reason),
        };
        running.identity_guard.decide(refused.is_none());
        Ok(refused)
    }
}

/// Returns the reason of the end that an event announces.
fn end_reason(event: &Event) -> Option<EndReason> {
    match event {
        Event::PairingQrCodesExhausted(exhausted) if exhausted.disconnected => {
            Some(EndReason::QrExpired)
        }
        // The account itself is locked; the device was not removed on the phone.
        Event::LoggedOut(out) if out.reason == ConnectFailureReason::AccountLocked => {
            Some(EndReason::Banned { until: None })
        }
        Event::LoggedOut(_) => Some(EndReason::UnlinkedByPhone),
        Event::StreamReplaced(_) => Some(EndReason::Replaced),
        Event::ClientOutdated(_) => Some(EndReason::Outdated),
        Event::TemporaryBan(ban) => {
            Some(EndReason::Banned { until: Utc::now().checked_add_signed(ban.expire) })
        }
        Event::ConnectFailure(failure) if failure.reason == ConnectFailureReason::TempBanned => {
            Some(EndReason::Banned { until: None })
        }
        _ => None,
    }
}
