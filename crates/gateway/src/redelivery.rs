//! Messages that the library has read and never handed over.
//!
//! The library writes its Signal sessions to disk up to 25 ms after it has decrypted a message, and
//! the message itself into its buffer independently of that. A kill between the two leaves a
//! session that has read the message, and no message. WhatsApp delivers it again; the library finds
//! that it was decrypted before, has no copy, and confirms it, so that nobody ever sees it.
//!
//! [`crate::observed_backend`] reports that moment, before the confirmation. If the store lacks the
//! message, a placeholder is stored in its place, and the own phone is asked for the content. Its
//! answer fills the placeholder, or removes it if the stanza was no message.
//!
//! The library gives no details of the stanza then, so those that WhatsApp delivers again are
//! remembered from their arrival on, until they are handed over.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, Weak};
use std::time::Duration;

use model::ConnectionId;
use tokio::sync::mpsc;
use whatsapp_rust::OwnedNodeRef;
use whatsapp_rust::prelude::{Client, MessageInfo};
use whatsapp_rust::wacore::messages::parse_message_info;
use whatsapp_rust::wacore::types::message::{EditAttribute, MessageCategory};

use crate::inbound;
use crate::intake::{Intake, IntakeError};
use crate::origin::{self, OwnPhone};
use crate::signal::Signal;

/// Stanzas that are remembered at most. The library requests 200 at a time, so more of them wait
/// only if nothing can be stored, and then WhatsApp delivers them again.
const CAPACITY: usize = 10_000;
/// Attempts to ask the phone for a message, and the pause between them. They fail while the number
/// is not connected.
const ATTEMPTS: u32 = 20;
const ATTEMPT_PAUSE: Duration = Duration::from_secs(5);

/// The stanzas of one session that WhatsApp delivered again. Clones share them.
#[derive(Clone)]
pub(crate) struct Redelivery(Arc<Inner>);

struct Inner {
    stanzas: Mutex<Stanzas>,
    /// Set once the client is built. The client owns its backend, and the backend this.
    client: OnceLock<Weak<Client>>,
    intake: Intake,
    signals: mpsc::UnboundedSender<Signal>,
    /// Messages to ask the phone for.
    requests: mpsc::UnboundedSender<Arc<MessageInfo>>,
}

impl Redelivery {
    /// Returns the messages to ask the phone for beside it, for [`ask_phone`].
    pub(crate) fn new(
        intake: Intake,
        signals: mpsc::UnboundedSender<Signal>,
    ) -> (Self, mpsc::UnboundedReceiver<Arc<MessageInfo>>) {
        let (requests, received) = mpsc::unbounded_channel();
        let (stanzas, client) = (Mutex::default(), OnceLock::new());
        (Self(Arc::new(Inner { stanzas, client, intake, signals, requests })), received)
    }

    /// Sets the client whose stanzas these are.
    pub(crate) fn set_client(&self, client: &Arc<Client>) {
        // There is one client, which is set once.
        let _ = self.0.client.set(Arc::downgrade(client));
    }

    fn client(&self) -> Option<Arc<Client>> {
        self.0.client.get()?.upgrade()
    }

    fn stanzas(&self) -> MutexGuard<'_, Stanzas> {
        self.0.stanzas.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Remembers a stanza, before the library handles it, if it is a message of a conversation that
    /// WhatsApp has queued (`offline`).
    pub(crate) fn on_stanza(&self, node: &OwnedNodeRef) {
        if node.tag() != "message" || node.get_attr("offline").is_none() {
            return;
        }
        let Some(client) = self.client() else { return };
        let own_phone = OwnPhone::of(&client);
        let Some(own_pn) = &own_phone.pn else { return };
        // The library rejects a stanza that it cannot parse.
        let Ok(info) = parse_message_info(node.get(), own_pn, own_phone.lid.as_ref()) else {
            return;
        };
        // Peer messages are requests between the devices of the number.
        if info.category == MessageCategory::Peer || !origin::has_chat(&info, &own_phone) {
            return;
        }
        let is_hidden = node.get().get_children_by_tag("enc").any(|enc| {
            enc.get_attr("decrypt-fail")
                .map(|mode| mode.as_str())
                .is_some_and(|mode| mode == "hide")
        });
        let is_update = is_hidden || info.edit != EditAttribute::Empty;
        self.stanzas().add(Stanza { info: Arc::new(info), is_update });
    }

    /// Forgets all stanzas: a queue begins, with all those that are not confirmed.
    pub(crate) fn clear(&self) {
        *self.stanzas() = Stanzas::default();
    }

    /// Forgets stanzas that were handed over. Live messages are not remembered.
    pub(crate) fn forget<'a>(&self, infos: impl IntoIterator<Item = &'a MessageInfo>) {
        let mut stanzas = self.stanzas();
        if stanzas.by_key.is_empty() {
            return;
        }
        for info in infos {
            stanzas.remove(&Key::of(info));
        }
    }

    /// The library has no copy of a stanza that it has decrypted before, and is about to confirm
    /// it. Returns once the store has the message or a placeholder of it.
    ///
    /// # Errors
    /// The placeholder could not be stored. The stanza must not be confirmed then.
    pub(crate) async fn on_repeat(
        &self,
        chat: &str,
        sender: &str,
        id: &str,
    ) -> Result<(), IntakeError> {
        let key = Key { chat: chat.into(), sender: sender.into(), id: id.into() };
        // A clone outside of the lock.
        let stanza = self.stanzas().get(&key);
        let (Some(stanza), Some(client)) = (stanza, self.client()) else { return Ok(()) };
        let recovered = self.recover(&client, &stanza).await;
        match &recovered {
            Ok(()) => self.stanzas().remove(&key),
            Err(error) if error.is_outage() => {
                // The session may be gone already, and then nobody needs the signal.
                let _ = self.0.signals.send(Signal::StorageFailed);
            }
            Err(_) => {}
        }
        recovered
    }

    /// Stores a placeholder if the store lacks the message, and asks the phone for it.
    async fn recover(&self, client: &Arc<Client>, stanza: &Stanza) -> Result<(), IntakeError> {
        let Stanza { info, is_update } = stanza;
        let Intake { ingest, .. } = &self.0.intake;
        if !ingest.lacks(&info.id).await? {
            return Ok(());
        }
        // Updates are not stored under their own id, so nearly all of these are stored. The phone
        // is asked in any case, and an update that is stored already changes nothing.
        //
        // An update has no placeholder, so it is lost if the process dies between its confirmation
        // and the request. It cannot be confirmed after the request: the library sends requests
        // once WhatsApp's queue has been delivered (`wait_for_offline_delivery_end`), and completes
        // the queue with the only processing permit, which this stanza holds.
        if !is_update {
            tracing::warn!(connection_id = %ingest.connection(), message_id = %info.id, "the library has read a message that is not stored, asking the phone for it");
            metrics::counter!("inbox_messages_lost_by_library").increment(1);
            let placeholders = inbound::envelopes(info, &OwnPhone::of(client));
            self.0.intake.store(client, placeholders).await?;
        }
        // It fails if the session is gone already. A message then keeps its placeholder.
        let _ = self.0.requests.send(Arc::clone(info));
        Ok(())
    }
}

/// Asks the own phone for messages, one after the other, as long as the session lasts. Its answers
/// come as events of the library.
pub(crate) async fn ask_phone(
    connection: ConnectionId,
    client: Weak<Client>,
    mut requests: mpsc::UnboundedReceiver<Arc<MessageInfo>>,
) {
    while let Some(info) = requests.recv().await {
        for _ in 0..ATTEMPTS {
            let Some(client) = client.upgrade() else { return };
            let sent = client.send_pdo_placeholder_resend_request(&info).await;
            drop(client);
            let Err(error) = sent else { break };
            tracing::warn!(connection_id = %connection, message_id = %info.id, %error, "the phone could not be asked for a message");
            tokio::time::sleep(ATTEMPT_PAUSE).await;
        }
    }
}

/// A stanza that is not handed over yet.
#[derive(Clone)]
struct Stanza {
    info: Arc<MessageInfo>,
    /// It changes another message, so it gets no placeholder: an edit, a deletion, or a stanza whose
    /// sender wants none (`decrypt-fail="hide"`), such as a reaction.
    is_update: bool,
}

/// The identity of a stanza, in the form in which the library asks for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    chat: String,
    sender: String,
    id: String,
}

impl Key {
    fn of(info: &MessageInfo) -> Self {
        let source = &info.source;
        Self {
            chat: source.chat.to_string(),
            sender: source.sender.to_string(),
            id: info.id.clone(),
        }
    }
}

/// The remembered stanzas, by age as well.
#[derive(Default)]
struct Stanzas {
    by_key: HashMap<Key, (u64, Stanza)>,
    by_age: BTreeMap<u64, Key>,
    next_age: u64,
}

impl Stanzas {
    /// Adds a stanza, in place of an earlier delivery of it. The oldest one is dropped if there are
    /// too many.
    fn add(&mut self, stanza: Stanza) {
        let key = Key::of(&stanza.info);
        self.remove(&key);
        let age = self.next_age;
        self.next_age += 1;
        self.by_age.insert(age, key.clone());
        self.by_key.insert(key, (age, stanza));
        if self.by_key.len() > CAPACITY
            && let Some((_, oldest)) = self.by_age.pop_first()
        {
            self.by_key.remove(&oldest);
            tracing::warn!(message_id = %oldest.id, "too many messages at once, one is not watched");
        }
    }

    fn get(&self, key: &Key) -> Option<Stanza> {
        self.by_key.get(key).map(|(_, stanza)| stanza.clone())
    }

    fn remove(&mut self, key: &Key) {
        if let Some((age, _)) = self.by_key.remove(key) {
            self.by_age.remove(&age);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use whatsapp_rust::types::message::MessageSource;

    fn stanza(id: &str, sender: &str) -> Stanza {
        let source = MessageSource {
            chat: "120363@g.us".parse().unwrap(),
            sender: sender.parse().unwrap(),
            is_group: true,
            ..Default::default()
        };
        let info = MessageInfo { source, id: id.into(), ..Default::default() };
        Stanza { info: Arc::new(info), is_update: false }
    }

    #[test]
    fn stanzas_of_one_id_by_two_senders_are_two() {
        let mut stanzas = Stanzas::default();
        let (ana, bia) = (stanza("3EB0", "1:7@lid"), stanza("3EB0", "2@lid"));
        stanzas.add(ana.clone());
        stanzas.add(bia.clone());
        stanzas.remove(&Key::of(&ana.info));
        assert!(stanzas.get(&Key::of(&ana.info)).is_none());
        let known = Key { chat: "120363@g.us".into(), sender: "2@lid".into(), id: "3EB0".into() };
        assert!(stanzas.get(&known).is_some());
    }

    #[test]
    fn the_oldest_are_dropped_and_nothing_is_left_of_those_handed_over() {
        let mut stanzas = Stanzas::default();
        let all: Vec<_> = (0..=CAPACITY).map(|nth| stanza(&nth.to_string(), "1@lid")).collect();
        for one in &all[..CAPACITY] {
            stanzas.add(one.clone());
        }
        // A later delivery of the first makes it the newest.
        stanzas.add(all[0].clone());
        stanzas.add(all[CAPACITY].clone());
        assert!(stanzas.get(&Key::of(&all[0].info)).is_some());
        assert!(stanzas.get(&Key::of(&all[1].info)).is_none(), "it was the oldest");
        assert_eq!((stanzas.by_key.len(), stanzas.by_age.len()), (CAPACITY, CAPACITY));
        for one in &all {
            stanzas.remove(&Key::of(&one.info));
        }
        assert_eq!((stanzas.by_key.len(), stanzas.by_age.len()), (0, 0));
    }
}
