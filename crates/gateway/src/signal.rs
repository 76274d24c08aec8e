//! The reports that a session's client and its tasks send to the actor.

use std::sync::Arc;

use whatsapp_rust::types::events::Event;

/// Something that the client or a task of the session reports.
pub(crate) enum Signal {
    /// A socket is being opened.
    ConnectionAttempt,
    /// The socket could not be opened, or was closed.
    SocketClosed,
    /// WhatsApp does not answer on an open socket.
    Unresponsive,
    /// Messages could not be stored, because the database takes no writes.
    StorageFailed,
    /// The library emitted an event.
    Event(Arc<Event>),
}
