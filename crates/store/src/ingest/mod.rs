//! What WhatsApp says happened on one number. There is no user here, and nothing of it is reachable
//! from a request.
//!
//! * [`bounds`]: as much as is taken of what strangers fill in.
//! * [`messages`]: messages and placeholders, any number in one transaction.
//! * [`amendments`]: what changes messages that were said before.
//! * [`receipts`]: ticks, and reading on the own phone; [`early`] keeps what was read before it came.
//! * [`gap`]: what came in after it was away.
//! * [`session`]: linked, unlinked, ended. [`uptime`]: for how long it was connected.
//! * [`identity`]: which addresses are one person; [`contacts`] keeps them, [`merge`] joins two who
//!   turn out to be one.
//! * [`position`]: where a message stands in its chat.
//!
//! Everything may be told twice, late and out of order: WhatsApp delivers at least once.

pub(crate) mod amendments;
pub(crate) mod bounds;
mod contacts;
mod early;
mod gap;
pub(crate) mod identity;
mod merge;
mod messages;
pub(crate) mod position;
mod receipts;
mod session;
pub(crate) mod uptime;

use model::{ChatId, ConnectionId};

pub use amendments::{Amendment, Amends};
pub use identity::Peer;
pub use messages::{Inbound, Ingested};
pub use session::Scanned;
pub use uptime::HEARTBEAT;

use crate::{Error, Store};

/// Where one number's session puts what it hears.
#[derive(Debug, Clone)]
pub struct Ingest {
    store: Store,
    connection: ConnectionId,
}

impl Ingest {
    pub(crate) fn new(store: Store, connection: ConnectionId) -> Self {
        Self { store, connection }
    }

    /// Whose session it is.
    pub fn connection(&self) -> ConnectionId {
        self.connection
    }

    /// The conversation with somebody, if there is one: for what is shown and not stored, as that
    /// they are typing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn chat(&self, peer: &Peer) -> Result<Option<ChatId>, Error> {
        self.chat_with(self.store.db(), peer).await
    }
}
