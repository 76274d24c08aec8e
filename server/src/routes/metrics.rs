//! Prometheus metrics: sessions by state, messages in and out, reconnects, open live streams and
//! the duration of requests. The site's address never serves them without a token.

use std::time::Duration;

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::routing::get;
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

/// Interval of the upkeep: the exporter keeps raw histogram samples until it runs.
const UPKEEP: Duration = Duration::from_secs(5);
/// Buckets in seconds, around the limits of the benchmark (50 ms a page).
const LATENCY_BUCKETS: [f64; 10] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1.0, 5.0];

/// Installs the recorder, once per process.
pub(crate) fn install() -> PrometheusHandle {
    let recorder = PrometheusBuilder::new()
        .set_buckets_for_metric(Matcher::Suffix("_seconds".to_owned()), &LATENCY_BUCKETS)
        // Only an empty list is refused; then there would be summaries instead of buckets.
        .unwrap_or_else(|_| PrometheusBuilder::new())
        .build_recorder();
    let handle = recorder.handle();
    // A second recorder in one process exists only in tests, which do not read it.
    let _ = metrics::set_global_recorder(recorder);
    handle
}

pub(crate) async fn upkeep(handle: PrometheusHandle) {
    let mut every = tokio::time::interval(UPKEEP);
    loop {
        every.tick().await;
        handle.run_upkeep();
    }
}

/// The router of the separate listener.
pub(crate) fn router(handle: PrometheusHandle) -> Router {
    Router::new().route("/metrics", get(async move || handle.render()))
}

/// The state of `/metrics` on the site's address.
#[derive(Clone)]
pub(crate) struct Guarded {
    pub(crate) handle: PrometheusHandle,
    pub(crate) token: String,
}

/// Serves `/metrics` behind a bearer token. Without it the route looks missing.
pub(crate) async fn guarded(
    State(guarded): State<Guarded>,
    headers: HeaderMap,
) -> Result<String, StatusCode> {
    let given = headers
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "))
        .ok_or(StatusCode::NOT_FOUND)?;
    if constant_time_eq(given.as_bytes(), guarded.token.as_bytes()) {
        Ok(guarded.handle.render())
    } else {
        Err(StatusCode::NOT_FOUND)
    }
}

/// Compares in a time that does not depend on the position of a difference.
pub(crate) fn constant_time_eq(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |difference, (x, y)| difference | (x ^ y)) == 0
}
