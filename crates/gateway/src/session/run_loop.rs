//! The library's run loop, and the events that the actor receives from it.

use std::sync::Arc;

use tokio::sync::{Notify, mpsc};
use whatsapp_rust::bot::BotHandle;
use whatsapp_rust::prelude::Client;
use whatsapp_rust::types::events::{Event, EventHandler, EventInterest, EventKind};

use crate::blocklist;
use crate::redelivery::Redelivery;
use crate::signal::Signal;

/// The events that the actor handles. The library skips all others.
const SUBSCRIBED_EVENTS: &[EventKind] = &[
    EventKind::Connected,
    EventKind::Disconnected,
    EventKind::PairSuccess,
    EventKind::PairError,
    EventKind::LoggedOut,
    EventKind::PairingQrCode,
    EventKind::PairingCode,
    EventKind::PairingCodeRefresh,
    EventKind::PairingCodeError,
    EventKind::PairingQrCodesExhausted,
    EventKind::PairPasskeyRequest,
    EventKind::PairPasskeyError,
    EventKind::ClientOutdated,
    EventKind::Messages,
    EventKind::Receipt,
    EventKind::UndecryptableMessage,
    EventKind::ChatPresence,
    EventKind::OfflineSyncPreview,
    EventKind::OfflineSyncCompleted,
    EventKind::StreamReplaced,
    EventKind::TemporaryBan,
    EventKind::ConnectFailure,
    EventKind::ServerAck,
    EventKind::IncomingCall,
    EventKind::MissedCall,
    EventKind::ArchiveUpdate,
    EventKind::PinUpdate,
    EventKind::MuteUpdate,
    EventKind::MarkChatAsReadUpdate,
    EventKind::StarUpdate,
    EventKind::ClearChatUpdate,
    EventKind::DeleteChatUpdate,
    EventKind::ContactUpdate,
    EventKind::ContactNumberChanged,
    EventKind::ContactUpdated,
    EventKind::GroupUpdate,
    EventKind::PictureUpdate,
    EventKind::BusinessStatusUpdate,
    EventKind::SelfPushNameUpdated,
    // `EventForwarder` consumes these.
    EventKind::RawNode,
    EventKind::AppStateSyncFailed,
];

/// The library's run loop and its signals. [`RunLoop::next`] returns `None` once the loop has ended
/// and all its signals are consumed.
pub(super) struct RunLoop {
    handle: BotHandle,
    is_over: bool,
    signals: mpsc::UnboundedReceiver<Signal>,
    /// An event that could not be handled because the database took no writes. It comes first
    /// again.
    deferred_event: Option<Arc<Event>>,
}

impl RunLoop {
    pub(super) fn new(handle: BotHandle, signals: mpsc::UnboundedReceiver<Signal>) -> Self {
        Self { handle, is_over: false, signals, deferred_event: None }
    }

    pub(super) async fn next(&mut self) -> Option<Signal> {
        if let Some(event) = self.deferred_event.take() {
            return Some(Signal::Event(event));
        }
        if !self.is_over {
            tokio::select! {
                biased;
                signal = self.signals.recv() => return signal,
                () = &mut self.handle => self.is_over = true,
            }
        }
        self.signals.try_recv().ok()
    }

    /// Defers an event until the next call of [`Self::next`].
    pub(super) fn defer(&mut self, event: Arc<Event>) {
        self.deferred_event = Some(event);
    }

    pub(super) fn client(&self) -> Arc<Client> {
        self.handle.client()
    }

    /// Returns the future that closes the client, unless the loop has ended.
    pub(super) fn shutdown(self) -> Option<impl Future<Output = ()>> {
        (!self.is_over).then(|| self.handle.shutdown())
    }
}

/// Forwards the library's events to the actor, synchronously and in order.
pub(super) struct EventForwarder {
    pub(super) signals: mpsc::UnboundedSender<Signal>,
    /// Gets the stanzas, and learns which messages were handed over.
    pub(super) redelivery: Redelivery,
    /// Has the blocked contacts requested again.
    pub(super) blocklist: Arc<Notify>,
    /// Gets the names of collections that the library did not read.
    pub(super) skipped_syncs: mpsc::UnboundedSender<String>,
}

impl EventHandler for EventForwarder {
    fn handle_event(&self, event: Arc<Event>) {
        match &*event {
            // WhatsApp delivers everything that is not confirmed again, from the beginning.
            Event::OfflineSyncPreview(_) => self.redelivery.clear(),
            Event::RawNode(stanza) => {
                if blocklist::is_change(stanza) {
                    self.blocklist.notify_one();
                }
                return self.redelivery.on_stanza(stanza);
            }
            Event::Messages(batch) => {
                self.redelivery.forget(batch.iter().map(|message| &*message.info));
            }
            Event::AppStateSyncFailed(failed) => {
                for name in &failed.skipped {
                    // It fails if the session is gone already.
                    let _ = self.skipped_syncs.send(name.clone());
                }
                return;
            }
            Event::UndecryptableMessage(message) => self.redelivery.forget([&*message.info]),
            _ => {}
        }
        // The actor may have dropped this client already.
        let _ = self.signals.send(Signal::Event(event));
    }

    fn interest(&self) -> EventInterest {
        EventInterest::of(SUBSCRIBED_EVENTS)
    }
}
