//! What WhatsApp answered about the pictures of people and groups.

use model::{ChatId, ContactId};
use sea_orm::{
    ActiveValue::Set, ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _,
    sea_query::Expr,
};

use super::{
    Picture, PictureOf,
    pictures::{OfChat, OfContact, selected, selected_contact},
};
use crate::{
    Error, Ingest, Peer, chats, codec,
    entity::{chat, contact, picture},
    live::Change,
    write::Writing,
};

impl Ingest {
    /// Stores that WhatsApp has another picture of a person, or of the group at an address. Returns it if
    /// somebody has looked at it before, so that it is fetched again; `None` for all others.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn picture_changed(
        &self,
        peer: &Peer,
        group: Option<&str>,
    ) -> Result<Option<Picture>, Error> {
        let db = self.store().db();
        let of = match group {
            Some(group) => {
                let chat = chats::find::of_group(db, self.connection(), group).await?;
                chat.map(PictureOf::Group)
            }
            None => self.contact_of(peer).await?.map(PictureOf::Person),
        };
        let Some(of) = of else { return Ok(None) };
        if known(db, of).await?.is_none() {
            return Ok(None);
        }
        let writing = self.store().write().await?;
        let row = picture::ActiveModel { asked_at: Set(0), ..Default::default() };
        picture::Entity::update_many().set(row).filter(is_of(of)).exec(&writing.tx).await?;
        writing.commit().await?;
        self.known_picture(of).await
    }

    /// Stores that a picture is on the disk under this version, which is the time at which it was stored.
    ///
    /// # Errors
    /// [`Error::Database`], also if its owner is gone.
    pub async fn picture_stored(
        &self,
        of: PictureOf,
        version: i64,
        wa_id: Option<&str>,
    ) -> Result<(), Error> {
        self.picture_is(of, version, wa_id).await
    }

    /// Stores that WhatsApp shows no picture, or none to this number.
    ///
    /// # Errors
    /// [`Error::Database`], also if its owner is gone.
    pub async fn no_picture(&self, of: PictureOf) -> Result<(), Error> {
        self.picture_is(of, 0, None).await
    }

    /// Stores that the file of a picture is not on the disk any more.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn picture_lost(&self, of: PictureOf) -> Result<(), Error> {
        let writing = self.store().write().await?;
        let row = picture::ActiveModel { version: Set(0), asked_at: Set(0), ..Default::default() };
        picture::Entity::update_many().set(row).filter(is_of(of)).exec(&writing.tx).await?;
        writing.commit().await
    }

    /// Returns the version of every stored picture of the number with its owner.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn stored_pictures(&self) -> Result<Vec<(PictureOf, i64)>, Error> {
        let rows = picture::Entity::find()
            .filter(picture::Column::ConnectionId.eq(self.connection().0))
            .filter(picture::Column::Version.gt(0))
            .all(self.store().db())
            .await?;
        let owner = |row: &picture::Model| match (row.contact_id, row.chat_id) {
            (Some(contact), _) => Some(PictureOf::Person(ContactId(contact))),
            (None, chat) => chat.map(|chat| PictureOf::Group(ChatId(chat))),
        };
        Ok(rows.iter().filter_map(|row| Some((owner(row)?, row.version))).collect())
    }

    /// Stores an answer. Open pages learn of another picture, but not of one that is still missing.
    async fn picture_is(
        &self,
        of: PictureOf,
        version: i64,
        wa_id: Option<&str>,
    ) -> Result<(), Error> {
        let mut writing = self.store().write().await?;
        let before = known(&writing.tx, of).await?;
        let (contact_id, chat_id) = match of {
            PictureOf::Person(contact) => (Some(contact.0), None),
            PictureOf::Group(chat) => (None, Some(chat.0)),
        };
        let row = picture::ActiveModel {
            connection_id: Set(self.connection().0),
            contact_id: Set(contact_id),
            chat_id: Set(chat_id),
            version: Set(version),
            asked_at: Set(codec::now()),
            wa_id: Set(wa_id.map(codec::storable)),
            ..Default::default()
        };
        match &before {
            Some(_) => {
                let rows = picture::Entity::update_many().set(row).filter(is_of(of));
                rows.exec(&writing.tx).await?;
            }
            None => {
                picture::Entity::insert(row).exec_without_returning(&writing.tx).await?;
            }
        }
        if before.map_or(0, |before| before.version) != version {
            self.announce(&mut writing, of).await?;
        }
        writing.commit().await
    }

    async fn announce(&self, writing: &mut Writing, of: PictureOf) -> Result<(), Error> {
        let chat = match of {
            PictureOf::Person(contact) => chats::find::with_contact(&writing.tx, contact.0).await?,
            PictureOf::Group(chat) => Some(chat),
        };
        if let Some(chat) = chat {
            writing.announce(self.connection(), Change::Chat(chat));
        }
        Ok(())
    }

    /// Returns what is known of a picture; `None` if its owner is gone or cannot be asked for.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn known_picture(&self, of: PictureOf) -> Result<Option<Picture>, Error> {
        let db = self.store().db();
        Ok(match of {
            PictureOf::Group(id) => {
                let group = selected(chat::Entity::find_by_id(id.0));
                let row: Option<OfChat> = group.into_model().one(db).await?;
                row.map(OfChat::into_picture)
            }
            PictureOf::Person(id) => {
                let person = selected_contact(contact::Entity::find_by_id(id.0));
                let row: Option<OfContact> = person.into_model().one(db).await?;
                row.and_then(OfContact::into_picture)
            }
        })
    }
}

async fn known(db: &impl ConnectionTrait, of: PictureOf) -> Result<Option<picture::Model>, Error> {
    Ok(picture::Entity::find().filter(is_of(of)).one(db).await?)
}

fn is_of(of: PictureOf) -> Expr {
    match of {
        PictureOf::Person(contact) => picture::Column::ContactId.eq(contact.0),
        PictureOf::Group(chat) => picture::Column::ChatId.eq(chat.0),
    }
}
