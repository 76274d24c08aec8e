//! Unsent texts.

use model::{ChatId, Draft, UserId};
use store::Viewer;

use crate::{Error, Services, chats};

/// Stores the text typed in a chat at `at`, in microseconds since 1970, and returns the version
/// that counts now. `user` is the user of the page: another may have logged in in the same browser
/// since.
///
/// # Errors
/// [`Error::Unauthenticated`] if the viewer is another user; those of `Store::save_draft`.
pub async fn save(
    services: &Services,
    viewer: &Viewer,
    chat: ChatId,
    text: &str,
    at: i64,
    user: Option<UserId>,
) -> Result<Draft, Error> {
    chats::require_same(viewer, user)?;
    let (grant, chat) = viewer.write_chat(chat).await?;
    Ok(services.store.save_draft(&grant, chat.id, text, at).await?)
}
