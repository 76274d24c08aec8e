use leptos::prelude::*;
use model::{Connection, Figures};
use serde::{Deserialize, Serialize};

use crate::ApiError;

/// The initial data of the administrators' list of numbers.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ConnectionsPage {
    /// The last event that the list may already contain; the live stream starts after it.
    pub seq: i64,
    /// All numbers, by label, with their figures.
    pub numbers: Vec<(Connection, Figures)>,
}

/// All numbers. Administrators only.
#[server(prefix = "/api", endpoint = "connections")]
pub async fn connections() -> Result<ConnectionsPage, ApiError> {
    let (app, viewer) = super::request_context::viewer().await?;
    let admin = viewer.admin().await?;
    let seq = viewer.last_seq().await?;
    let overview = app.store.connections_overview(&admin).await?;
    let numbers =
        overview.into_iter().map(|(row, figures)| (app.pool.describe(row), figures)).collect();
    Ok(ConnectionsPage { seq, numbers })
}
