use leptos::prelude::*;
use model::ConnectionId;

use crate::ApiError;

/// Has the calls of a number rejected as soon as they ring, with a text for the caller unless `answer`
/// is empty, or ends that. For the number's owner and administrators.
#[server(prefix = "/api", endpoint = "set_call_policy")]
pub async fn set_call_policy(
    connection: ConnectionId,
    #[server(default)] reject: bool,
    #[server(default)] answer: String,
) -> Result<(), ApiError> {
    let (_, viewer) = crate::api::request_context::viewer().await?;
    // A form has other line endings.
    let policy = model::CallPolicy { reject, answer: answer.replace("\r\n", "\n") };
    service::numbers::set_call_policy(&viewer, connection, &policy).await?;
    leptos_axum::redirect(&crate::api::number_page(connection));
    Ok(())
}
