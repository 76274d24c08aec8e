//! `/healthz`: the process answers. `/readyz`: the database answers too, and incoming messages can
//! be stored.

use axum::extract::State;
use axum::http::StatusCode;
use model::StorageTrouble;

pub(crate) async fn healthz() -> &'static str {
    "ok"
}

pub(crate) async fn readyz(State(state): State<app::AppState>) -> (StatusCode, &'static str) {
    match state.services.store.ping().await {
        Ok(()) => match state.services.pool.storage_trouble() {
            None => (StatusCode::OK, "ok"),
            Some(StorageTrouble::DiskFull) => (StatusCode::SERVICE_UNAVAILABLE, "disk full"),
            Some(StorageTrouble::Database) => (StatusCode::SERVICE_UNAVAILABLE, "database"),
        },
        Err(error) => {
            tracing::error!(%error, "the database does not answer");
            (StatusCode::SERVICE_UNAVAILABLE, "database")
        }
    }
}
