use leptos::prelude::*;
use model::{ChatId, DetailsPage, DetailsPart};

use crate::ApiError;

/// The person or the group of a chat, with a part of the files of the chat before a position.
#[server(prefix = "/api", endpoint = "details")]
pub async fn details(
    chat: ChatId,
    part: DetailsPart,
    before: Option<i64>,
) -> Result<DetailsPage, ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let page = service::details::page(&services, &viewer, chat, part, before).await?;
    let reader = crate::Reader::of_request();
    Ok(DetailsPage { chat: reader.name(page.chat), files: reader.describe_all(page.files), ..page })
}
