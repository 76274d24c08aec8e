//! The pictures of people and groups.

use model::{ChatId, ContactId};
use store::{Picture, Viewer};

use crate::{Error, Services};

/// A picture as it is served.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShownPicture {
    /// Another one for every picture of the same person or group.
    pub version: i64,
    pub jpeg: Vec<u8>,
}

/// Returns the picture of a chat, of its person or its group; `None` while there is none here. One that is
/// due is fetched meanwhile, and pages learn of it by an event.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such chat that the viewer may read.
pub async fn of_chat(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
) -> Result<Option<ShownPicture>, Error> {
    let picture = viewer.chat_picture(chat).await?;
    small(services, &picture).await
}

/// Returns the picture of a person with whom the viewer may read a chat, or a group in which they have
/// written, as [`of_chat`] does.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such person.
pub async fn of_contact(
    services: &Services,
    viewer: &Viewer,
    contact: ContactId,
) -> Result<Option<ShownPicture>, Error> {
    let picture = viewer.contact_picture(contact).await?;
    small(services, &picture).await
}

/// Returns the picture of a chat as large as WhatsApp has it. It is fetched if it is not here; `None` if it
/// cannot be had.
///
/// # Errors
/// [`store::Error::NotFound`] if there is no such chat that the viewer may read.
pub async fn large(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
) -> Result<Option<ShownPicture>, Error> {
    let picture = viewer.chat_picture(chat).await?;
    let path = services.pool.large_picture(&picture).await;
    let Some((path, version)) = path.zip(picture.version()) else { return Ok(None) };
    let read = gateway::blocking(move || std::fs::read(path)).await;
    Ok(read.ok().map(|jpeg| ShownPicture { version, jpeg }))
}

async fn small(services: &Services, picture: &Picture) -> Result<Option<ShownPicture>, Error> {
    let path = services.pool.picture(picture);
    let Some((path, version)) = path.zip(picture.version()) else { return Ok(None) };
    match gateway::blocking(move || std::fs::read(path)).await {
        Ok(jpeg) => Ok(Some(ShownPicture { version, jpeg })),
        Err(error) => {
            let connection = picture.connection();
            tracing::warn!(%connection, %error, "a stored picture is not there; it is fetched again");
            services.store.ingest(connection).picture_lost(picture.of()).await?;
            Ok(None)
        }
    }
}
