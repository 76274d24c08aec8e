use leptos::prelude::*;
use model::{NumberColor, UserId};

use crate::ApiError;

/// Adds a number, for the viewer or, by an administrator, for `owner`, and leads to where it is
/// connected. `phone` is the only one that may link it, written as people write numbers, and
/// `choice` says which it is where that can be two; empty lets any.
#[server(prefix = "/api", endpoint = "add_number")]
pub async fn add_number(
    label: String,
    color: NumberColor,
    phone: String,
    #[server(default)] choice: Option<String>,
    #[server(default)] owner: Option<UserId>,
) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let phone = super::asking::phone(&phone, choice.as_deref())?;
    let expected_phone = phone.map(|phone| phone.digits());
    let new = store::NewNumber { label, color: Some(color), expected_phone };
    let id = match owner.filter(|owner| *owner != viewer.user().id) {
        Some(owner) => app.store.create_connection(&viewer.admin().await?, owner, new).await?,
        None => viewer.add_connection(new).await?,
    };
    leptos_axum::redirect(&format!("{}?numero={id}", super::INBOX));
    Ok(())
}
