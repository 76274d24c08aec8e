//! The people whom a text from here mentions: their names become the digits of their addresses, as WhatsApp
//! writes them.

use std::collections::BTreeSet;

use model::{ChatId, Mention, NewText, bounds};
use sea_orm::{ColumnTrait as _, ConnectionTrait, EntityTrait as _, QueryFilter as _};

use super::queue::sendable;
use crate::{
    Error, codec,
    entity::{chat, chat_group, group_member, message},
    groups::members,
    messages::{
        mentions::{self, replace, token},
        people::People,
    },
};

/// A text as it is stored.
#[derive(Debug)]
pub(super) struct Mentioning {
    pub(super) text: String,
    /// The addresses of the people whom it mentions.
    pub(super) addresses: BTreeSet<String>,
}

/// Returns a new text for a chat, which names people by hidden identities or by phone numbers.
///
/// Only members of the group are mentioned, or the contact of the chat: whoever writes sees the names of
/// no others. A name of anybody else stays as it was written.
///
/// # Errors
/// [`Error::EmptyText`], [`Error::TextTooLong`].
pub(super) async fn text_for(
    db: &impl ConnectionTrait,
    chat: ChatId,
    by_lid: bool,
    new: NewText,
) -> Result<Mentioning, Error> {
    let NewText { text, mut mentions } = new;
    let text = codec::storable(&text);
    // A name may be the beginning of another one.
    mentions.sort_by_key(|mention| std::cmp::Reverse(mention.name.len()));
    let mut mentioning = Mentioning { text, addresses: BTreeSet::new() };
    for Mention { contact, name } in mentions.into_iter().take(bounds::MENTIONS) {
        let written = format!("@{name}");
        if name.trim().is_empty() || !mentioning.text.contains(&written) {
            continue;
        }
        if !is_in(db, chat, contact.0).await? {
            continue;
        }
        if let Some(address) = members::address(db, contact.0, by_lid).await? {
            mentioning.put(&written, address);
        }
    }
    mentioning.text = sendable(&mentioning.text)?;
    Ok(mentioning)
}

/// Returns the new text of a message. The people whom it mentions already need not be listed.
///
/// # Errors
/// Those of [`text_for`].
pub(super) async fn edited_text(
    db: &impl ConnectionTrait,
    row: &message::Model,
    new: NewText,
) -> Result<Mentioning, Error> {
    let chat = ChatId(row.chat_id);
    let mut mentioning = text_for(db, chat, names_by_lid(db, chat).await?, new).await?;
    let (number, column) = (row.connection_id, row.mentions.as_deref());
    let people = People::load(db, mentions::addresses(number, column)).await?;
    for address in mentions::read(column) {
        let Some((name, _)) = people.mentioned(number, &address) else { continue };
        let written = format!("@{}", text::cut(&name, bounds::MENTION_NAME));
        mentioning.put(&written, address);
    }
    Ok(mentioning)
}

impl Mentioning {
    /// Replaces the name of a person by their address.
    fn put(&mut self, written: &str, address: String) {
        let token = token(&address);
        let text = replace(&self.text, written, &token);
        // A person may be in the text by their digits already.
        if text.contains(&token) {
            self.addresses.insert(address);
        }
        self.text = text;
    }
}

/// Returns true if a contact is a member of a group, or the contact of a chat.
async fn is_in(db: &impl ConnectionTrait, chat: ChatId, contact: i64) -> Result<bool, Error> {
    if group_member::Entity::find_by_id((chat.0, contact)).one(db).await?.is_some() {
        return Ok(true);
    }
    let with = chat::Entity::find_by_id(chat.0).filter(chat::Column::ContactId.eq(contact));
    Ok(with.one(db).await?.is_some())
}

/// Returns true if a chat names people by hidden identities.
async fn names_by_lid(db: &impl ConnectionTrait, chat: ChatId) -> Result<bool, Error> {
    if let Some(group) = chat_group::Entity::find_by_id(chat.0).one(db).await? {
        return Ok(group.lid);
    }
    let row = chat::Entity::find_by_id(chat.0).one(db).await?;
    Ok(row.is_some_and(|row| row.address.ends_with("@lid")))
}
