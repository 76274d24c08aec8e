//! Finds the WhatsApp account of a phone, for a conversation that a user starts.
//!
//! Users wait for the answer, so the request does not pass through the actor of the session, which may
//! be busy with a backlog: [`CurrentClient`] gives the pool the client itself.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Duration;

use model::PhoneNumber;
use store::Ingest;
use whatsapp_rust::prelude::{Client, Jid};

use crate::identity_guard::GuardHandle;
use crate::origin::OwnPhone;

/// The reason why the account of a phone could not be looked up.
#[derive(Debug, thiserror::Error)]
pub enum LookupError {
    /// The number that looks it up is not connected.
    #[error("the number is not connected")]
    NotConnected,
    /// WhatsApp did not answer in time, or refused the request.
    #[error("WhatsApp did not answer")]
    NoAnswer,
    #[error(transparent)]
    Store(#[from] store::Error),
}

/// The client of a session, from its start until it begins to end. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct CurrentClient(Arc<Mutex<Option<Guarded<Client>>>>);

impl CurrentClient {
    pub(crate) fn set(&self, client: &Arc<Client>, identity: GuardHandle) {
        *self.lock() = Some(Guarded { client: Arc::downgrade(client), identity });
    }

    pub(crate) fn clear(&self) {
        *self.lock() = None;
    }

    /// Returns the client if it has the right phone. Another phone is logged in as well until it is
    /// unlinked, and its account must not ask for anybody.
    pub(crate) fn get(&self) -> Option<Arc<Client>> {
        self.lock().as_ref()?.client()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Guarded<Client>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A client, and the result of the identity check of its phone.
struct Guarded<C> {
    client: Weak<C>,
    identity: GuardHandle,
}

impl<C> Guarded<C> {
    /// Returns the client while it runs, once its phone is known to be the right one.
    fn client(&self) -> Option<Arc<C>> {
        if self.identity.result() == Some(true) { self.client.upgrade() } else { None }
    }
}

/// Asks WhatsApp for the account of a phone, and stores its addresses as a contact. Returns the address
/// of the account, or `None` if the phone has none.
pub(crate) async fn look_up(
    client: &Client,
    ingest: &Ingest,
    phone: &PhoneNumber,
    timeout: Duration,
) -> Result<Option<String>, LookupError> {
    let connection_id = ingest.connection();
    let asked = forms(&phone.digits());
    let answer = tokio::time::timeout(timeout, client.contacts().is_on_whatsapp(&asked)).await;
    let accounts = match answer {
        Ok(Ok(accounts)) => accounts,
        Ok(Err(error)) => {
            tracing::warn!(%connection_id, %error, "a phone could not be looked up");
            return Err(LookupError::NoAnswer);
        }
        Err(_) => {
            tracing::warn!(%connection_id, "the look-up of a phone got no answer in time");
            return Err(LookupError::NoAnswer);
        }
    };
    let Some(account) = accounts.iter().find(|account| account.is_registered) else {
        // The account may have the form of the number that is missing in a partial answer.
        let answered = accounts.iter().filter(|account| account.contact_error.is_none()).count();
        return if answered < asked.len() { Err(LookupError::NoAnswer) } else { Ok(None) };
    };
    // The answer has the form of the number that the account has.
    let addresses = [Some(&account.jid), account.lid.as_ref(), account.pn_jid.as_ref()];
    let peer = OwnPhone::of(client).person(addresses);
    let address = peer.lid.clone().or_else(|| peer.pn.clone());
    ingest.address_book(&[(peer, None)]).await?;
    Ok(address)
}

/// Returns the addresses under which the account of a phone may be, the typed form first.
fn forms(digits: &str) -> Vec<Jid> {
    let others = phone::forms(digits).into_iter().filter(|form| form != digits);
    std::iter::once(digits.to_owned()).chain(others).map(Jid::pn).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::identity_guard::IdentityGuard;

    #[test]
    fn only_the_right_phone_looks_up() {
        let guard = IdentityGuard::default();
        let client = Arc::new(());
        let current = Guarded { client: Arc::downgrade(&client), identity: guard.handle() };
        assert_eq!(current.client(), None, "the phone is not checked yet");
        guard.decide(false);
        assert_eq!(current.client(), None, "it is another phone");
        guard.decide(true);
        assert_eq!(current.client().as_ref(), Some(&client));
        drop(client);
        assert_eq!(current.client(), None, "it is closed");
    }

    #[test]
    fn both_forms_of_a_number_are_asked_for() {
        let asked = |digits: &str| {
            let forms = forms(digits);
            forms.iter().map(ToString::to_string).collect::<Vec<_>>()
        };
        let [with, without] = ["5561998124471@s.whatsapp.net", "556198124471@s.whatsapp.net"];
        assert_eq!(asked("5561998124471"), [with, without]);
        assert_eq!(asked("556198124471"), [without, with]);
        assert_eq!(asked("14155550100"), ["14155550100@s.whatsapp.net"]);
    }
}
