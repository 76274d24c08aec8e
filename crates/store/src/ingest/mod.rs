//! Stores the events that WhatsApp sends to one number.
//!
//! The number's session in `gateway` calls [`Ingest`]. No user takes part, and no HTTP request
//! reaches these functions. Each change is one transaction, committed before its function returns,
//! so the session confirms an event to WhatsApp only once it is stored.
//!
//! WhatsApp delivers at least once, and not in order. So every function accepts the same event
//! again, late, or before the event that it refers to:
//!
//! * a message is identified by number, chat, sender and WhatsApp id; a copy is ignored;
//! * a message update or a read mark that arrives before its message is stored until the message
//!   comes ([`message_updates`], [`early`]);
//! * the time of a message decides its place in the chat, not its arrival
//!   ([`position`](crate::messages::position)).
//!
//! | module | stores |
//! | --- | --- |
//! | [`inbound`] | the form in which a message is handed over |
//! | [`messages`] | messages and placeholders, any number of them in one transaction |
//! | [`live_places`] | the positions of places that are shared for a time |
//! | [`message_updates`] | edits, deletions, reactions and votes, which change stored messages |
//! | [`votes`] | the votes that the session has opened |
//! | [`missing`] | nothing: it finds missing messages, and removes placeholders of no message |
//! | [`receipts`] | delivery states of sent messages, and chats that were read on the own phone |
//! | [`calls`] | the ends of calls |
//! | [`chat_state`] | what the own phone changed of its chats: archived, pinned, muted and so on |
//! | [`early`] | read marks of messages that have not arrived yet |
//! | [`downtime`] | times without connection, and the counts of messages received after them |
//! | [`groups`] | what WhatsApp answers about groups; [`group_updates`] its notices about their changes |
//! | [`session`] | linking, unlinking and the end of a session |
//! | [`timer`] | the timer of a chat, and the time at which a message disappears |
//! | [`uptime`] | the times in which the number was connected |
//! | [`contacts`] | contacts and their addresses; [`merge`] joins two contacts of one person |
//! | [`new_number`] | people who change their number |
//!
//! [`identity`] decides which addresses belong to one person, and [`bounds`] limits the size of
//! everything that strangers choose, before it is stored.

mod bounds;
mod calls;
mod chat_state;
mod contacts;
mod downtime;
mod early;
mod group_updates;
mod groups;
mod identity;
mod inbound;
mod live_places;
mod merge;
mod message_updates;
mod messages;
mod missing;
mod new_number;
mod receipts;
mod session;
mod timer;
pub(crate) mod uptime;
mod votes;

use model::{ChatId, ConnectionId};

pub use chat_state::{PhoneChange, PhoneChangeOf};
pub use group_updates::{GroupUpdate, GroupUpdateKind, Participant};
pub use groups::{FetchedGroup, FetchedMember};
pub use identity::Peer;
pub use inbound::{Inbound, InboundMentions, InboundQuote, QuotedAuthor};
pub use messages::Ingested;
pub use session::Scanned;
pub use uptime::HEARTBEAT;
pub use votes::SealedVote;

use crate::{Error, Store};

/// Stores the events of one number. It is held by the session of that number.
#[derive(Debug, Clone)]
pub struct Ingest {
    store: Store,
    connection: ConnectionId,
}

impl Store {
    /// Returns the part of the store that records events from WhatsApp for a number.
    pub fn ingest(&self, connection: ConnectionId) -> Ingest {
        Ingest { store: self.clone(), connection }
    }
}

impl Ingest {
    /// Returns the number whose events these are.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    pub(crate) fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the chat with a contact, if there is one. It is for events that are shown and not
    /// stored, such as typing notifications.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn chat(&self, peer: &Peer) -> Result<Option<ChatId>, Error> {
        self.chat_with(self.store.db(), peer).await
    }
}
