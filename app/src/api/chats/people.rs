use leptos::prelude::*;
use model::{ChatId, Person};

use crate::ApiError;

/// The people of the number of `chat` whose names or phones have `search` in them, at most 50, for
/// `browser/later/contacts/contacts-dialog.js`.
#[server(prefix = "/api", endpoint = "people")]
pub async fn people(
    chat: ChatId,
    #[server(default)] search: String,
) -> Result<Vec<Person>, ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    Ok(service::people::people(&viewer, chat, &search).await?)
}
