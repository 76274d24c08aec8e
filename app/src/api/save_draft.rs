use leptos::prelude::*;
use model::{ChatId, Draft, UserId};

use crate::ApiError;

/// Keeps what was typed in a chat at `at`, in microseconds since 1970, and answers the version that
/// counts now. `user` is whose page it was typed in: another may have logged in in its browser since.
#[server(prefix = "/api", endpoint = "save_draft")]
pub async fn save_draft(
    chat: ChatId,
    #[server(default)] text: String,
    at: i64,
    #[server(default)] user: Option<UserId>,
) -> Result<Draft, ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    if user.is_some_and(|user| user != viewer.user().id) {
        return Err(ApiError::Unauthenticated);
    }
    let (grant, chat) = viewer.write_chat(chat).await?;
    Ok(app.store.save_draft(&grant, chat.id, &text, at).await?)
}
