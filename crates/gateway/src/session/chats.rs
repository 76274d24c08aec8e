//! Handles the events of a session that concern its conversations.

use model::{Delivery, Typing, WaMessageId};
use store::Peer;
use whatsapp_rust::types::events::{Event, Receipt, ServerAck};
use whatsapp_rust::types::presence::{ChatPresence, ChatPresenceMedia, ReceiptType};

use super::Session;
use crate::intake::IntakeError;
use crate::origin::{self, AddressKind, OwnPhone};
use crate::{address_book, group_updates, inbound, outbox_sender, phone_changes};

impl Session {
    /// Handles an event about conversations. Those of another phone do not belong to this number.
    pub(super) async fn on_chat_event(&mut self, event: &Event) -> Result<(), IntakeError> {
        if !self.is_own_phone().await? {
            return Ok(());
        }
        let own_phone = self.own_phone();
        match event {
            // The durability hook does not get messages that the phone sent again.
            Event::Messages(batch) if !batch.hook_committed => {
                let (rows, silent) = inbound::rows_and_silent(&batch.messages, &own_phone);
                self.store(rows).await?;
                // The content was unknown when its placeholder was stored.
                let ingest = self.shared.store.ingest(self.connection);
                for envelope in silent {
                    ingest.no_message(&envelope).await?;
                }
            }
            Event::UndecryptableMessage(message) => {
                self.store(inbound::placeholders(message, &own_phone)).await?;
            }
            Event::IncomingCall(call) => self.on_call(call, &own_phone).await?,
            Event::MissedCall(call) => self.on_missed_call(call, &own_phone).await?,
            Event::ServerAck(ack) => self.on_server_ack(ack).await?,
            Event::Receipt(receipt) => self.on_receipt(receipt).await?,
            Event::ChatPresence(presence) => {
                let typing = match (&presence.state, &presence.media) {
                    (ChatPresence::Composing, ChatPresenceMedia::Audio) => Typing::Recording,
                    (ChatPresence::Composing, ChatPresenceMedia::Text) => Typing::Composing,
                    (ChatPresence::Paused, _) => Typing::Paused,
                };
                let peer = origin::peer(&presence.source, &own_phone);
                let ingest = self.shared.store.ingest(self.connection);
                if let Some(chat) = ingest.chat(&peer).await? {
                    self.shown.typing(chat, typing);
                }
            }
            Event::ArchiveUpdate(_)
            | Event::PinUpdate(_)
            | Event::MuteUpdate(_)
            | Event::MarkChatAsReadUpdate(_)
            | Event::StarUpdate(_)
            | Event::ClearChatUpdate(_)
            | Event::DeleteChatUpdate(_) => {
                self.queue_phone_change(phone_changes::change_of(event, &own_phone)).await;
            }
            Event::ContactUpdate(update) => self.queue_contact(address_book::entry_of(update)),
            Event::ContactNumberChanged(change) => self.on_new_number(change).await?,
            Event::GroupUpdate(update) => {
                self.on_group_update(group_updates::of(update, &own_phone)).await?;
            }
            Event::PictureUpdate(update) => {
                self.on_picture(&update.jid, &own_phone).await?;
                self.on_group_update(group_updates::of_picture(update, &own_phone)).await?;
            }
            Event::ContactUpdated(update) => self.on_picture(&update.jid, &own_phone).await?,
            Event::BusinessStatusUpdate(update) => self.on_business(update).await?,
            Event::SelfPushNameUpdated(_) => {
                if let Some(client) = self.state.client() {
                    client.refresh_presence();
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Stores a change of a group, and has its members fetched if the number is new there.
    async fn on_group_update(&self, update: Option<store::GroupUpdate>) -> Result<(), IntakeError> {
        let Some(update) = update else { return Ok(()) };
        self.shared.store.ingest(self.connection).group_update(&update).await?;
        if let Some(client) = self.state.client() {
            client.intake.groups.notify_one();
        }
        Ok(())
    }

    /// Returns true if the phone is the own one of the number. The check is made again if the
    /// database did not take its result before.
    async fn is_own_phone(&self) -> Result<bool, store::Error> {
        let result = || self.state.client().and_then(|client| client.identity_guard.result());
        if result().is_none() {
            self.verify_identity().await?;
        }
        Ok(result() == Some(true))
    }

    /// Stores messages that the durability hook does not get.
    pub(super) async fn store(&self, rows: Vec<store::Inbound>) -> Result<(), IntakeError> {
        match self.state.client() {
            Some(running) if !rows.is_empty() => {
                running.intake.store(&running.client(), rows).await
            }
            _ => Ok(()),
        }
    }

    /// Handles WhatsApp's acknowledgement or refusal of an operation that was sent. Changes of
    /// messages are messages of their own to WhatsApp, so they are counted as such.
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
        if let Some(client) = self.state.client() {
            client.answered(&id);
            client.look_up_numbers();
        }
        Ok(())
    }

    /// Returns the own addresses of the number, as far as it is linked.
    fn own_phone(&self) -> OwnPhone {
        self.state.client().map(|running| OwnPhone::of(&running.client())).unwrap_or_default()
    }

    /// Queues an entry of the address book to be stored.
    fn queue_contact(&self, entry: Option<address_book::ContactEntry>) {
        if let Some((client, entry)) = self.state.client().zip(entry) {
            client.queue_contact(entry);
        }
    }

    /// Queues a change that the phone made of a chat to be stored.
    async fn queue_phone_change(&self, change: Option<store::PhoneChange>) {
        if let Some((client, mut change)) = self.state.client().zip(change) {
            // The chat may be known by the number alone.
            address_book::fill_in_number(&client.client(), &mut change.peer).await;
            client.queue_phone_change(change);
        }
    }

    /// Handles a receipt: of a recipient, or of the own phone that read a chat or
    /// played a voice note.
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
            AddressKind::BroadcastList | AddressKind::Group => origin::author(source),
            _ => origin::peer(source, &own_phone),
        };
        let ingest = self.shared.store.ingest(self.connection);
        // The own phone sends one of two types, depending on whether its user shows read receipts
        // to others.
        let is_own = own_phone.is(&source.sender) || source.is_from_me;
        let delivery = match receipt.r#type {
            ReceiptType::ReadSelf => {
                return ingest.read_elsewhere(&peer, &receipt.message_ids).await;
            }
            ReceiptType::Read if is_own => {
                return ingest.read_elsewhere(&peer, &receipt.message_ids).await;
            }
            ReceiptType::PlayedSelf => {
                return ingest.played_elsewhere(&peer, &receipt.message_ids).await;
            }
            ReceiptType::Played if is_own => {
                return ingest.played_elsewhere(&peer, &receipt.message_ids).await;
            }
            _ if is_own || (peer == Peer::default() && kind != AddressKind::Group) => return Ok(()),
            ReceiptType::Delivered | ReceiptType::Inactive => Delivery::Delivered,
            ReceiptType::Read => Delivery::Read,
            ReceiptType::Played => Delivery::Played,
            _ => return Ok(()),
        };
        ingest.receipt(&peer, &receipt.message_ids, delivery, receipt.timestamp).await
    }
}
