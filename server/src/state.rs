//! The state of the server's routes.

use std::time::Duration;

use app::AppState;
use axum::extract::FromRef;
use leptos::config::LeptosOptions;
use tokio_util::sync::CancellationToken;

use crate::routes::live::Live;

/// The state that handlers extract their parts from.
#[derive(Clone, FromRef)]
pub(crate) struct RouterState {
    pub(crate) app: AppState,
    pub(crate) leptos: LeptosOptions,
    /// Cancelled when the process stops; open streams end on it.
    pub(crate) stop: CancellationToken,
    pub(crate) live: Live,
    pub(crate) uploads: UploadTiming,
}

/// Limits of time of files that browsers send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct UploadTiming {
    /// Longest time without a byte.
    pub(crate) stall: Duration,
}
