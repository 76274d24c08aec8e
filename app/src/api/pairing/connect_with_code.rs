use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;
#[cfg(feature = "ssr")]
use crate::error::{Field, Problem};

/// Requests a pairing code from WhatsApp for `phone`, in any common notation. The code comes as a
/// live event. If the number is ambiguous, `choice` selects one.
#[server(prefix = "/api", endpoint = "connect_with_code")]
pub async fn connect_with_code(
    phone: String,
    #[server(default)] choice: Option<String>,
    #[server(default)] connection: Option<ConnectionId>,
) -> Result<(), ApiError> {
    let (services, viewer) = crate::api::request_context::viewer().await?;
    let phone = crate::api::request_context::phone(&phone, choice.as_deref())?;
    let phone = phone.ok_or(ApiError::Invalid { field: Field::Phone, problem: Problem::Empty })?;
    Ok(service::pairing::connect_with_code(&services, &viewer, connection, &phone).await?)
}
