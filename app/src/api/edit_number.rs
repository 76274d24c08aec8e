use leptos::prelude::*;
use model::{ConnectionId, NumberColor};

use crate::ApiError;

/// Changes what a number is called, its colour and, while it is not linked, which phone may link it
/// (`phone` empty lets any; absent leaves it as it is; `choice` says which it is where that can be two). For those who may manage the number.
#[server(prefix = "/api", endpoint = "edit_number")]
pub async fn edit_number(
    connection: ConnectionId,
    label: String,
    color: NumberColor,
    #[server(default)] phone: Option<String>,
    #[server(default)] choice: Option<String>,
) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let grant = viewer.grant_manage(connection).await?;
    let understood = |typed| super::asking::phone(typed, choice.as_deref());
    let phone = phone.as_deref().map(understood).transpose()?;
    app.store.rename_connection(&grant, &label).await?;
    app.store.recolor_connection(&grant, Some(color)).await?;
    if let Some(phone) = phone {
        app.store.expect_phone(&grant, phone.map(|phone| phone.digits()).as_deref()).await?;
    }
    leptos_axum::redirect(&format!("{}?salvo=sim", super::number_page(connection)));
    Ok(())
}
