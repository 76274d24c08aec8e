use leptos::prelude::*;
use model::{ChatId, Draft, UserId};

use crate::ApiError;

/// Stores the text typed in a chat at `at`, in microseconds since 1970, and returns the version
/// that counts now. `user` is the user of the page: another may have logged in in the same browser
/// since.
#[server(prefix = "/api", endpoint = "save_draft")]
pub async fn save_draft(
    chat: ChatId,
    #[server(default)] text: String,
    at: i64,
    #[server(default)] user: Option<UserId>,
) -> Result<Draft, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::drafts::save(&services, &viewer, chat, &text, at, user).await?)
}
