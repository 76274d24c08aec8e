//! The WhatsApp Web version that sessions present.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::OnceCell;
use whatsapp_rust::http::HttpClient;

use crate::{Config, http};

/// The version that the library was released with, for when the lookup at web.whatsapp.com fails. A
/// blocked lookup must not keep a number offline.
const FALLBACK: (u32, u32, u32) = (2, 3000, 1_042_742_319);
const LOOKUP_TIMEOUT: Duration = Duration::from_secs(5);

/// The version, which is looked up once per process.
#[derive(Debug, Default)]
pub(crate) struct Version(OnceCell<(u32, u32, u32)>);

impl Version {
    /// Returns the configured version, else WhatsApp's newest, else the fallback. A socket that is
    /// not WhatsApp's has no version to look up.
    pub(crate) async fn get(&self, config: &Config) -> (u32, u32, u32) {
        if let Some(version) = config.version {
            return version;
        }
        if config.ws_url.is_some() {
            return FALLBACK;
        }
        *self.0.get_or_init(look_up).await
    }
}

async fn look_up() -> (u32, u32, u32) {
    let client: Arc<dyn HttpClient> = Arc::new(http::client());
    let lookup = whatsapp_rust::version::fetch_latest_app_version(&client);
    match tokio::time::timeout(LOOKUP_TIMEOUT, lookup).await {
        Ok(Ok(version)) => version,
        Ok(Err(error)) => {
            tracing::warn!(%error, "WhatsApp's client version could not be looked up, using the built-in one");
            FALLBACK
        }
        Err(_) => {
            tracing::warn!(
                "the lookup of WhatsApp's client version took too long, using the built-in one"
            );
            FALLBACK
        }
    }
}
