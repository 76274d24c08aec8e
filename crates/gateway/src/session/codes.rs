//! Shows the QRs and the codes of a pairing.

use chrono::Utc;
use model::{AuditAction, ConnectionState, PairingCode, QrCode};
use store::NewAuditEntry;
use tokio::time::Instant;
use whatsapp_rust::types::events::{PairingCode as NewCode, PairingQrCode};

use super::Session;
use super::machine::Phase;
use crate::pairing;

impl Session {
    /// Shows a new QR, unless a pairing code was requested.
    pub(super) async fn show_qr(&mut self, qr: &PairingQrCode) {
        let Some(number) = self.state.phase_mut().and_then(Phase::next_qr) else { return };
        let timeout = qr.timeout / self.shared.config.pairing_pace;
        match pairing::draw(&qr.code) {
            Ok(svg) => {
                if number == 1 {
                    self.audit_pairing_started().await;
                }
                tracing::info!(connection_id = %self.connection, user_id = %self.user, number, "QR shown");
                let qr = QrCode {
                    svg,
                    expires_at: Utc::now() + timeout,
                    lasts: u32::try_from(timeout.as_secs_f32().round() as u64).unwrap_or(u32::MAX),
                    number,
                    of: pairing::CODES_A_ROUND,
                };
                self.shown.set(ConnectionState::AwaitingScan { qr: Some(qr) });
            }
            Err(error) => {
                tracing::error!(connection_id = %self.connection, %error, "QR could not be drawn");
            }
        }
    }

    /// Shows a pairing code that was requested.
    pub(super) async fn show_code(&mut self, code: &NewCode) {
        let timeout = code.timeout / self.shared.config.pairing_pace;
        let expires_at = Instant::now() + timeout;
        let phone = self.state.phase_mut().and_then(|phase| phase.code_shown(expires_at));
        let Some(phone) = phone.cloned() else { return };
        self.audit_pairing_started().await;
        self.log("pairing code shown");
        self.shown.set(ConnectionState::AwaitingCode {
            code: Some(PairingCode {
                code: code.code.clone(),
                phone,
                expires_at: Utc::now() + timeout,
            }),
        });
    }

    /// Writes to the audit trail that a QR or a code is now on show.
    async fn audit_pairing_started(&self) {
        self.log("pairing started");
        let entry = NewAuditEntry::new(AuditAction::PairingStarted).connection(self.connection);
        if let Err(error) = self.shared.store.audit(&self.requested_by, entry).await {
            tracing::error!(connection_id = %self.connection, %error, "the audit trail could not be written");
        }
    }
}
