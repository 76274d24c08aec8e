//! What each thing the library says means for the session.

use chrono::{DateTime, Utc};
use model::{ConnectionState, Delivery, EndReason, PairingCode, QrCode, WaMessageId};
use store::{Peer, Scanned};
use tokio::time::Instant;
use whatsapp_rust::types::events::{
    ConnectFailureReason, Event, MarkChatAsReadUpdate, PairingCode as NewCode, PairingQrCode,
    Receipt, ServerAck,
};
use whatsapp_rust::types::presence::{ChatPresence, ReceiptType};

use super::{Session, Signal};
use crate::origin::{self, Own, Place};
use crate::{commit, courier, inbound, pairing, people};

/// Whether only a client that got past the handshake can say this.
fn is_inside(event: &Event) -> bool {
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
    /// What was stored after WhatsApp had said that it handed over everything belongs to that gap too.
    async fn recovered_late(&self) {
        let Some(live) = self.live.as_ref().filter(|live| live.caught_up) else { return };
        let recovered = live.take_recovered();
        if recovered.is_empty() {
            return;
        }
        let ingest = self.shared.store.ingest(self.connection);
        if let Err(error) = ingest.recovered_late(&recovered).await {
            tracing::error!(connection_id = %self.connection, %error, "recovered messages could not be counted");
        }
    }

    pub(super) async fn hear(&mut self, signal: Signal) {
        match signal {
            Signal::Dialling => {
                let Some(live) = &mut self.live else { return };
                live.opening = true;
                // Another gap begins. `Disconnected` is not said of every one that ends.
                live.caught_up = false;
                if matches!(self.state.get(), ConnectionState::Connecting { .. }) {
                    self.state.set(ConnectionState::Connecting { retry_at: None });
                }
            }
            Signal::HungUp => self.hung_up(),
            Signal::Silent => self.silent(),
            Signal::NotKept => self.not_kept().await,
            Signal::Recovered => self.recovered_late().await,
            Signal::Event(event) => {
                if let Err(error) = self.hear_event(&event).await {
                    tracing::error!(connection_id = %self.connection, event = ?event.kind(), %error, "event could not be written down");
                    if error.is_outage() {
                        // WhatsApp does not say it again, unless it comes with every connection.
                        self.held = (!is_inside(&event)).then_some(event);
                        self.not_kept().await;
                    }
                }
            }
        }
    }

    /// A socket that nothing was heard on was an attempt that failed: it did not open, or WhatsApp
    /// closed it during the handshake or the login. One that was in use is closed by the library to
    /// open another at once; where it was lost, `Disconnected` follows.
    fn hung_up(&mut self) {
        let Some(live) = &mut self.live else { return };
        // The run loop is about to end, which says more.
        if live.end.is_some() || !live.reconnects() {
            return;
        }
        if std::mem::take(&mut live.opening) {
            self.wait_for_next_dial();
        } else if self.state.get() == ConnectionState::Connected {
            live.stop_work();
            self.state.set(ConnectionState::Connecting { retry_at: None });
        }
    }

    /// The library is about to wait before it dials again.
    fn wait_for_next_dial(&mut self) {
        let Some(live) = &mut self.live else { return };
        live.stop_work();
        let retry_at = Some(live.after_failed_dial());
        self.state.set(ConnectionState::Connecting { retry_at });
    }

    /// Gives a dead connection up. Nothing is lost: what was not confirmed comes again.
    fn silent(&mut self) {
        let Some(live) = &mut self.live else { return };
        if self.state.get() != ConnectionState::Connected {
            return;
        }
        live.stop_work();
        let client = live.client();
        tokio::spawn(async move { client.reconnect_immediately().await });
        self.log("WhatsApp does not answer, connecting anew");
        metrics::counter!("inbox_silent_connections").increment(1);
        self.state.set(ConnectionState::Connecting { retry_at: None });
    }

    async fn hear_event(&mut self, event: &Event) -> Result<(), store::Error> {
        let ingest = self.shared.store.ingest(self.connection);
        if is_inside(event)
            && let Some(live) = &mut self.live
        {
            live.opening = false;
        }
        let refused = self.live.as_ref().is_some_and(|live| live.gate.is_refused());
        match event {
            // Another phone's customers are not this number's.
            Event::Receipt(_) | Event::ChatPresence(_) if refused => {}
            Event::PairingQrCode(qr) => self.show_qr(qr).await,
            Event::PairingCode(code) => self.show_code(code).await,
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
            // The key is a person's, in their phone or browser. What is linked is not asked for it.
            Event::PairPasskeyRequest(_) | Event::PairPasskeyError(_)
                if self.live.as_ref().is_some_and(|live| !live.linked) =>
            {
                self.log("the account asks for a passkey");
                self.end_with(EndReason::Passkey).await;
            }
            Event::PairingQrCodesExhausted(exhausted) if exhausted.disconnected => {
                self.set_end(EndReason::QrExpired);
            }
            Event::PairSuccess(_) => {
                self.log("paired");
                if let Some(live) = &mut self.live {
                    live.linked = true;
                    live.is_new = true;
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
            Event::OfflineSyncCompleted(_) => {
                if let Some(live) = &mut self.live {
                    let recovered = live.take_recovered();
                    if !std::mem::take(&mut live.is_new) {
                        live.caught_up = true;
                        ingest.caught_up(&recovered).await?;
                    }
                }
            }
            Event::Disconnected(_) => {
                self.log("connection lost");
                // A loss during the login has been counted when the socket was hung up.
                if !matches!(self.state.get(), ConnectionState::Connecting { retry_at: Some(_) }) {
                    self.wait_for_next_dial();
                }
            }
            // The account itself is locked: the phone's list of devices has nothing to do with it.
            Event::LoggedOut(out) if out.reason == ConnectFailureReason::AccountLocked => {
                self.set_end(EndReason::Banned { until: None });
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
                commit::store_rows(&ingest, &inbound::rows(&batch.messages, &self.own())).await?;
            }
            Event::ServerAck(ack) => self.acked(ack).await?,
            Event::Receipt(receipt) => self.receipt(receipt).await?,
            Event::UndecryptableMessage(message) => {
                let placeholders = inbound::placeholders(message, &self.own());
                if !placeholders.is_empty() {
                    ingest.messages(&placeholders).await?;
                }
            }
            Event::ChatPresence(presence) => {
                let typing = matches!(presence.state, ChatPresence::Composing);
                let peer = origin::peer(&presence.source, &self.own());
                if let Some(chat) = ingest.chat(&peer).await? {
                    self.state.typing(chat, typing);
                }
            }
            Event::MarkChatAsReadUpdate(marked) if marked.action.read == Some(true) => {
                self.marked_read(marked).await?;
            }
            Event::ContactUpdate(update) => self.heard_of(people::saved(update)),
            Event::ContactNumberChanged(change) => self.heard_of(Some(people::moved(change))),
            Event::SelfPushNameUpdated(_) => {
                if let Some(live) = &self.live {
                    live.tell_presence_again();
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

    async fn show_qr(&mut self, qr: &PairingQrCode) {
        let Some(live) = &mut self.live else { return };
        live.codes_shown = live.codes_shown % pairing::CODES_A_ROUND + 1;
        // A pairing code on show outranks the QRs that rotate beneath it.
        if live.code_phone.is_some() {
            return;
        }
        let number = live.codes_shown;
        let timeout = qr.timeout / self.shared.config.pairing_pace;
        match pairing::draw(&qr.code) {
            Ok(svg) => {
                if number == 1 {
                    self.pairing_started().await;
                }
                tracing::info!(connection_id = %self.connection, user_id = %self.user, number, "QR shown");
                let qr = QrCode {
                    svg,
                    expires_at: Utc::now() + timeout,
                    lasts: u32::try_from(timeout.as_secs_f32().round() as u64).unwrap_or(u32::MAX),
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

    async fn show_code(&mut self, code: &NewCode) {
        let Some(live) = &mut self.live else { return };
        // Nobody sees a code that nobody asked for.
        let Some(phone) = live.code_phone.as_deref().map(phone::number) else { return };
        let timeout = code.timeout / self.shared.config.pairing_pace;
        live.code_ends_at = Some(Instant::now() + timeout);
        self.pairing_started().await;
        self.log("pairing code shown");
        self.state.set(ConnectionState::AwaitingCode {
            code: Some(PairingCode {
                code: code.code.clone(),
                phone,
                expires_at: Utc::now() + timeout,
            }),
        });
    }

    async fn connected(&mut self) -> Result<(), store::Error> {
        // Written again at every login: the pairing's own write may not have survived a crash. Only
        // now can a phone that is not the number's own be told to forget this device.
        if let Some(reason) = self.write_identity().await? {
            self.log("a phone scanned that is not the number's own");
            self.log_out(reason).await;
            return Ok(());
        }
        let Some(live) = &mut self.live else { return Ok(()) };
        let again = std::mem::replace(&mut live.was_connected, true);
        if again {
            metrics::counter!("inbox_reconnects").increment(1);
        }
        live.dial_failures = 0;
        self.restarts = 0;
        live.linked = true;
        live.start_work(&self.shared);
        let phone = live.client().pn().map(|jid| phone::masked(jid.user_base()));
        tracing::info!(
            connection_id = %self.connection,
            user_id = %self.user,
            phone,
            again,
            "connected"
        );
        self.state.set(ConnectionState::Connected);
        Ok(())
    }

    /// Writes down which phone this is; the reason to unlink it when it is not the number's own.
    /// Messages are let in from then on, or never.
    pub(super) async fn write_identity(&self) -> Result<Option<EndReason>, store::Error> {
        let Some(live) = &self.live else { return Ok(None) };
        let client = live.client();
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
        live.gate.decide(refused.is_none());
        Ok(refused)
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
                outbox.confirmed(&id, ack.timestamp).await?;
                metrics::counter!("inbox_messages_out").increment(1);
            }
            Some(code) => {
                tracing::warn!(connection_id = %self.connection, message_id = %id, code, "message refused by WhatsApp");
                outbox.failed(&id, courier::nack_reason(code)).await?;
            }
        }
        if let Some(live) = &self.live {
            live.deliver();
            live.look_for_numbers();
        }
        Ok(())
    }

    /// The addresses of the number itself, as far as it has been linked.
    fn own(&self) -> Own {
        self.live.as_ref().map(|live| Own::of(&live.client())).unwrap_or_default()
    }

    fn heard_of(&self, known: Option<people::Known>) {
        if let Some((live, known)) = self.live.as_ref().zip(known) {
            live.heard_of(known);
        }
    }

    /// A chat was marked as read on the phone without being opened, or the phone sends no receipts.
    async fn marked_read(&self, marked: &MarkChatAsReadUpdate) -> Result<(), store::Error> {
        let last = marked.action.message_range.as_option();
        let last =
            last.and_then(|range| DateTime::from_timestamp(range.last_message_timestamp?, 0));
        let peer = self.own().person([Some(&marked.jid)]);
        let is_group = Place::of(&marked.jid) == Place::Group;
        let group = is_group.then(|| marked.jid.to_non_ad_string());
        let ingest = self.shared.store.ingest(self.connection);
        ingest.marked_read(&peer, group.as_deref(), last.unwrap_or(marked.timestamp)).await
    }

    async fn receipt(&self, receipt: &Receipt) -> Result<(), store::Error> {
        let own = self.own();
        let source = &receipt.source;
        let place = Place::of(&source.chat);
        if place == Place::Nowhere {
            return Ok(());
        }
        // Who receives a broadcast answers for the list, and the library does not always tell who.
        let peer = match place {
            Place::BroadcastList => origin::author(source),
            _ => origin::peer(source, &own),
        };
        let ingest = self.shared.store.ingest(self.connection);
        // The own phone says it in one of two ways: as its user lets others see what they read, or not.
        let is_own = own.is(&source.sender) || source.is_from_me;
        let delivery = match receipt.r#type {
            ReceiptType::ReadSelf | ReceiptType::PlayedSelf => {
                return ingest.read_elsewhere(&peer, &receipt.message_ids).await;
            }
            ReceiptType::Read | ReceiptType::Played if is_own => {
                return ingest.read_elsewhere(&peer, &receipt.message_ids).await;
            }
            _ if is_own || (peer == Peer::default() && place != Place::Group) => return Ok(()),
            ReceiptType::Delivered | ReceiptType::Inactive => Delivery::Delivered,
            ReceiptType::Read | ReceiptType::Played => Delivery::Read,
            _ => return Ok(()),
        };
        ingest.receipt(&peer, &receipt.message_ids, delivery).await
    }
}
