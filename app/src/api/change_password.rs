use leptos::prelude::*;

use crate::ApiError;

/// Chooses another password, the old one being the proof. This browser stays in, all others end.
#[server(prefix = "/api", endpoint = "change_password")]
pub async fn change_password(old: String, password: String) -> Result<(), ApiError> {
    let (_, viewer) = super::asking::viewer().await?;
    crate::auth::change_password(&viewer, &old, &password).await?;
    leptos_axum::redirect(&format!("{}?feito=senha", super::PROFILE));
    Ok(())
}
