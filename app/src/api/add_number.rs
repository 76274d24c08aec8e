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
    let (app, viewer) = super::request_context::viewer().await?;
    let expected_phone = super::request_context::phone(&phone, choice.as_deref())?;
    let new = store::NewNumber { label, color: Some(color), expected_phone };
    let id = match owner.filter(|owner| *owner != viewer.user().id) {
        Some(owner) => app.store.create_connection(&viewer.admin().await?, owner, new).await?,
        None => viewer.add_connection(new).await?,
    };
    leptos_axum::redirect(&format!("{}?numero={id}", super::INBOX));
    Ok(())
}
