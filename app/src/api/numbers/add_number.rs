use leptos::prelude::*;
use model::{NumberColor, UserId};

use crate::ApiError;

/// Adds a number, for the viewer or, by an administrator, for `owner`, and redirects to the page
/// that connects it. Only `phone`, in any common notation, may link it; if it is ambiguous,
/// `choice` selects one; an empty `phone` allows any.
#[server(prefix = "/api", endpoint = "add_number")]
pub async fn add_number(
    label: String,
    color: NumberColor,
    phone: String,
    #[server(default)] choice: Option<String>,
    #[server(default)] owner: Option<UserId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let phone = crate::api::request_context::phone(&phone, choice.as_deref())?;
    let id = service::numbers::add(&services, &viewer, label, color, phone, owner).await?;
    leptos_axum::redirect(&format!("{}?numero={id}", crate::api::INBOX));
    Ok(())
}
