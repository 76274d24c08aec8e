//! Handles the events about people: their pictures, names and numbers.

use whatsapp_rust::prelude::Jid;
use whatsapp_rust::types::events::{BusinessStatusUpdate, ContactNumberChanged};

use super::Session;
use crate::address_book;
use crate::origin::{AddressKind, OwnPhone, identities};

impl Session {
    /// Handles another picture of a person or a group. It is fetched if somebody has looked at the one
    /// before.
    pub(super) async fn on_picture(
        &self,
        jid: &Jid,
        own_phone: &OwnPhone,
    ) -> Result<(), store::Error> {
        let is_group = AddressKind::of(jid) == AddressKind::Group;
        let group = is_group.then(|| jid.to_non_ad_string());
        let ingest = self.shared.store.ingest(self.connection);
        let peer = own_phone.person([Some(jid)]);
        if let Some(picture) = ingest.picture_changed(&peer, group.as_deref()).await?
            && let Some(running) = self.state.client()
        {
            self.shared.pictures.fetch_again(&running.client(), picture);
        }
        Ok(())
    }

    /// Handles the name of a business that WhatsApp has verified.
    pub(super) async fn on_business(
        &self,
        update: &BusinessStatusUpdate,
    ) -> Result<(), store::Error> {
        let Some(name) = &update.verified_name else { return Ok(()) };
        let business = identities([Some(update.target_jid.as_ref().unwrap_or(&update.jid))]);
        self.shared.store.ingest(self.connection).business_name(&business, name).await
    }

    /// Handles a person who changed their number.
    pub(super) async fn on_new_number(
        &self,
        change: &ContactNumberChanged,
    ) -> Result<(), store::Error> {
        let (old, new) = address_book::addresses_of_change(change);
        let ingest = self.shared.store.ingest(self.connection);
        ingest.number_changed(&old, &new, change.timestamp).await
    }
}
