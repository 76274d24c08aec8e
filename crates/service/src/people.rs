//! The people of a number, and contacts that are made of them.

use model::{ChatId, Person, content::Contact};
use store::Viewer;

use crate::Error;

/// The people of the number of `chat` whose names or phones have `search` in them. `Viewer::people`
/// documents which.
///
/// # Errors
/// [`store::Error::NotFound`] unless the viewer may write in the chat.
pub async fn people(viewer: &Viewer, chat: ChatId, search: &str) -> Result<Vec<Person>, Error> {
    viewer.write_chat(chat).await?;
    Ok(viewer.people(chat, search).await?)
}

/// The contact of the person of the chat `of`, to be sent in `chat`.
///
/// # Errors
/// [`store::Error::NotFound`] unless both are chats of one number that the viewer may read.
pub async fn contact(viewer: &Viewer, chat: ChatId, of: ChatId) -> Result<Contact, Error> {
    let (digits, person) = viewer.person_of(chat, of).await?;
    Ok(Contact { name: person.name, phones: vec![format!("+{digits}")], more: 0 })
}
