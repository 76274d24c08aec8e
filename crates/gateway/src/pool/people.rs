//! What WhatsApp has of people and groups: their pictures, and what they say of themselves. The proof that a
//! user may see it is in the types by which it is asked.

use std::path::PathBuf;
use std::sync::Arc;

use chrono::Utc;
use model::ConnectionId;
use store::{ChatPerson, Picture};
use whatsapp_rust::prelude::Client;

use super::Pool;
use crate::profile::Profile;

impl Pool {
    /// Returns the path of a stored picture, which may be missing after a restore; `None` if there is none.
    /// A picture that is due is fetched meanwhile, if the number is connected: the store announces it.
    pub fn picture(&self, picture: &Picture) -> Option<PathBuf> {
        if picture.is_due(Utc::now())
            && let Some(client) = self.client_of(picture.connection())
        {
            self.0.shared.pictures.fetch(&client, picture.clone());
        }
        self.0.shared.pictures.path(picture)
    }

    /// Returns the path of the same picture as large as WhatsApp has it. It is fetched if it is not there,
    /// for which the caller waits 15 s at most. `None` if it cannot be had.
    pub async fn large_picture(&self, picture: &Picture) -> Option<PathBuf> {
        let client = self.client_of(picture.connection());
        self.0.shared.pictures.large(client.as_deref(), picture).await
    }

    /// Returns what a person says of themselves, for which the caller waits 3 s at most. `None` if the number
    /// is not connected, or WhatsApp does not answer.
    pub async fn profile(&self, person: &ChatPerson) -> Option<Profile> {
        let client = self.client_of(person.connection());
        let ingest = self.0.shared.store.ingest(person.connection());
        self.0.profiles.of(client.as_deref(), &ingest, person).await
    }

    fn client_of(&self, connection: ConnectionId) -> Option<Arc<Client>> {
        self.handle(connection)?.logged_in()
    }
}
