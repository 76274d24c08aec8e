//! Handles the signals and events of a session's client.

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
use crate::origin::{self, AddressKind, OwnPhone};
use crate::{address_book, batch_committer, inbound, outbox_sender, pairing};

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
    /// Adds messages to the last downtime that were stored after WhatsApp had reported the end of
    /// its queue.
    async fn on_offline_messages_stored(&self) {
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

    /// Handles one signal. An event that the database could not take is deferred until it can.
    pub(super) async fn on_signal(&mut self, signal: Signal) {
        match signal {
            Signal::ConnectionAttempt => {
                let Some(live) = &mut self.live else { return };
                live.is_connecting = true;
                // Another downtime begins. Not every lost connection emits `Disconnected`.
                live.caught_up = false;
                if matches!(self.state.get(), ConnectionState::Connecting { .. }) {
                    self.state.set(ConnectionState::Connecting { retry_at: None });
                }
            }
            Signal::SocketClosed => self.on_socket_closed(),
            Signal::Unresponsive => self.on_unresponsive(),
            Signal::StorageFailed => self.on_storage_failure().await,
            Signal::OfflineMessagesStored => self.on_offline_messages_stored().await,
            Signal::Event(event) => {
                if let Err(error) = self.on_event(&event).await {
                    tracing::error!(connection_id = %self.connection, event = ?event.kind(), %error, "event could not be written down");
                    if error.is_outage() {
                        // WhatsApp does not send it again, unless it comes with every connection.
                        self.deferred_event = (!proves_handshake(&event)).then_some(event);
                        self.on_storage_failure().await;
                    }
                }
            }
        }
    }

    /// Handles a closed socket. One on which nothing arrived was a failed attempt: it did not open,
    /// or WhatsApp closed it during the handshake or the login. One in use is closed by the library
    /// to open another at once; `Disconnected` follows if the connection was lost.
    fn on_socket_closed(&mut self) {
        let Some(live) = &mut self.live else { return };
        // The run loop is about to end, and its end carries the reason.
        if live.end.is_some() || !live.will_reconnect() {
            return;
        }
        if std::mem::take(&mut live.is_connecting) {
            self.wait_for_next_attempt();
        } else if self.state.get() == ConnectionState::Connected {
            live.stop_tasks();
            self.state.set(ConnectionState::Connecting { retry_at: None });
        }
    }

    /// Announces the time of the next attempt, for which the library now waits.
    fn wait_for_next_attempt(&mut self) {
        let Some(live) = &mut self.live else { return };
        live.stop_tasks();
        let retry_at = Some(live.after_failed_attempt());
        self.state.set(ConnectionState::Connecting { retry_at });
    }

    /// Drops a dead connection and connects again. Nothing is lost: WhatsApp delivers
    /// unacknowledged messages again.
    fn on_unresponsive(&mut self) {
        let Some(live) = &mut self.live else { return };
        if self.state.get() != ConnectionState::Connected {
            return;
        }
        live.stop_tasks();
        let client = live.client();
        tokio::spawn(async move { client.reconnect_immediately().await });
        self.log("WhatsApp does not answer, connecting anew");
        metrics::counter!("inbox_silent_connections").increment(1);
        self.state.set(ConnectionState::Connecting { retry_at: None });
    }

    /// Handles one event of the library.
    async fn on_event(&mut self, event: &Event) -> Result<(), store::Error> {
        let ingest = self.shared.store.ingest(self.connection);
        if proves_handshake(event)
            && let Some(live) = &mut self.live
        {
            live.is_connecting = false;
        }
        let refused = self.live.as_ref().is_some_and(|live| live.identity_guard.is_refused());
        match event {
            // Customers of another phone do not belong to this number.
            Event::Receipt(_) | Event::ChatPresence(_) if refused => {}
            Event::PairingQrCode(qr) => self.show_qr(qr).await,
            Event::PairingCode(code) => self.show_code(code).await,
            Event::PairingCodeRefresh(_) => {
                if let Some(live) = &mut self.live
                    && let Some(phone) = live.code_phone.clone()
                {
                    live.request_pairing_code(phone);
                }
            }
            Event::PairingCodeError(error) => {
                tracing::warn!(connection_id = %self.connection, rejection = ?error.rejection, "pairing code refused");
                self.end_with(EndReason::CodeRefused).await;
            }
            // The passkey is in a person's phone or browser, and this server cannot use it.
            // WhatsApp requests none of linked devices.
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
                    live.newly_paired = true;
                    live.code_ends_at = None;
                }
                self.state.set(ConnectionState::Syncing);
                self.verify_identity().await?;
            }
            Event::PairError(_) => self.log("pairing failed"),
            Event::Connected(_) => self.on_connected().await?,
            Event::OfflineSyncPreview(_) if self.state.get() != ConnectionState::Connected => {
                self.state.set(ConnectionState::Syncing);
            }
            Event::OfflineSyncCompleted(_) => {
                if let Some(live) = &mut self.live {
                    let recovered = live.take_recovered();
                    if !std::mem::take(&mut live.newly_paired) {
                        live.caught_up = true;
                        ingest.caught_up(&recovered).await?;
                    }
                }
            }
            Event::Disconnected(_) => {
                self.log("connection lost");
                // A loss during the login was counted when the socket was closed.
                if !matches!(self.state.get(), ConnectionState::Connecting { retry_at: Some(_) }) {
                    self.wait_for_next_attempt();
                }
            }
            // The account itself is locked; the device was not removed on the phone.
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
                batch_committer::store_rows(
                    &ingest,
                    &inbound::rows(&batch.messages, &self.own_phone()),
                )
                .await?;
            }
            Event::ServerAck(ack) => self.on_server_ack(ack).await?,
            Event::Receipt(receipt) => self.on_receipt(receipt).await?,
            Event::UndecryptableMessage(message) => {
                let placeholders = inbound::placeholders(message, &self.own_phone());
                if !placeholders.is_empty() {
                    ingest.messages(&placeholders).await?;
                }
            }
            Event::ChatPresence(presence) => {
                let typing = matches!(presence.state, ChatPresence::Composing);
                let peer = origin::peer(&presence.source, &self.own_phone());
                if let Some(chat) = ingest.chat(&peer).await? {
                    self.state.typing(chat, typing);
                }
            }
            Event::MarkChatAsReadUpdate(marked) if marked.action.read == Some(true) => {
                self.on_marked_read(marked).await?;
            }
            Event::ContactUpdate(update) => self.queue_contact(address_book::entry_of(update)),
            Event::ContactNumberChanged(change) => {
                self.queue_contact(Some(address_book::entry_of_new_number(change)))
            }
            Event::SelfPushNameUpdated(_) => {
                if let Some(live) = &self.live {
                    live.refresh_presence();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Sets the reason of the end. The first one stays, since later ones are its consequences.
    fn set_end(&mut self, reason: EndReason) {
        if let Some(live) = &mut self.live {
            live.end.get_or_insert(reason);
        }
    }

    /// Shows a new QR, unless a pairing code is on show.
    async fn show_qr(&mut self, qr: &PairingQrCode) {
        let Some(live) = &mut self.live else { return };
        live.codes_shown = live.codes_shown % pairing::CODES_A_ROUND + 1;
        // A pairing code has precedence over the QRs that the library rotates meanwhile.
        if live.code_phone.is_some() {
            return;
        }
        let number = live.codes_shown;
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
                self.state.set(ConnectionState::AwaitingScan { qr: Some(qr) });
            }
            Err(error) => {
                tracing::error!(connection_id = %self.connection, %error, "QR could not be drawn");
            }
        }
    }

    /// Shows a pairing code that was requested.
    async fn show_code(&mut self, code: &NewCode) {
        let Some(live) = &mut self.live else { return };
        // A code that nobody requested is not shown.
        let Some(phone) = live.code_phone.as_deref().map(phone::number) else { return };
        let timeout = code.timeout / self.shared.config.pairing_pace;
        live.code_ends_at = Some(Instant::now() + timeout);
        self.audit_pairing_started().await;
        self.log("pairing code shown");
        self.state.set(ConnectionState::AwaitingCode {
            code: Some(PairingCode {
                code: code.code.clone(),
                phone,
                expires_at: Utc::now() + timeout,
            }),
        });
    }

    /// Starts the tasks of a connected session, or unlinks a phone that is not the own one.
    async fn on_connected(&mut self) -> Result<(), store::Error> {
        // The identity is stored again at every login, because the write of the pairing may not
        // have survived a crash. A wrong phone can be unlinked only now.
        if let Some(reason) = self.verify_identity().await? {
            self.log("a phone scanned that is not the number's own");
            self.log_out(reason).await;
            return Ok(());
        }
        let Some(live) = &mut self.live else { return Ok(()) };
        let reconnected = std::mem::replace(&mut live.was_connected, true);
        if reconnected {
            metrics::counter!("inbox_reconnects").increment(1);
        }
        live.failed_attempts = 0;
        self.restarts = 0;
        live.linked = true;
        live.start_tasks(&self.shared);
        let phone = live.client().pn().map(|jid| phone::masked(jid.user_base()));
        tracing::info!(
            connection_id = %self.connection,
            user_id = %self.user,
            phone,
            again = reconnected,
            "connected"
        );
        self.state.set(ConnectionState::Connected);
        Ok(())
    }

    /// Stores the identity of the phone, and returns the reason to unlink it if it is not the own
    /// phone of the number. From then on messages are accepted, or never.
    pub(super) async fn verify_identity(&self) -> Result<Option<EndReason>, store::Error> {
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
        live.identity_guard.decide(refused.is_none());
        Ok(refused)
    }

    /// Handles WhatsApp's acknowledgement or refusal of a message that was sent.
    async fn on_server_ack(&self, ack: &ServerAck) -> Result<(), store::Error> {
        if ack.class.as_deref() != Some("message") {
            return Ok(());
        }
        // Ids of another form (peer messages, retries) are not from the outbox.
        let Ok(id) = WaMessageId::parse(&ack.id) else { return Ok(()) };
        let outbox = self.shared.store.outbox(self.connection);
        match &ack.error {
            None => {
                outbox.confirmed(&id, ack.timestamp).await?;
                metrics::counter!("inbox_messages_out").increment(1);
            }
            Some(code) => {
                tracing::warn!(connection_id = %self.connection, message_id = %id, code, "message refused by WhatsApp");
                outbox.failed(&id, outbox_sender::nack_reason(code)).await?;
            }
        }
        if let Some(live) = &self.live {
            live.deliver();
            live.look_up_numbers();
        }
        Ok(())
    }

    /// Returns the own addresses of the number, as far as it is linked.
    fn own_phone(&self) -> OwnPhone {
        self.live.as_ref().map(|live| OwnPhone::of(&live.client())).unwrap_or_default()
    }

    /// Queues an entry of the address book to be stored.
    fn queue_contact(&self, entry: Option<address_book::ContactEntry>) {
        if let Some((live, entry)) = self.live.as_ref().zip(entry) {
            live.queue_contact(entry);
        }
    }

    /// Handles a chat that was marked as read on the phone without being opened, or by a phone that
    /// sends no receipts.
    async fn on_marked_read(&self, marked: &MarkChatAsReadUpdate) -> Result<(), store::Error> {
        let last = marked.action.message_range.as_option();
        let last =
            last.and_then(|range| DateTime::from_timestamp(range.last_message_timestamp?, 0));
        let peer = self.own_phone().person([Some(&marked.jid)]);
        let is_group = AddressKind::of(&marked.jid) == AddressKind::Group;
        let group = is_group.then(|| marked.jid.to_non_ad_string());
        let ingest = self.shared.store.ingest(self.connection);
        ingest.marked_read(&peer, group.as_deref(), last.unwrap_or(marked.timestamp)).await
    }

    /// Handles a receipt: of a recipient, or of the own phone that read a chat.
    async fn on_receipt(&self, receipt: &Receipt) -> Result<(), store::Error> {
        let own_phone = self.own_phone();
        let source = &receipt.source;
        let kind = AddressKind::of(&source.chat);
        if kind == AddressKind::Ignored {
            return Ok(());
        }
        // Recipients of a broadcast send receipts for the list, and the library does not always
        // name them.
        let peer = match kind {
            AddressKind::BroadcastList => origin::author(source),
            _ => origin::peer(source, &own_phone),
        };
        let ingest = self.shared.store.ingest(self.connection);
        // The own phone sends one of two types, depending on whether its user shows read receipts
        // to others.
        let is_own = own_phone.is(&source.sender) || source.is_from_me;
        let delivery = match receipt.r#type {
            ReceiptType::ReadSelf | ReceiptType::PlayedSelf => {
                return ingest.read_elsewhere(&peer, &receipt.message_ids).await;
            }
            ReceiptType::Read | ReceiptType::Played if is_own => {
                return ingest.read_elsewhere(&peer, &receipt.message_ids).await;
            }
            _ if is_own || (peer == Peer::default() && kind != AddressKind::Group) => return Ok(()),
            ReceiptType::Delivered | ReceiptType::Inactive => Delivery::Delivered,
            ReceiptType::Read | ReceiptType::Played => Delivery::Read,
            _ => return Ok(()),
        };
        ingest.receipt(&peer, &receipt.message_ids, delivery).await
    }
}
