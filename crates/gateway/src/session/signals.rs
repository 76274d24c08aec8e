//! What each thing the library says means for the session.

use chrono::Utc;
use model::{ConnectionState, Delivery, EndReason, PairingCode, QrCode, WaMessageId};
use tokio::time::Instant;
use whatsapp_rust::types::events::{
    ConnectFailureReason, Event, PairingCode as NewCode, PairingQrCode, Receipt, ServerAck,
    UndecryptableMessage,
};
use whatsapp_rust::types::presence::{ChatPresence, ReceiptType};

use super::{Session, Signal};
use crate::{courier, inbound, pairing, phone};

impl Session {
    pub(super) async fn hear(&mut self, signal: Signal) {
        match signal {
            Signal::Dialling => {
                if matches!(self.state.get(), ConnectionState::Connecting { .. }) {
                    self.state.set(ConnectionState::Connecting { retry_at: None });
                }
            }
            Signal::DialFailed => {
                let Some(live) = &mut self.live else { return };
                let retry_at = Some(live.after_failed_dial());
                self.state.set(ConnectionState::Connecting { retry_at });
            }
            Signal::Event(event) => {
                if let Err(error) = self.hear_event(&event).await {
                    tracing::error!(connection_id = %self.connection, event = ?event.kind(), %error, "event could not be written down");
                }
            }
        }
    }

    async fn hear_event(&mut self, event: &Event) -> Result<(), store::Error> {
        let ingest = self.shared.store.ingest(self.connection);
        match event {
            Event::PairingQrCode(qr) => self.show_qr(qr),
            Event::PairingCode(code) => self.show_code(code),
            Event::PairingCodeRefresh(_) => {
                if let Some(live) = &mut self.live
                    && let Some(phone) = live.code_phone.clone()
                {
                    live.ask_for_code(phone);
                }
            }
            Event::PairingCodeError(error) => {
                tracing::warn!(connection_id = %self.connection, rejection = ?error.rejection, "pairing code refused");
                self.end_with(EndReason::CodeRefused).await;
            }
            Event::PairingQrCodesExhausted(exhausted) if exhausted.disconnected => {
                self.set_end(EndReason::QrExpired);
            }
            Event::PairSuccess(_) => {
                self.log("paired");
                if let Some(live) = &mut self.live {
                    live.linked = true;
                    live.code_ends_at = None;
                }
                self.state.set(ConnectionState::Syncing);
                self.write_identity().await?;
            }
            Event::PairError(_) => self.log("pairing failed"),
            Event::Connected(_) => self.connected().await?,
            Event::OfflineSyncPreview(_) if self.state.get() != ConnectionState::Connected => {
                self.state.set(ConnectionState::Syncing);
            }
            Event::Disconnected(_) => {
                if let Some(live) = &mut self.live {
                    live.stop_courier();
                }
                self.log("connection lost");
                self.state.set(ConnectionState::Connecting { retry_at: None });
            }
            Event::LoggedOut(_) => self.set_end(EndReason::UnlinkedByPhone),
            Event::StreamReplaced(_) => self.set_end(EndReason::Replaced),
            Event::ClientOutdated(_) => self.set_end(EndReason::Outdated),
            Event::TemporaryBan(ban) => {
                let until = Utc::now().checked_add_signed(ban.expire);
                self.set_end(EndReason::Banned { until });
            }
            Event::ConnectFailure(failure)
                if failure.reason == ConnectFailureReason::TempBanned =>
            {
                self.set_end(EndReason::Banned { until: None });
            }
            Event::Messages(batch) if !batch.hook_committed => {
                inbound::store_all(&ingest, &batch.messages).await?;
            }
            Event::ServerAck(ack) => self.acked(ack).await?,
            Event::Receipt(receipt) => self.receipt(receipt).await?,
            Event::UndecryptableMessage(message) => self.undecryptable(message).await?,
            Event::ChatPresence(presence) => {
                let typing = matches!(presence.state, ChatPresence::Composing);
                if let Some(chat) = ingest.chat(&inbound::peer(&presence.source)).await? {
                    self.state.typing(chat, typing);
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Keeps the first reason: what follows is the consequence of it.
    fn set_end(&mut self, reason: EndReason) {
        if let Some(live) = &mut self.live {
            live.end.get_or_insert(reason);
        }
    }

    fn show_qr(&mut self, qr: &PairingQrCode) {
        let Some(live) = &mut self.live else { return };
        live.codes_shown = live.codes_shown % pairing::CODES_A_ROUND + 1;
        // A pairing code on show outranks the QRs that rotate beneath it.
        if live.code_phone.is_some() {
            return;
        }
        let number = live.codes_shown;
        match pairing::draw(&qr.code) {
            Ok(svg) => {
                if number == 1 {
                    self.log("pairing started");
                }
                tracing::info!(connection_id = %self.connection, user_id = %self.user, number, "QR shown");
                let qr = QrCode {
                    svg,
                    expires_at: Utc::now() + qr.timeout,
                    lasts: u32::try_from(qr.timeout.as_secs_f32().round() as u64)
                        .unwrap_or(u32::MAX),
                    number,
                    of: pairing::CODES_A_ROUND,
                };
                self.state.set(ConnectionState::AwaitingScan { qr: Some(qr) });
            }
            Err(error) => {
                tracing::error!(connection_id = %self.connection, %error, "QR could not be drawn");
            }
        }
    }

    fn show_code(&mut self, code: &NewCode) {
        let Some(live) = &mut self.live else { return };
        live.code_ends_at = Some(Instant::now() + code.timeout);
        self.log("pairing code shown");
        self.state.set(ConnectionState::AwaitingCode {
            code: Some(PairingCode {
                code: code.code.clone(),
                expires_at: Utc::now() + code.timeout,
            }),
        });
    }

    async fn connected(&mut self) -> Result<(), store::Error> {
        let Some(live) = &mut self.live else { return Ok(()) };
        let again = std::mem::replace(&mut live.was_connected, true);
        if again {
            metrics::counter!("inbox_reconnects").increment(1);
        }
        live.dial_failures = 0;
        live.linked = true;
        live.start_courier(&self.shared);
        let phone = live.client().pn().map(|jid| phone::masked(jid.user_base()));
        tracing::info!(
            connection_id = %self.connection,
            user_id = %self.user,
            phone,
            again,
            "connected"
        );
        // Written again at every login: the pairing's own write may not have survived a crash.
        self.write_identity().await?;
        self.state.set(ConnectionState::Connected);
        Ok(())
    }

    async fn write_identity(&self) -> Result<(), store::Error> {
        let Some(live) = &self.live else { return Ok(()) };
        let client = live.client();
        let Some(pn) = client.pn() else { return Ok(()) };
        let lid = client.lid().map(|lid| lid.to_non_ad_string());
        let ingest = self.shared.store.ingest(self.connection);
        let push_name = Some(client.push_name()).filter(|name| !name.is_empty());
        let jid = pn.to_non_ad_string();
        ingest.linked(pn.user_base(), Some(&jid), lid.as_deref(), push_name.as_deref()).await
    }

    async fn acked(&self, ack: &ServerAck) -> Result<(), store::Error> {
        if ack.class.as_deref() != Some("message") {
            return Ok(());
        }
        // Ids of other makes (peer messages, retries) are none of the outbox's.
        let Ok(id) = WaMessageId::parse(&ack.id) else { return Ok(()) };
        let outbox = self.shared.store.outbox(self.connection);
        match &ack.error {
            None => {
                outbox.confirmed(&id).await?;
                metrics::counter!("inbox_messages_out").increment(1);
            }
            Some(code) => {
                tracing::warn!(connection_id = %self.connection, message_id = %id, code, "message refused by WhatsApp");
                outbox.failed(&id, courier::nack_reason(code)).await?;
            }
        }
        if let Some(live) = &self.live {
            live.deliver();
        }
        Ok(())
    }

    async fn receipt(&self, receipt: &Receipt) -> Result<(), store::Error> {
        if !inbound::is_conversation(&receipt.source.chat) {
            return Ok(());
        }
        let ingest = self.shared.store.ingest(self.connection);
        let peer = inbound::peer(&receipt.source);
        let delivery = match receipt.r#type {
            ReceiptType::ReadSelf | ReceiptType::PlayedSelf => {
                return ingest.read_elsewhere(&peer, &receipt.message_ids).await;
            }
            _ if receipt.source.is_from_me => return Ok(()),
            ReceiptType::Delivered | ReceiptType::Inactive => Delivery::Delivered,
            ReceiptType::Read | ReceiptType::Played => Delivery::Read,
            _ => return Ok(()),
        };
        ingest.receipt(&peer, &receipt.message_ids, delivery).await
    }

    async fn undecryptable(&self, message: &UndecryptableMessage) -> Result<(), store::Error> {
        let info = &message.info;
        if !inbound::is_conversation(&info.source.chat) || info.source.is_from_me {
            return Ok(());
        }
        let ingest = self.shared.store.ingest(self.connection);
        ingest.undecryptable(&inbound::peer(&info.source), &info.id, info.timestamp).await?;
        Ok(())
    }
}
