use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::error::{Field, Problem};

/// Asks WhatsApp for a pairing code for `phone`, written as people write numbers. The code comes as
/// a live event. `choice` says which number it is where that can be two.
#[server(prefix = "/api", endpoint = "connect_with_code")]
pub async fn connect_with_code(
    phone: String,
    #[server(default)] choice: Option<String>,
    #[server(default)] connection: Option<ConnectionId>,
) -> Result<(), ApiError> {
    let (app, viewer) = super::asking::viewer().await?;
    let grant = super::asking::manage(&viewer, connection).await?;
    let phone = super::asking::phone(&phone, choice.as_deref())?;
    let phone = phone.ok_or(ApiError::Invalid { field: Field::Phone, problem: Problem::Empty })?;
    crate::auth::count_pairing(&viewer, &phone).await?;
    Ok(app.pool.connect_with_code(&grant, &phone).await?)
}
