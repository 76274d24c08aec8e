use leptos::prelude::*;
use model::{ConnectionId, NumberColor};

use crate::ApiError;

/// Changes the name and colour of a number and, while it is not linked, the phone that may link it.
/// An empty `phone` allows any, an absent one changes nothing; if it is ambiguous, `choice` selects
/// one. For users who may manage the number.
#[server(prefix = "/api", endpoint = "edit_number")]
pub async fn edit_number(
    connection: ConnectionId,
    label: String,
    color: NumberColor,
    #[server(default)] phone: Option<String>,
    #[server(default)] choice: Option<String>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let understood = |typed| crate::api::request_context::phone(typed, choice.as_deref());
    let phone = phone.as_deref().map(understood).transpose()?;
    let phone = phone.as_ref().map(Option::as_ref);
    service::numbers::edit(&services, &viewer, connection, &label, color, phone).await?;
    leptos_axum::redirect(&format!("{}?salvo=sim", crate::api::number_page(connection)));
    Ok(())
}
